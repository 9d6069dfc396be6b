import { CutShortError, joined, type Unpacker } from "./unpacker.ts";

/** How much of the packed bytes is handed over at a time, and how much may come of it at once, in bytes. */
const step = 64 * 1024;

/** What the decoder says after a step, besides that there is more to come. */
const ended = 1, wantsMore = 2;

/**
 * Takes Brotli off (RFC 7932).
 *
 * Not with `node:zlib`: in Deno it takes a damaged stream for an empty one and a stream cut short for a whole one, and
 * writes on stdout about either. The decoder is loaded when it is first needed, which is hardly ever: `fetch` takes
 * Brotli off where it is the only encoding.
 */
export const unbrotli: Unpacker = async (body, maxSize) => {
  const { DecompressStream } = await (await import("brotli-dec-wasm")).default;
  using stream = new DecompressStream();
  const pieces: Uint8Array[] = [];
  let at = 0, length = 0;
  while (true) {
    using result = stream.decompress(body.subarray(at, at + step), step);
    const piece = result.buf;
    at += result.input_offset;
    length += piece.length;
    if (length > maxSize) return undefined;
    pieces.push(piece);
    if (result.code === ended) return joined(pieces);
    if (result.code === wantsMore && at === body.length) throw new CutShortError();
  }
};
