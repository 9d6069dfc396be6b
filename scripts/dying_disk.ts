import type { AppendFile, Disk, ReadFile } from "../lib/disk/disk.ts";

/** The instant at which a process kills itself: before or after the n-th operation of a kind on a file of a kind. */
export interface Point {
  readonly operation: "write" | "sync" | "rename" | "remove" | "syncFolder" | "open" | "append";
  /** Part of the path, as a pattern; of a rename, that of the new name. */
  readonly path: string;
  readonly when: "before" | "after";
  /** From 1. */
  readonly count: number;
}

/**
 * A disk on which the process kills itself at one point, by SIGKILL, as nobody can foresee or handle it. `isArmed` says
 * from when on it counts.
 */
export function dyingDisk(disk: Disk, point: Point, isArmed: () => boolean = () => true): Disk {
  const pattern = new RegExp(point.path);
  let left = point.count;
  const at = <T>(operation: Point["operation"], path: string, work: () => T): T => {
    const isHere = operation === point.operation && pattern.test(path) && isArmed() && --left === 0;
    if (isHere && point.when === "before") die();
    const result = work();
    if (!isHere) return result;
    if (result instanceof Promise) return result.then(die) as T;
    return die();
  };
  const dyingFile = (file: AppendFile): AppendFile => ({
    path: file.path,
    identity: file.identity,
    get length() {
      return file.length;
    },
    write: (bytes) => at("write", file.path, () => file.write(bytes)),
    sync: () => at("sync", file.path, () => file.sync()),
    close: () => file.close(),
  });
  return {
    ...disk,
    append: (path, length) => dyingFile(at("append", path, () => disk.append(path, length))),
    open: (path): ReadFile => at("open", path, () => disk.open(path)),
    rename: (from, to) => at("rename", to, () => disk.rename(from, to)),
    remove: (path) => at("remove", path, () => disk.remove(path)),
    syncFolder: (folder) => at("syncFolder", folder, () => disk.syncFolder(folder)),
  };
}

function die(): never {
  Deno.kill(Deno.pid, "SIGKILL");
  // The signal is on its way; nothing may happen before it is here.
  while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
