/**
 * One process at a time on one spider.
 *
 * @module
 */

import type { Disk, FileLock } from "../disk/disk.ts";
import { lockInPlace } from "../disk/lock_in_place.ts";

/** Another process has the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
  /** The process that has it, as far as it said. */
  readonly pid: number | undefined;

  constructor(path: string, pid: number | undefined) {
    super(`Another process${pid === undefined ? "" : ` (${pid})`} is crawling this spider: it holds ${path}`);
    this.pid = pid;
  }
}

/**
 * Takes the lock at `path`, or throws {@linkcode LockedError} when another process has it until `patience` ends. The
 * system gives it back when the process ends, however it ends.
 */
export async function takeLock(disk: Disk, path: string, patience: Promise<unknown>): Promise<FileLock> {
  const lock = await lockInPlace(disk, path, patience);
  if (lock === undefined) throw new LockedError(path, holderOf(disk, path));
  lock.write(String(Deno.pid));
  return lock;
}

/** The process that holds the lock at `path` until `patience` ends; undefined when none does. */
export async function lockHolder(
  disk: Disk,
  path: string,
  patience: Promise<unknown>,
): Promise<{ readonly pid: number | undefined } | undefined> {
  if (disk.size(path) === undefined || !(await disk.isLocked(path, patience))) return undefined;
  return { pid: holderOf(disk, path) };
}

function holderOf(disk: Disk, path: string): number | undefined {
  const pid = Number(new TextDecoder().decode(disk.read(path) ?? new Uint8Array()));
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}
