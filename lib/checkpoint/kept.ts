/**
 * What a finished crawl leaves behind when pages were given up: all that a retry of them needs.
 *
 * It is the checkpoint folder itself under another name, without the files that a finished crawl has no use for. Only
 * that of the last crawl is kept.
 *
 * @module
 */

import { basename } from "node:path";
import type { Disk } from "../disk/disk.ts";
import { type Checkpoint, decodeCheckpoint } from "./document.ts";
import type { Places } from "./places.ts";

/**
 * Makes the checkpoint of a finished crawl what is kept for a retry, in place of an older one; of its other files only
 * those that `isNeeded` stay. After a crash at any point either the checkpoint is still there, and this is called
 * again, or it is kept already.
 */
export async function keepForRetry(disk: Disk, places: Places, isNeeded: (name: string) => boolean): Promise<void> {
  // A folder cannot take the name of another that is not empty.
  await disk.remove(places.retry);
  // Keeps C9: both generations, and all that they count, leave the checkpoint's place in one step.
  await disk.rename(places.checkpoint, places.retry);
  await disk.syncFolder(places.root);
  const document = basename(places.retryDocument);
  for (const name of disk.list(places.retry)) {
    if (name !== document && !isNeeded(name)) await disk.remove(`${places.retry}/${name}`);
  }
}

/**
 * Returns the last document of the crawl that was kept; undefined when none was. Throws `DamageError`, `FormatError` or
 * `DiskError` when it cannot be read.
 */
export function keptForRetry(disk: Disk, { retryDocument }: Places): Checkpoint | undefined {
  const bytes = disk.read(retryDocument);
  return bytes && decodeCheckpoint(bytes, retryDocument);
}

/** Removes what is kept for a retry; returns when that is safe against a loss of power. */
export async function forgetRetry(disk: Disk, { root, retry }: Places): Promise<void> {
  await disk.remove(retry);
  // Also where nothing was there: whoever removed it may have been killed before this.
  await disk.syncFolder(root);
}
