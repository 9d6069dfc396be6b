/**
 * What a page says of its encoding further on than anybody looks at first.
 *
 * A browser that meets such a `<meta>` begins the page anew (HTML Standard, 13.2.3.5). So it is looked for in the whole
 * page, but only where it can matter.
 *
 * @module
 */

import { getEncoding } from "encoding-sniffer";
import { encodingOf } from "./charset_names.ts";

/** The encodings that a page declares. */
export interface LateCharset {
  /** By a `<meta>`. */
  readonly declared: string | undefined;
  /** By what is text for the standard and for browsers; better than nothing it is all the same. */
  readonly loose: string | undefined;
}

/** A tag `<meta>`, or what has none in it: a comment, or an element that holds text only. */
const tagOrText =
  /<!--[^]*?(?:-->|$)|<(script|style|title|textarea|xmp|iframe|noembed|noframes)\b[^]*?(?:<\/\1|$)|<\s*meta[\s/][^<>]{0,1000}>/gi;

const meta = /^<\s*meta/i;
const spacedTag = /^<\s/;
/** `httpequiv=ContentType` and its like. */
const misspelt = /http[-_\s]?equiv\s*=\s*["']?\s*content[-_\s]?type/i;
const charsetIn = /charset\s*=\s*(?:["']\s*)?([^\s"'>;]{1,40})/i;

/** Stands for "nothing is declared": no page can name it, because in a page it means windows-1252. */
export const undeclared = "x-user-defined";

const encoder = new TextEncoder();
const nothing: LateCharset = { declared: undefined, loose: undefined };

/** Returns what a page declares; of its text only the ASCII has to be right. A name that nobody knows counts as none. */
export function lateCharset(text: string): LateCharset {
  if (!/charset/i.test(text)) return nothing;
  let loose: string | undefined;
  for (const [tag] of text.matchAll(tagOrText)) {
    if (!meta.test(tag)) continue;
    const declared = spacedTag.test(tag) ? undefined : declaredBy(tag);
    if (declared !== undefined) return { declared, loose };
    if (spacedTag.test(tag) || misspelt.test(tag)) loose ??= looselyDeclared(tag);
  }
  return { declared: undefined, loose };
}

function declaredBy(tag: string): string | undefined {
  // A slash stands for a space there, which the sniffer does not know.
  const bytes = encoder.encode(tag.replace(/^<meta\//i, "<meta "));
  const found = getEncoding(bytes, { maxBytes: bytes.length, defaultEncoding: undeclared }).toLowerCase();
  return found === undeclared ? undefined : encodingOf(found);
}

function looselyDeclared(tag: string): string | undefined {
  const label = charsetIn.exec(tag)?.[1];
  const encoding = label === undefined ? undefined : encodingOf(label);
  // The bytes of the declaration itself say that it is neither.
  return encoding === undefined || encoding.startsWith("utf-16") ? undefined : encoding;
}
