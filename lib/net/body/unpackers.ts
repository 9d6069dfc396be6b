/**
 * One way to unpack for each encoding.
 *
 * @module
 */

import { crc32, inflateRawSync, inflateSync, type ZlibOptions, zstdDecompressSync } from "node:zlib";
import { unbrotli } from "./unbrotli.ts";
import { CutShortError, joined, NotPackedError, type Unpacker } from "./unpacker.ts";

/** What zlib makes of the beginning of its input, and how many bytes of the input that was. */
interface Part {
  readonly bytes: Uint8Array;
  readonly used: number;
}

/** Parts that one body may consist of: a stream of empty ones would keep the crawl waiting for minutes. */
const mostParts = 256;

/**
 * How much zlib sets aside at a time, in bytes: so much is given back to the system when it is no longer needed, where
 * less would be kept. For the parts after the first, which are small, less is better all the same.
 */
const firstChunk = 256 * 1024, laterChunk = 16 * 1024;

/** RFC 1952: members, each with a header, a deflated text and its checksum, one after the other. */
const gunzip: Unpacker = (body, maxSize) =>
  partByPart("gzip", body, maxSize, isGzip, (at, left) => {
    const start = at + gzipHeader(body.subarray(at));
    const { bytes, used } = partOf(inflateRawSync(body.subarray(start), limit(left, at)));
    const end = start + used;
    if (end + 8 > body.length) throw new CutShortError();
    if (uint32(body, end) !== crc32(bytes) || uint32(body, end + 4) !== bytes.length % 2 ** 32) {
      throw new Error("incorrect gzip check");
    }
    return { bytes, used: end + 8 - at };
  });

/**
 * "deflate" means zlib, but many servers send the bare stream, and some send gzip: zlib's first byte names the method,
 * which is always 8, and no bare stream begins like gzip.
 */
const inflate: Unpacker = (body, maxSize) => {
  if (isGzip(body, 0)) return gunzip(body, maxSize);
  const unpacked = ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync : inflateRawSync;
  return within(maxSize, () => [partOf(unpacked(body, limit(maxSize, 0))).bytes]);
};

/** RFC 8878: frames one after the other, some of them to be skipped. */
const unzstd: Unpacker = (body, maxSize) => {
  // With one byte more than there is: `node:zlib` takes a frame cut short for a whole one, but uses that byte first.
  const padded = new Uint8Array(body.length + 1);
  padded.set(body);
  const frame = (bytes: Uint8Array, at: number, left: number) =>
    partOf(zstdDecompressSync(bytes.subarray(at), { ...limit(left, at), params: zstdWindow }));
  return partByPart("zstd", body, maxSize, (_, at) => isFrame(body, at) || isSkipped(body, at), (at, left) => {
    if (isSkipped(body, at)) return { bytes: body.subarray(0, 0), used: 8 + uint32(body, at + 4) };
    try {
      return frame(padded, at, left);
    } catch (error) {
      if (isTooLong(error)) throw error;
      // It may be that byte which is wrong. Without it there is nothing wrong then, but there is no end either.
      frame(body, at, left);
      throw new CutShortError();
    }
  });
};

/** By the name of the encoding, in lower case. */
export const unpackers: Readonly<Record<string, Unpacker>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  deflate: inflate,
  br: unbrotli,
  zstd: unzstd,
};

/** ZSTD_d_windowLogMax: what a frame may have its reader set aside. RFC 9659 allows 8 MB on the web. */
const zstdWindow = { 100: 23 };

function isGzip(body: Uint8Array, at: number): boolean {
  return body[at] === 0x1f && body[at + 1] === 0x8b;
}

function isFrame(body: Uint8Array, at: number): boolean {
  return body[at] === 0x28 && body[at + 1] === 0xb5 && body[at + 2] === 0x2f && body[at + 3] === 0xfd;
}

function isSkipped(body: Uint8Array, at: number): boolean {
  return ((body[at] ?? 0) & 0xf0) === 0x50 && body[at + 1] === 0x2a && body[at + 2] === 0x4d && body[at + 3] === 0x18;
}

/** The length of a member's header: ten bytes and, as its flags say, more. */
function gzipHeader(member: Uint8Array): number {
  const flags = member[3] ?? 0;
  let length = 10;
  if ((flags & 4) !== 0) length += 2 + (member[10] ?? 0) + 256 * (member[11] ?? 0);
  // A file name and a comment, each up to a zero.
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = member.indexOf(0, length);
    if (end < 0) throw new CutShortError();
    length = end + 1;
  }
  return (flags & 2) === 0 ? length : length + 2;
}

/** A number at a place, its lowest byte first. */
function uint32(body: Uint8Array, at: number): number {
  if (at + 4 > body.length) throw new CutShortError();
  return new DataView(body.buffer, body.byteOffset).getUint32(at, true);
}

/** Reads part after part for as long as another begins. */
function partByPart(
  encoding: string,
  body: Uint8Array,
  maxSize: number,
  begins: (body: Uint8Array, at: number) => boolean,
  read: (at: number, left: number) => Part,
): ReturnType<Unpacker> {
  return within(maxSize, () => {
    if (!begins(body, 0)) throw body.length < 4 ? new CutShortError() : new NotPackedError(encoding);
    const pieces: Uint8Array[] = [];
    let left = maxSize;
    for (let at = 0; begins(body, at);) {
      if (pieces.length === mostParts) throw new Error(`more than ${mostParts} gzip members or zstd frames in a row`);
      const { bytes, used } = read(at, left);
      at += used;
      if (at > body.length) throw new CutShortError();
      left -= bytes.length;
      if (left < 0) break;
      pieces.push(bytes);
    }
    return left < 0 ? undefined : pieces;
  });
}

/** Puts the pieces together, or makes `undefined` of zlib's error about a text that is too long. */
// deno-lint-ignore require-await
async function within(
  maxSize: number,
  unpack: () => readonly Uint8Array[] | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const pieces = unpack();
    if (pieces === undefined) return undefined;
    const whole = joined(pieces);
    return whole.length > maxSize ? undefined : whole;
  } catch (error) {
    if (isTooLong(error)) return undefined;
    throw error;
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

/** For zlib: to stop at a length, which it cannot at zero, and to tell how much of its input it used. */
function limit(length: number, at: number): ZlibOptions {
  return {
    maxOutputLength: Math.min(Math.max(length, 1), 2 ** 31 - 1),
    chunkSize: at === 0 ? firstChunk : laterChunk,
    info: true,
  };
}

/** What zlib returns when it is asked for `info`, which its types do not know. */
function partOf(result: unknown): Part {
  const { buffer, engine } = result as { buffer: Uint8Array; engine: { bytesWritten: number } };
  return { bytes: buffer, used: engine.bytesWritten };
}
