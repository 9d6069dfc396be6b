/**
 * One way to unpack for each encoding, with the streams of `node:zlib`.
 *
 * @module
 */

import {
  crc32,
  createBrotliDecompress,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type ZlibOptions,
  type ZstdDecompress,
} from "node:zlib";
import { CutShortError, joined, padded, type Part, readPart, readWholePart } from "./packed_part.ts";

/**
 * Unpacks one body: returns the whole of what was packed, or `undefined` where that is longer than `maxSize` bytes; it
 * has stopped there then.
 *
 * Throws where the packed bytes are damaged or end too early. What follows their end is passed over, as browsers do.
 */
export type Unpacker = (
  body: Uint8Array<ArrayBuffer>,
  maxSize: number,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** The bytes are none of that encoding. */
export class NotPackedError extends Error {
  override readonly name = "NotPackedError";

  /** `encoding` is its name. */
  constructor(encoding: string) {
    super(`it is not ${encoding}`);
  }
}

/** Parts that one body may consist of: a stream of empty ones would keep the crawl waiting for minutes. */
const mostParts = 256;

/**
 * RFC 1952: members, each with a header, a deflated text and its checksum and length, one after the other.
 *
 * Not with `createGunzip`, which takes what follows the last member for damage, and a missing checksum for a missing
 * text. Of checksum and length counts what there is: the text before them is whole, and curl and Node take it.
 */
const gunzip: Unpacker = (body, maxSize) =>
  partByPart("gzip", body, maxSize, isGzip, async (at, left) => {
    const start = at + gzipHeader(body.subarray(at));
    const text = await readPart(createInflateRaw, body.subarray(start), left);
    if (text === undefined) return undefined;
    const end = start + text.used;
    const check = new Uint8Array(Uint32Array.of(crc32(text.bytes), text.bytes.length).buffer);
    if (body.subarray(end, end + 8).some((byte, index) => byte !== check[index])) {
      throw new Error("incorrect gzip check");
    }
    return { bytes: text.bytes, used: Math.min(end + 8, body.length) - at };
  });

/**
 * "deflate" means zlib, but many servers send the bare stream, and some send gzip: zlib's first byte names the method,
 * which is always 8, and no bare stream begins like gzip.
 */
const inflate: Unpacker = async (body, maxSize) => {
  if (isGzip(body, 0)) return await gunzip(body, maxSize);
  const isBare = ((body[0] ?? 0) & 0x0f) !== 8;
  try {
    return (await readPart(isBare ? createInflateRaw : createInflate, body, maxSize))?.bytes;
  } catch (error) {
    if (isBare || !(error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR")) throw error;
    // Perhaps only the checksum is missing, as in gzip. Without it, and the two bytes at the beginning, it is bare.
    return (await readPart(createInflateRaw, body.subarray(2), maxSize))?.bytes;
  }
};

/** RFC 7932: one stream. */
const unbrotli: Unpacker = async (body, maxSize) =>
  (await readWholePart(createBrotliDecompress, padded(body), maxSize))?.bytes;

/** RFC 8878: frames one after the other, some of them without a text. */
const unzstd: Unpacker = (body, maxSize) => {
  const longer = padded(body);
  return partByPart("zstd", body, maxSize, isZstd, (at, left) => readWholePart(openZstd, longer.subarray(at), left));
};

/** By the name of the encoding, in lower case. */
export const unpackers: Readonly<Record<string, Unpacker>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  deflate: inflate,
  br: unbrotli,
  zstd: unzstd,
};

/** Bounds the memory that a frame may have its reader set aside (ZSTD_d_windowLogMax): RFC 9659 allows 8 MB on the web. */
function openZstd(options: ZlibOptions): ZstdDecompress {
  return createZstdDecompress({ ...options, params: { 100: 23 } });
}

/** Tells the beginning of a member. */
function isGzip(body: Uint8Array, at: number): boolean {
  return body[at] === 0x1f && body[at + 1] === 0x8b;
}

/** Tells the beginning of a frame, or of one that is to be skipped, of which there are sixteen kinds. */
function isZstd(body: Uint8Array, at: number): boolean {
  if (at + 4 > body.length) return false;
  const magic = new DataView(body.buffer, body.byteOffset).getUint32(at, true);
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50;
}

/** Returns the length of a member's header: ten bytes and, as its flags say, more. */
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

/** Reads part after part for as long as another begins. */
async function partByPart(
  encoding: string,
  body: Uint8Array,
  maxSize: number,
  begins: (body: Uint8Array, at: number) => boolean,
  read: (at: number, left: number) => Promise<Part | undefined>,
): ReturnType<Unpacker> {
  if (!begins(body, 0)) throw body.length < 4 ? new CutShortError() : new NotPackedError(encoding);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let left = maxSize;
  for (let at = 0; begins(body, at);) {
    if (pieces.length === mostParts) throw new Error(`more than ${mostParts} gzip members or zstd frames in a row`);
    const part = await read(at, left);
    if (part === undefined) return undefined;
    at += part.used;
    left -= part.bytes.length;
    pieces.push(part.bytes);
  }
  return joined(pieces);
}
