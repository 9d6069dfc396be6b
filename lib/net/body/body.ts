/**
 * Reading a body without ever holding more of it than is allowed.
 *
 * @module
 */

import type { Answer } from "../transport.ts";

/** What a body of unknown length is read into at first, in bytes; it grows. */
const firstBuffer = 16 * 1024;

/**
 * The most that it grows to, in bytes; what is more goes into others. Buffers that go on doubling leave holes in memory
 * that nothing else fits into, which came to a hundred megabytes.
 */
const largestBuffer = 256 * 1024;

/**
 * Up to this many bytes, announced by the server, a body is read in one go: half of the cost of a small page is saved.
 */
const inOneGo = 64 * 1024;

const nothing = new Uint8Array(0);

/**
 * Returns the body of an answer, or `undefined` where it is longer than `maxSize` bytes; the rest is then not fetched.
 * With `cut` it is what came first, instead, `maxSize` bytes of it.
 *
 * `heard` is called for every piece, with the length by then; where it returns a promise, no more is read before that is
 * kept. `announced` is the length that the server gave for what is read here, if it gave one. Throws what the stream
 * throws.
 */
export async function readBody(
  answer: Pick<Answer, "body" | "bytes">,
  announced: number | undefined,
  maxSize: number,
  heard: (length: number) => Promise<void> | void,
  cut = false,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (answer.body === null) return nothing;
  if (announced !== undefined && announced > maxSize && !cut) {
    await answer.body.cancel();
    return undefined;
  }
  if (announced !== undefined && announced <= inOneGo) return await answer.bytes();

  const reader = answer.body.getReader({ mode: "byob" });
  const full: Uint8Array<ArrayBuffer>[] = [];
  // One more than can come, so that the end is seen without growing; the reader takes the buffer away and gives it
  // back.
  let buffer = new Uint8Array(Math.min(announced ?? firstBuffer, largestBuffer) + 1);
  let length = 0, filled = 0;
  while (true) {
    const { done, value } = await reader.read(buffer.subarray(filled));
    if (value === undefined) break;
    buffer = new Uint8Array(value.buffer);
    if (done) break;
    length += value.byteLength;
    filled += value.byteLength;
    if (length > maxSize) {
      const first = joined([...full, buffer], cut ? maxSize : 0);
      await reader.cancel();
      return cut ? first : undefined;
    }
    const wait = heard(length);
    if (wait !== undefined) await wait;
    if (filled < buffer.byteLength) continue;
    if (buffer.byteLength < largestBuffer) {
      buffer = resized(buffer, 2 * filled);
    } else {
      full.push(buffer);
      buffer = new Uint8Array(largestBuffer);
      filled = 0;
    }
  }
  if (full.length > 0) return joined([...full, buffer], length);
  // The rest of a buffer would stay in memory for as long as the page does.
  return length + 1 === buffer.byteLength ? buffer.subarray(0, length) : resized(buffer, length);
}

/** Puts pieces together, as far as they are wanted. */
function joined(pieces: readonly Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    const left = piece.subarray(0, length - at);
    whole.set(left, at);
    at += left.length;
    resized(piece, 0);
  }
  return whole;
}

/**
 * Makes a buffer longer or shorter. Its old memory is given back at once: until the next collection of garbage a few
 * large bodies would come to hundreds of megabytes.
 */
function resized(buffer: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer.transfer(length));
}
