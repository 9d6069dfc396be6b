/**
 * Making a checkpoint from which a finished crawl goes on with the pages that it gave up.
 *
 * The failed requests are pending in it, what the crawl has seen is known, and the output is a copy of the published
 * one that items are added to. So a retry is a crawl that is continued, with the same promises: until the checkpoint is
 * there nothing has happened, and from then on it may be killed at any instant.
 *
 * @module
 */

import { type Checkpoint, encodeCheckpoint, type Identity } from "../checkpoint/document.ts";
import type { Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import { copyLog } from "../disk/copy_log.ts";
import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import { makeFolder } from "../disk/make_folder.ts";
import type { LogSnapshot } from "../disk/record_log.ts";
import { discardFeed } from "../feed/publish.ts";
import { reopenFeed } from "../feed/reopen.ts";
import type { FeedSnapshot } from "../feed/snapshot.ts";
import { DiskQueues } from "../frontier/disk_queues.ts";
import { hostOf } from "../frontier/frontier.ts";
import { GivenUp } from "../frontier/given_up.ts";
import { sideLogs, type SideLogsSnapshot } from "./side_logs.ts";
import { carryForbidden } from "./carry_forbidden.ts";
import { crawlOf, type CrawlSnapshot, storedCrawl } from "./snapshot.ts";
import { counted } from "../text/count.ts";

/** What a retry starts from, and who makes it. */
export interface RetryOptions {
  readonly disk: Disk;
  readonly store: CheckpointStore;
  readonly places: Places;
  /** The last document of the finished crawl, as it was kept. */
  readonly kept: Checkpoint;
  /**
   * What the retry has of its own: it may go through another proxy, its spider may be another file. Whether the code has
   * changed is for its first run to see.
   */
  readonly identity: Pick<Identity, "proxyType" | "source">;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/**
 * Writes the checkpoint of a retry. What is kept of the finished crawl, and its outputs, stay as they are, so that a
 * retry can begin again. Throws `DiskError` or `DamageError`, which name the file, and leaves nothing behind then.
 */
export async function prepareRetry(options: RetryOptions): Promise<void> {
  const { disk, store, places, kept } = options;
  const crawl = crawlOf(kept, places);
  const items = await reopenFeed(disk, crawl.items);
  try {
    await makeFolder(disk, places.checkpoint, "private");
    const copy = (name: string, log: LogSnapshot) =>
      copyLog(disk, `${places.retry}/${name}`, `${places.checkpoint}/${name}`, log);
    const seen = { ...crawl.frontier.seen, log: await copy("seen", crawl.frontier.seen.log) };
    const logs = crawl.logs && await copyAll(crawl.logs, copy);
    const { queues, pending } = await queueFailed(disk, places, crawl);
    await save(options, {
      ...crawl,
      phase: "crawling",
      isRetry: true,
      // A crawl that ended at maxPages may not have taken all; and without a source none is asked, whatever has changed.
      starts: { taken: crawl.starts.taken, done: true },
      // Both count what was given up, and that is asked for again.
      counters: { ...crawl.counters, failed: 0, failures: {}, blocked: {} },
      pending,
      frontier: { seen, queues, givenUp: [], held: [] },
      ...logs && { logs },
      items,
      failures: crawl.counters.forbidden > 0 ? await carryForbidden(disk, crawl.failures) : begun(crawl.failures),
    });
  } catch (error) {
    await store.clear();
    await discardFeed(disk, crawl.items.path);
    await discardFeed(disk, crawl.failures.path);
    throw error;
  }
}

async function copyAll(
  logs: SideLogsSnapshot,
  copy: (name: string, log: LogSnapshot) => Promise<LogSnapshot>,
): Promise<SideLogsSnapshot> {
  const copied = await Promise.all(sideLogs.map(async (name) => [name, await copy(name, logs[name])] as const));
  return Object.fromEntries(copied) as unknown as SideLogsSnapshot;
}

/** Puts the failed requests into queues of their own; known as they are, they pass by what has been seen. */
async function queueFailed(disk: Disk, { retry, checkpoint }: Places, { frontier, counters }: CrawlSnapshot) {
  const queues = new DiskQueues({ disk, folder: checkpoint });
  try {
    let pending = 0;
    new GivenUp({ disk, folder: retry }, frontier.givenUp).each((request) => {
      queues.open({ priority: request.priority, host: hostOf(request.url) }).push(request);
      pending += 1;
    });
    if (pending !== counters.failed) {
      throw new DamageError(
        `${retry}/failed-0.log`,
        0,
        `it has ${pending} of ${counted(counters.failed, "failed page")}`,
      );
    }
    queues.flush();
    await queues.sync();
    return { queues: queues.snapshot(), pending };
  } finally {
    queues.close();
  }
}

function begun({ path, format }: FeedSnapshot): FeedSnapshot {
  return { path, format, length: 0, tail: 0, finished: false };
}

async function save({ store, places, kept, identity, now }: RetryOptions, crawl: CrawlSnapshot): Promise<void> {
  const { proxyType, source } = identity;
  const bytes = encodeCheckpoint({
    generation: kept.generation + 1,
    savedAt: now,
    identity: { ...kept.identity, proxyType, ...source !== undefined && { source } },
    crawl: storedCrawl(crawl, places),
  });
  // All that it counts is synced already, but for the names of the files: those the store makes safe.
  await store.save(bytes, () => Promise.resolve(), []);
}
