import { crawlName, type Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import { DamageError } from "../disk/damage.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { finishReason } from "../engine/finish_reason.ts";
import { publish, summaryOf } from "../engine/publish.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";

/**
 * Puts the files of a crawl in place that had finished when its process was killed, and removes its checkpoint, or
 * keeps it for a retry. Returns the crawl; undefined when there is none such.
 */
export async function settle(
  disk: Disk,
  store: CheckpointStore,
  places: Places,
  now: number,
): Promise<CrawlSnapshot | undefined> {
  const { checkpoints, unreadable } = store.find();
  // The newest may be one that cannot be read just now.
  if (unreadable.some(({ error }) => error instanceof DiskError)) return undefined;
  const newest = checkpoints[0]?.checkpoint;
  const crawl = newest && crawlOf(newest, places);
  if (newest === undefined || crawl?.phase !== "finished") return undefined;
  const value = summaryOf(
    newest.identity,
    { outcome: "finished", reason: finishReason("done", crawl.counters, crawl.failsTooOften ?? false) },
    crawl,
    now,
  );
  const path = `${places.crawls}/${crawlName(newest.identity.startedAt)}.summary.json`;
  await publish(disk, { store, places }, crawl, { path, value });
  return crawl;
}

/** Does what `settle` does; where that cannot be done, as the output is not the one that was written, returns why. */
export async function settleOrKeep(
  disk: Disk,
  store: CheckpointStore,
  places: Places,
  now: number,
): Promise<{ readonly crawl?: CrawlSnapshot | undefined; readonly stuck?: Error }> {
  try {
    return { crawl: await settle(disk, store, places, now) };
  } catch (error) {
    if (!(error instanceof DamageError || error instanceof DiskError)) throw error;
    return { stuck: error };
  }
}
