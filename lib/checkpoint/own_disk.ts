import { type Disk, DiskError, type FileLock } from "../disk/disk.ts";
import type { Places } from "./places.ts";

/**
 * Returns the disk for the process that has the lock of a spider's folder: it changes nothing by its path once the folder
 * has been removed, moved or replaced.
 *
 * A path says nothing of who is there now. Another process may have made the folder anew and crawl in it; files that are
 * open already stay this process's own, wherever they are.
 */
export function ownDisk(disk: Disk, { root, lock: path }: Places, lock: FileLock): Disk {
  function check(): void {
    if (disk.identityOf(path) === lock.identity) return;
    throw new DiskError(
      "go on in",
      root,
      "the folder was removed, moved or replaced while it was crawled, its lock is not ours any more. " +
        "Nothing more is written there; what was saved last is where the folder is now",
    );
  }
  /** The folder may go between the look and the work, which then fails for that reason. */
  function checked<T>(work: () => T): T {
    check();
    try {
      return work();
    } catch (error) {
      check();
      throw error;
    }
  }
  async function checkedLater(work: () => Promise<void>): Promise<void> {
    check();
    try {
      await work();
    } catch (error) {
      check();
      throw error;
    }
  }
  return {
    append: (file, length, access) => checked(() => disk.append(file, length, access)),
    open: (file) => disk.open(file),
    read: (file) => disk.read(file),
    load: (file) => disk.load(file),
    size: (file) => disk.size(file),
    isFolder: (file) => disk.isFolder(file),
    isFile: (file) => disk.isFile(file),
    identityOf(file) {
      // That a file of ours is not there any more has this reason first.
      if (file.startsWith(`${root}/`)) check();
      return disk.identityOf(file);
    },
    locate: (file) => disk.locate(file),
    list: (folder) => disk.list(folder),
    makeFolder: (folder, access) => checked(() => disk.makeFolder(folder, access)),
    rename: (from, to) => checkedLater(() => disk.rename(from, to)),
    remove: (file) => checkedLater(() => disk.remove(file)),
    syncFolder: (folder) => checkedLater(() => disk.syncFolder(folder)),
    lock: (file, patience) => disk.lock(file, patience),
    isLocked: (file, patience) => disk.isLocked(file, patience),
  };
}
