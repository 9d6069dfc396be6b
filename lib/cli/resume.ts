import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore, Found, Unreadable } from "../checkpoint/store.ts";
import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import type { EngineParts } from "../engine/parts.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";
import { isLogFile, logFilesOf } from "../engine/log_files.ts";

/** A generation of a checkpoint, and the parts as it has them. */
export interface Resumed {
  readonly generation: number;
  readonly snapshot: CrawlSnapshot;
  readonly parts: EngineParts;
  /** Generations that could not be opened, newer than this one. */
  readonly unreadable: readonly Unreadable[];
}

/** No generation of a checkpoint can be opened; the message names each reason. */
export class ResumeError extends Error {
  override readonly name = "ResumeError";
}

/**
 * Opens the newest generation whose files are whole. Throws a {@linkcode ResumeError} when there is none, and a
 * `DiskError` when one cannot be opened just now, which says nothing of its bytes; nothing has been changed then.
 */
export function openNewest(found: Found, places: Places, open: (snapshot: CrawlSnapshot) => EngineParts): Resumed {
  const unreadable: Unreadable[] = [...found.unreadable];
  // Keeps C8: a generation is opened by reading all of it, before anything is cut.
  for (const { path, checkpoint } of found.checkpoints) {
    const snapshot = crawlOf(checkpoint, places);
    try {
      return { generation: checkpoint.generation, snapshot, parts: open(snapshot), unreadable };
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      unreadable.push({ path, error });
    }
  }
  throw new ResumeError(unreadable.map(({ error }) => error.message).join("; "));
}

/**
 * Removes the logs that no generation counts and that are not in use: what processes that were killed have left. A log
 * of hosts may be in use before it is counted.
 */
export async function removeLitter(
  disk: Disk,
  places: Places,
  store: CheckpointStore,
  used: Pick<CrawlSnapshot, "frontier" | "logs">,
): Promise<void> {
  const { checkpoints, unreadable } = store.find();
  // What a generation counts that could not be read just now is not known.
  if (unreadable.length > 0) return;
  const counted = checkpoints.map(({ checkpoint }) => crawlOf(checkpoint, places));
  const names = new Set([used, ...counted].flatMap(logFilesOf).map(({ name }) => name));
  for (const name of disk.list(places.checkpoint)) {
    if (isLogFile(name) && !names.has(name)) await disk.remove(`${places.checkpoint}/${name}`);
  }
}
