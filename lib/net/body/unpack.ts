/**
 * The encodings that `fetch` leaves on a body: nobody asked for them, and some servers use them all the same.
 *
 * `fetch` itself takes off `gzip` and `br`, each where it is the only one, and cannot be told not to. It is as strict as
 * what is here, and in one thing stricter: a body that is cut short, or is not what its header says, is an error and
 * never a page; here one is whole of which only the checksum at the end is missing.
 *
 * The limit on a body counts twice here: for what is read (`body.ts`), and for what comes of it at every step. Where
 * `fetch` unpacks, only what comes of it can be counted; packed bytes of which nothing comes end with the idle limit.
 *
 * @module
 */

import { counted } from "../../text/count.ts";
import { NotPackedError, unpackers } from "./unpackers.ts";

/** What `fetch` takes off, in lower case, whatever its version. Some versions then take it out of the headers too. */
const byFetch = /^\s*(?:gzip|br)\s*$/;

/** What is an encoding in truth; `utf-8`, `none` and `identity`, which are seen in the wild, are not. */
const encodings = /^(?:x-)?(?:gzip|compress)$|^(?:deflate|br|zstd|dcb|dcz)$/;

/** No honest server packs a body more often. */
const mostPacked = 3;

/**
 * Tells whether `fetch` takes nothing off an answer to a request with these headers, for a part or for `identity` in
 * any spelling; some servers pack that as well.
 */
export function leavesPacked(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(([name, value]) =>
    /^range$/i.test(name) || (/^accept-encoding$/i.test(name) && /^\s*identity\s*$/i.test(value))
  );
}

/**
 * Returns the encodings that a body still has, outermost last; nearly always none. `untouched` says that `fetch` has
 * taken none off.
 */
export function packedWith(contentEncoding: string | null, untouched = false): readonly string[] {
  if (contentEncoding === null || (byFetch.test(contentEncoding) && !untouched)) return [];
  return contentEncoding.toLowerCase().split(",").map((name) => name.trim()).filter((name) => encodings.test(name));
}

/** Says in words what an answer did that {@linkcode unpack} cannot undo, or `undefined`. */
export function cannotUnpack(packed: readonly string[]): string | undefined {
  if (packed.length > mostPacked) {
    return `compressed its answer ${counted(packed.length, "time")} over, and ${mostPacked} is the most`;
  }
  if (packed.every((name) => name in unpackers)) return undefined;
  return `compressed its answer with ${packed.join(", ")}, which was not asked for`;
}

/**
 * Returns a body without the encodings that {@linkcode packedWith} found, or `undefined` where it would at any step
 * become longer than `maxSize` bytes; no more than that is ever unpacked.
 *
 * Throws where the body is damaged, cut short, or not packed as it says.
 */
export async function unpack(
  body: Uint8Array<ArrayBuffer>,
  packed: readonly string[],
  maxSize: number,
  untouched = false,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await takeOff(body, packed, maxSize);
  } catch (error) {
    if (untouched || !perhapsOnce(packed, error)) throw error;
    return await takeOff(body, packed.slice(1), maxSize);
  }
}

/**
 * Whether this error may come of what `fetch` has taken off already: in newer versions of Deno it does so in capitals
 * too, and it looks at the first of several headers only. If that one was not the outermost, it would have failed.
 */
function perhapsOnce(packed: readonly string[], error: unknown): boolean {
  const [first] = packed;
  return packed.at(-1) === first && (first === "br" || (first === "gzip" && error instanceof NotPackedError));
}

async function takeOff(
  body: Uint8Array<ArrayBuffer>,
  packed: readonly string[],
  maxSize: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let unpacked = body;
  for (const name of packed.toReversed()) {
    const inner: Uint8Array<ArrayBuffer> | undefined = await unpackers[name]?.(unpacked, maxSize);
    // What lies between is given back at once: three layers of a bomb would come to three times the limit.
    if (unpacked !== body) unpacked.buffer.transfer(0);
    if (inner === undefined) return undefined;
    unpacked = inner;
  }
  return unpacked;
}
