/**
 * What all ways to unpack have in common.
 *
 * @module
 */

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

/** The end came too early. In the words of zlib, which are known where failures are named. */
export class CutShortError extends Error {
  override readonly name = "CutShortError";

  constructor() {
    super("unexpected end of file");
  }
}

/** Puts pieces together in memory of their own: what zlib returns may be part of something larger. */
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
