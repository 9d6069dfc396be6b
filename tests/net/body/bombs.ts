import { constants, deflateRawSync, gzipSync } from "node:zlib";

/** A small body that becomes a large one. */
export interface Bomb {
  readonly name: string;
  /** The `Content-Encoding` header. */
  readonly encoding: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The bombs there are, each of `gigabytes` when it is unpacked, and none of them made by packing that much. */
export function bombs(gigabytes: number): readonly Bomb[] {
  const gzip = gzipOf(gigabytes);
  return [
    { name: "gzip", encoding: "gzip", body: gzip },
    { name: "x-gzip", encoding: "x-gzip", body: gzip },
    { name: "zlib", encoding: "deflate", body: new Uint8Array([0x78, 0x9c, ...deflated(gigabytes)]) },
    { name: "bare deflate", encoding: "deflate", body: deflated(gigabytes) },
    { name: "gzip in gzip", encoding: "gzip, gzip", body: gzipped(gzip) },
    { name: "gzip in gzip in gzip", encoding: "gzip, gzip, gzip", body: gzipped(gzipped(gzip)) },
    { name: "br", encoding: "br", body: brotliOf(gigabytes) },
    { name: "br in deflate", encoding: "br, deflate", body: new Uint8Array(deflateRawSync(brotliOf(gigabytes))) },
    { name: "zstd", encoding: "zstd", body: zstdOf(gigabytes) },
    { name: "zstd in gzip", encoding: "zstd, gzip", body: gzipped(zstdOf(gigabytes)) },
    { name: "a window of 2 GB", encoding: "zstd", body: zstdOf(gigabytes, 21) },
    { name: "members without a text", encoding: "gzip, gzip", body: gzipped(again(gzipSync(""), 100_000)) },
    { name: "frames without a text", encoding: "zstd", body: again(emptyFrame, 300_000) },
  ];
}

const mega = 2 ** 20;

/** Zeros: a megabyte that ends on a whole byte and not the stream, again and again, and an empty block that does. */
function deflated(gigabytes: number): Uint8Array<ArrayBuffer> {
  const piece = deflateRawSync(new Uint8Array(mega), { finishFlush: constants.Z_FULL_FLUSH });
  const end = [0x03, 0x00];
  return joined([again(piece, gigabytes * 1024), new Uint8Array(end)]);
}

function gzipOf(gigabytes: number): Uint8Array<ArrayBuffer> {
  // The checksum is wrong, but nobody should come that far.
  return joined([new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), deflated(gigabytes), new Uint8Array(8)]);
}

function gzipped(body: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(body));
}

/** RFC 7932: meta-blocks of one letter and a copy of it, 16 MB long, in 14 bytes each. */
function brotliOf(gigabytes: number): Uint8Array<ArrayBuffer> {
  const length = 16 * mega;
  const block = bits([
    [0, 1], // not the last
    [2, 2], // its length in six nibbles,
    [length - 1, 24],
    [0, 1], // compressed
    [0, 3], // one kind of block of literals, of commands, of distances
    [0, 8], // no postfix, no direct distances, context mode 0
    [0, 2], // one tree for literals, one for distances
    [1, 2],
    [0, 2],
    [0x41, 8], // literals: A
    [1, 2],
    [0, 2],
    [384 + 8 + 7, 10], // commands: insert 1, copy 2118 and more
    [1, 2],
    [0, 2],
    [16, 6], // distances: 1 and more
    [length - 1 - 2118, 24], // copy so much more
    [0, 1], // distance 1
    [6, 6], // an empty block of metadata, which ends on a whole byte
  ]);
  const begin = [0x0c], end = [0x03];
  return joined([new Uint8Array(begin), again(block, gigabytes * 64), new Uint8Array(end)]);
}

function bits(fields: readonly (readonly [value: number, width: number])[]): Uint8Array<ArrayBuffer> {
  const all = fields.flatMap(([value, width]) => Array.from({ length: width }, (_, at) => (value >> at) & 1));
  const bytes = new Uint8Array(Math.ceil(all.length / 8));
  all.forEach((bit, at) => bytes[at >> 3]! |= bit << (at & 7));
  return bytes;
}

const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
const emptyFrame = new Uint8Array([...zstdMagic, 0, 0, 1, 0, 0]);

/** RFC 8878: blocks of 128 KB that say one byte and how often; the reader needs 2^`windowLog` KB. */
function zstdOf(gigabytes: number, windowLog = 10): Uint8Array<ArrayBuffer> {
  const size = 128 * 1024;
  const block = new Uint8Array([1 << 1 | (size << 3) & 0xff, (size << 3) >> 8 & 0xff, (size << 3) >> 16, 0x41]);
  const last = new Uint8Array([1, 0, 0]);
  return joined([new Uint8Array([...zstdMagic, 0, windowLog << 3]), again(block, gigabytes * 8 * 1024), last]);
}

function again(bytes: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes.length * times);
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
  return all;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
