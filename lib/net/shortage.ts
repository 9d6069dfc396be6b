/**
 * What this machine may lack for a connection: then nobody else is to blame.
 *
 * @module
 */

import { descriptorWords } from "../disk/descriptors.ts";
import type { Lacking } from "../model/outcome.ts";

/**
 * The words and numbers of Linux, macOS and Windows, and the codes of Node. The first that fits counts: where there is no
 * descriptor left, a look-up may find no memory either.
 */
const signs: readonly (readonly [RegExp, Lacking])[] = [
  [descriptorWords, "files"],
  [/cannot allocate memory|no buffer space|memory allocation failure|out of memory/i, "memory"],
  [
    /\b(?:ENOMEM|ENOBUFS|EAI_MEMORY|EAGAIN)\b|resource temporarily unavailable|os error (?:11|12|105|10055)\b/i,
    "memory",
  ],
  [/(?:cannot|can't) assign requested address|\bEADDRNOTAVAIL\b|os error (?:99|10049)\b/i, "ports"],
];

/** Returns what the words of an error say this machine lacks; undefined where they say something else. */
export function shortageIn(words: string): Lacking | undefined {
  return signs.find(([pattern]) => pattern.test(words))?.[1];
}
