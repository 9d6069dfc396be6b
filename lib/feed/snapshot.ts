import type { FeedFormat } from "./format.ts";

/**
 * What a checkpoint keeps of a feed: plain data that MessagePack carries, and no larger for a larger file.
 *
 * It holds once `sync` has returned.
 */
export interface FeedSnapshot {
  /** Name of the file once it is published; `-` is standard output. */
  readonly path: string;
  readonly format: FeedFormat;
  /** How many bytes of the file in work count; what follows them did not happen. */
  readonly length: number;
  /** CRC-32 of the last 64 KiB of them. */
  readonly tail: number;
  /** Whether the closing part is among them, so that only publishing is left. */
  readonly finished: boolean;
  /**
   * CSV, once it has a header: the columns in order. The header names the first `headed` of them; later ones came after
   * it.
   */
  readonly columns?: readonly string[];
  readonly headed?: number;
}

/** The file in work: what a feed writes to until it is published as `path`. */
export function partOf(path: string): string {
  return `${path}.part`;
}
