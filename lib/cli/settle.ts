import { crawlName, type Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
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
  const newest = store.find().checkpoints[0]?.checkpoint;
  const crawl = newest && crawlOf(newest, places);
  if (newest === undefined || crawl?.phase !== "finished") return undefined;
  const value = summaryOf(
    newest.identity,
    { outcome: "finished", reason: crawl.failsTooOften ? "maxFailed" : "done" },
    crawl,
    now,
  );
  const path = `${places.crawls}/${crawlName(newest.identity.startedAt)}.summary.json`;
  await publish(disk, { store, places }, crawl, { path, value });
  return crawl;
}
