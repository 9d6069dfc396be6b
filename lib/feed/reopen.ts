/**
 * Adding to a file that has been published: what a retry of failed pages brings goes on where the crawl ended.
 *
 * @module
 */

import { dirname } from "node:path";
import { type Disk, DiskError } from "../disk/disk.ts";
import { stdoutPath } from "./format.ts";
import { arrayEndSize } from "./json.ts";
import { type FeedSnapshot, partOf } from "./snapshot.ts";
import { Tail, tailOf } from "./tail.ts";
import { counted, formatCount } from "../text/count.ts";

/**
 * Copies a published file, without the part that closes it, to its file in work; returns the snapshot to open the feed
 * with. The copy is safe against a loss of power then. The published file stays as it is until it is replaced.
 *
 * `published` is what `publishFeed` returned. `chunk` is how many bytes are in memory at a time.
 */
export async function reopenFeed(disk: Disk, published: FeedSnapshot, chunk = 1 << 20): Promise<FeedSnapshot> {
  const { path, format } = published;
  if (path === stdoutPath) return { ...published, finished: false };
  checkUnchanged(disk, published);
  const length = published.length - (format === "json" ? arrayEndSize : 0);
  const tail = new Tail();
  try {
    await copy(disk, path, partOf(path), length, chunk, (bytes) => tail.append(bytes));
    await disk.syncFolder(dirname(path));
  } catch (error) {
    await disk.remove(partOf(path));
    throw error;
  }
  return { ...published, length, tail: tail.checksum, finished: false };
}

/** Throws a `DiskError` when a published file is not there any more, or is not the one that was written. */
export function checkUnchanged(disk: Disk, { path, length, tail }: FeedSnapshot): void {
  const size = disk.size(path);
  if (size === undefined) throw new DiskError("go on with", path, "it is not there any more");
  if (size !== length) {
    throw new DiskError("go on with", path, `it has ${counted(size, "byte")}; the crawl left ${formatCount(length)}`);
  }
  if (tailOf(disk, path, length).checksum !== tail) {
    throw new DiskError("go on with", path, "it holds other bytes than the crawl wrote");
  }
}

async function copy(
  disk: Disk,
  from: string,
  to: string,
  length: number,
  chunk: number,
  told: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const source = disk.open(from);
  try {
    const target = disk.append(to, 0);
    try {
      for (let offset = 0; offset < length; offset += chunk) {
        const bytes = source.readAt(offset, Math.min(chunk, length - offset));
        target.write(bytes);
        told(bytes);
      }
      await target.sync();
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}
