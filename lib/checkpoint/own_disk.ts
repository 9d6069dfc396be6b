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
  return {
    append(file, length, access) {
      check();
      return disk.append(file, length, access);
    },
    open: (file) => disk.open(file),
    read: (file) => disk.read(file),
    load: (file) => disk.load(file),
    size: (file) => disk.size(file),
    isFolder: (file) => disk.isFolder(file),
    isFile: (file) => disk.isFile(file),
    identityOf: (file) => disk.identityOf(file),
    locate: (file) => disk.locate(file),
    list: (folder) => disk.list(folder),
    makeFolder(folder, access) {
      check();
      disk.makeFolder(folder, access);
    },
    async rename(from, to) {
      check();
      await disk.rename(from, to);
    },
    async remove(file) {
      check();
      await disk.remove(file);
    },
    async syncFolder(folder) {
      check();
      await disk.syncFolder(folder);
    },
    lock: (file, patience) => disk.lock(file, patience),
    isLocked: (file, patience) => disk.isLocked(file, patience),
  };
}
