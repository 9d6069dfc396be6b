/**
 * Reading one packed stream from the beginning of a body, no further than a limit, with `node:zlib`.
 *
 * @module
 */

import type { BrotliDecompress, Inflate, InflateRaw, ZlibOptions, ZstdDecompress } from "node:zlib";

/** The text of one stream, and how many bytes of the input that stream was. */
export interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly used: number;
}

/** Makes the stream of `node:zlib` that unpacks. */
export type MakeStream = (options: ZlibOptions) => Inflate | InflateRaw | BrotliDecompress | ZstdDecompress;

/** The end came too early. In the words of zlib, which are known where failures are named. */
export class CutShortError extends Error {
  override readonly name = "CutShortError";

  constructor() {
    super("unexpected end of file");
  }
}

/**
 * Bytes that zlib sets aside at a time. So much is given back to the system when it is no longer needed, where less
 * would be kept.
 */
const chunkSize = 256 * 1024;

/** Reads one stream, or returns `undefined` where its text is longer than `maxSize` bytes; it has stopped there then. */
export async function readPart(make: MakeStream, input: Uint8Array, maxSize: number): Promise<Part | undefined> {
  const stream = make({ chunkSize });
  const pieces: Uint8Array[] = [];
  let length = 0;
  stream.end(input);
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > maxSize) return undefined;
    pieces.push(piece);
  }
  return { bytes: joined(pieces), used: stream.bytesWritten };
}

/**
 * Reads one stream of an encoding whose end `node:zlib` does not look for: it takes Brotli or zstd that is cut short for
 * whole. Of an input that is one byte too long it uses that byte only where the stream had not ended before.
 */
export async function readWholePart(make: MakeStream, longer: Uint8Array, maxSize: number): Promise<Part | undefined> {
  try {
    const part = await readPart(make, longer, maxSize);
    if (part === undefined || part.used < longer.length) return part;
  } catch {
    // It may be that byte which is wrong. If there is nothing wrong without it, there is no end either.
    await readPart(make, longer.subarray(0, -1), maxSize);
  }
  throw new CutShortError();
}

/** Returns a body with one byte more than there is, for {@linkcode readWholePart}. */
export function padded(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(body.length + 1);
  longer.set(body);
  return longer;
}

/** Puts pieces together in memory of their own: a piece may be part of something larger. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [only] = pieces;
  if (pieces.length === 1 && only?.buffer instanceof ArrayBuffer && only.length === only.buffer.byteLength) {
    return new Uint8Array(only.buffer);
  }
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
