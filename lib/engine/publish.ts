import { dirname } from "node:path";
import { encodeCheckpoint, type Identity } from "../checkpoint/document.ts";
import { forgetRetry, keepForRetry } from "../checkpoint/kept.ts";
import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
import { stdoutPath } from "../feed/format.ts";
import { releaseOutput } from "../feed/owner.ts";
import { discardFeed, publishFeed } from "../feed/publish.ts";
import type { FeedSnapshot } from "../feed/snapshot.ts";
import { withoutLogins } from "../url/userinfo.ts";
import type { Ending } from "./engine.ts";
import { exitCodeOf } from "./exit_code.ts";
import { isRetryFile } from "./log_files.ts";
import type { CrawlSnapshot } from "./snapshot.ts";

/** What a crawl was, for `<start>.summary.json`. */
export interface CrawlSummary {
  readonly spider: string;
  readonly project: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Seconds that the crawl has run, pauses left out. */
  readonly duration: number;
  readonly outcome: "finished" | "paused" | "failed";
  readonly reason: string;
  readonly exitCode: number;
  /** The items' file, or `-`. */
  readonly output: string;
  readonly counters: CrawlSnapshot["counters"];
}

/** Returns the summary of a crawl, as it stands `now`, in milliseconds since 1970. */
export function summaryOf(
  identity: Identity,
  ending: Ending,
  { elapsed, items, counters }: Pick<CrawlSnapshot, "elapsed" | "items" | "counters">,
  now: number,
): CrawlSummary {
  return {
    spider: identity.spider,
    project: identity.project,
    startedAt: new Date(identity.startedAt).toISOString(),
    endedAt: new Date(now).toISOString(),
    duration: Math.round(elapsed * 1000) / 1000,
    outcome: ending.outcome,
    reason: ending.outcome === "failed" ? withoutLogins(ending.error.message) : ending.reason,
    exitCode: exitCodeOf(ending),
    output: items.path,
    counters,
  };
}

/**
 * Gives the outputs of a finished crawl their names, writes its summary and removes its checkpoint, or keeps it for a
 * retry when pages were given up. The checkpoint says that the crawl is finished, so after a crash at any point the
 * next process calls this again and it goes on where it stopped.
 */
export async function publish(
  disk: Disk,
  keeping: { readonly store: CheckpointStore; readonly places: Places } | undefined,
  { items, failures, counters }: Pick<CrawlSnapshot, "items" | "failures" | "counters">,
  summary: { readonly path: string; readonly value: CrawlSummary } | undefined,
): Promise<void> {
  const published = await publishFeed(disk, items);
  if (failures.path !== "") {
    if (counters.failed > 0 || counters.forbidden > 0) {
      await publishFeed(disk, failures);
    } else {
      await discardFeed(disk, failures.path);
      // A retry that has brought every page leaves none of the failures of the crawl before it.
      await disk.remove(failures.path);
    }
  }
  if (summary !== undefined) await writeSummary(disk, summary.path, summary.value);
  if (keeping !== undefined) {
    const { store, places } = keeping;
    if (counters.failed > 0) {
      if (published !== items) await savePublished(store, published);
      await disk.remove(places.interrupted);
      await keepForRetry(disk, places, isRetryFile);
    } else {
      await forgetRetry(disk, places);
      await store.clear();
    }
  }
  // Last: as long as a checkpoint says that this file is to be published, no other crawl may have its name.
  if (items.path !== stdoutPath) await releaseOutput(disk, items.path);
}

/** Makes the last document say what the items' file is now that publishing has changed it: a retry goes on with that. */
async function savePublished(store: CheckpointStore, { length, tail, headed }: FeedSnapshot): Promise<void> {
  const newest = store.find().checkpoints[0]?.checkpoint;
  if (newest === undefined) throw new Error("The checkpoint of the crawl that is being published is gone");
  const crawl = newest.crawl as CrawlSnapshot;
  const bytes = encodeCheckpoint({
    ...newest,
    generation: newest.generation + 1,
    crawl: { ...crawl, items: { ...crawl.items, length, tail, headed } },
  });
  await store.save(bytes, () => Promise.resolve(), []);
}

/** Writes a summary in place of an older one. */
export async function writeSummary(disk: Disk, path: string, summary: CrawlSummary): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = disk.append(temporary, 0);
  try {
    file.write(new TextEncoder().encode(`${JSON.stringify(summary, undefined, 2)}\n`));
    await file.sync();
  } finally {
    file.close();
  }
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}
