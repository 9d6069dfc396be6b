/**
 * The encodings that `fetch` leaves on a body: nobody asked for them, and some servers use them all the same.
 *
 * @module
 */

import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** What `fetch` takes off by itself, where it is the only one. */
const byFetch = /^\s*(?:gzip|br)\s*$/i;

/** What is an encoding in truth; `utf-8` and `none`, which are seen in the wild, are not. */
const encodings = /^(?:x-)?(?:gzip|compress)$|^(?:deflate|br|zstd|dcb|dcz)$/;

/** Returns the encodings that a body still has when `fetch` gives it, outermost last; nearly always none. */
export function packedWith(contentEncoding: string | null): readonly string[] {
  if (contentEncoding === null || byFetch.test(contentEncoding)) return [];
  return contentEncoding.toLowerCase().split(",").map((name) => name.trim()).filter((name) => encodings.test(name));
}

/**
 * Whether {@linkcode unpack} can take these encodings off. Brotli is not among them: a body cut short would pass for a
 * whole one.
 */
export function canUnpack(packed: readonly string[]): boolean {
  return packed.every((name) => name in unpackers);
}

type Unpacker = (body: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const unpackers: Readonly<Record<string, Unpacker>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  // "deflate" means zlib, but many servers send the bare stream: zlib's first byte names the method, which is always 8.
  deflate: (body, options) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, options) : inflateRawSync(body, options),
};

/**
 * Returns a body without the encodings that {@linkcode packedWith} found, or `undefined` where it would become longer
 * than `maxSize` bytes.
 *
 * Throws the decompressor's error where the body is damaged or cut short.
 */
export function unpack(
  body: Uint8Array<ArrayBuffer>,
  packed: readonly string[],
  maxSize: number,
): Uint8Array<ArrayBuffer> | undefined {
  const options = { maxOutputLength: Math.min(maxSize, 2 ** 31 - 1) };
  let unpacked: Uint8Array = body;
  try {
    for (const name of packed.toReversed()) unpacked = unpackers[name]?.(unpacked, options) ?? unpacked;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
  // A copy, because Node's buffers may share their memory with others.
  return new Uint8Array(unpacked);
}
