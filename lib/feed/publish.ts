import { dirname } from "node:path";
import { type Disk, DiskError } from "../disk/disk.ts";
import { stdoutPath } from "./format.ts";
import { releaseOutput } from "./owner.ts";
import { type FeedSnapshot, partOf } from "./snapshot.ts";
import { tailOf } from "./tail.ts";
import { widen } from "./widen.ts";
import { counted, formatCount } from "../text/count.ts";

/**
 * Gives a finished feed its final name; an older file of that name is replaced in one step. Returns what the published
 * file is: the snapshot itself, or another where the file was written once more.
 *
 * The caller has synced the feed and holds this snapshot in a checkpoint that is safe: from here on the file in work
 * may be gone. After a crash at any point, calling again completes the work; when nothing is left to do, nothing is
 * done. A CSV file whose columns grew is written once more on the way, see `csv.ts`.
 */
export async function publishFeed(disk: Disk, snapshot: FeedSnapshot): Promise<FeedSnapshot> {
  const { path, finished, columns = [], headed = 0 } = snapshot;
  if (!finished) throw new RangeError(`Cannot publish ${path}: the feed is not finished`);
  if (path === stdoutPath) return snapshot;
  const [part, folder] = [partOf(path), dirname(path)];
  const grown = columns.length > headed;
  if (disk.size(part) === undefined) {
    checkPublished(disk, snapshot, grown);
    // The crash may have come before this sync of the first call.
    await disk.syncFolder(folder);
    return grown ? widened(disk, snapshot) : snapshot;
  }
  checkBytes(disk, part, snapshot, "");
  if (!grown) {
    await disk.rename(part, path);
    await disk.syncFolder(folder);
    return snapshot;
  }
  await widen(disk, part, wideOf(path), columns);
  await disk.rename(wideOf(path), path);
  // Sync before the removal: the removal may reach the disk first, and a crash in between would leave neither file.
  await disk.syncFolder(folder);
  await disk.remove(part);
  await disk.syncFolder(folder);
  return widened(disk, snapshot);
}

/** Describes the published file of a feed whose columns grew: its header names them all. */
function widened(disk: Disk, snapshot: FeedSnapshot): FeedSnapshot {
  const { path, columns = [] } = snapshot;
  const length = disk.size(path) ?? 0;
  return { ...snapshot, length, tail: tailOf(disk, path, length).checksum, headed: columns.length };
}

/** Removes what a feed that will not be gone on with has left: the file in work, never a published one. */
export async function discardFeed(disk: Disk, path: string): Promise<void> {
  if (path === stdoutPath) return;
  await disk.remove(partOf(path));
  await disk.remove(wideOf(path));
  await releaseOutput(disk, path);
}

/**
 * Without the file in work, the published one must be there; its bytes tell it from an older file of the same name. One
 * that was written once more, under a longer header, is only known to be longer.
 */
function checkPublished(disk: Disk, snapshot: FeedSnapshot, grown: boolean): void {
  const { path, length } = snapshot;
  const size = disk.size(path);
  if (size === undefined) throw new DiskError("publish", path, `neither it nor ${partOf(path)} is there`);
  const lost = `${partOf(path)} is gone, and `;
  if (!grown) checkBytes(disk, path, snapshot, lost);
  else if (size < length) {
    throw new DiskError(
      "publish",
      path,
      `${lost}this file has ${counted(size, "byte")} instead of ${formatCount(length)}`,
    );
  }
}

/** Throws when a file is not the one that the snapshot describes. */
function checkBytes(disk: Disk, path: string, { length, tail }: FeedSnapshot, before: string): void {
  const size = disk.size(path);
  const it = before === "" ? "it" : "this file";
  if (size !== length) {
    throw new DiskError(
      "publish",
      path,
      `${before}${it} has ${counted(size ?? 0, "byte")} instead of ${formatCount(length)}`,
    );
  }
  if (tailOf(disk, path, length).checksum !== tail) {
    throw new DiskError("publish", path, `${before}${it} holds other bytes than the crawl wrote`);
  }
}

/** Returns the path of the copy of a CSV file with all its columns, until it takes the final name. */
export function wideOf(path: string): string {
  return `${path}.part.new`;
}
