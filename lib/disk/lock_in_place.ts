import type { Disk, FileLock } from "./disk.ts";

/**
 * Takes the lock that is a file; undefined when another process has it until `patience` ends.
 *
 * Who had it before may have removed the file while it was waited for. Then it is the lock of nothing, and the file that
 * has the name now is locked instead.
 */
export async function lockInPlace(disk: Disk, path: string, patience: Promise<unknown>): Promise<FileLock | undefined> {
  while (true) {
    const lock = await disk.lock(path, patience);
    if (lock === undefined || disk.identityOf(path) === lock.identity) return lock;
    lock[Symbol.dispose]();
  }
}
