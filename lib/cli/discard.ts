import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
import { crawlOf } from "../engine/snapshot.ts";
import { discardFeed } from "../feed/publish.ts";

/**
 * Removes a checkpoint and the unfinished outputs that belong to it. One that cannot be read is put aside instead,
 * because what it holds is not known; `say` is told where.
 */
export async function discard(
  disk: Disk,
  store: CheckpointStore,
  places: Places,
  say: (line: string) => void,
): Promise<void> {
  const { checkpoints, unreadable } = store.find();
  if (checkpoints.length === 0 && unreadable.length > 0) {
    say(`The checkpoint cannot be read; its files are kept in ${await store.putAside()}`);
    return;
  }
  for (const { checkpoint } of checkpoints) {
    const { items, failures } = crawlOf(checkpoint, places);
    await discardFeed(disk, items.path);
    await discardFeed(disk, failures.path);
  }
  if (disk.size(places.checkpoint) !== undefined) await store.clear();
}
