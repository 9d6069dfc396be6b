/**
 * What is known of a crawl from its files, without changing any.
 *
 * @module
 */

import { lockHolder } from "../checkpoint/lock.ts";
import { type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import { DamageError } from "../disk/damage.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import type { Counters } from "../engine/counters.ts";
import { logFilesOf } from "../engine/log_files.ts";
import type { CrawlSummary } from "../engine/publish.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";
import { partOf } from "../feed/snapshot.ts";

/** `paused` is also a crawl that was killed: both are continued by the next run. */
export type CrawlState = "running" | "paused" | "damaged" | "failed" | "finished";

/** How a spider's crawl stands. */
export interface Look {
  readonly project: string;
  readonly spider: string;
  readonly state: CrawlState;
  /** What there is to say about the state. */
  readonly detail: string;
  /** Counters as of the checkpoint or, for a finished crawl, its end. */
  readonly counters: Counters | undefined;
  /** Requests that wait or were in flight. */
  readonly pending: number | undefined;
  /** When the figures were true, in milliseconds since 1970. */
  readonly at: number | undefined;
  readonly output: string | undefined;
}

/** Returns how the crawls below a data folder stand; `project` and `spider` narrow it down. */
export async function lookAt(
  disk: Disk,
  dataDir: string,
  wanted: { readonly project: string | undefined; readonly spider: string | undefined },
  patience: () => Promise<unknown>,
): Promise<Look[]> {
  const looks: Look[] = [];
  for (const project of disk.list(dataDir).filter((name) => wanted.project === undefined || name === wanted.project)) {
    const folder = `${dataDir}/${project}`;
    if (!disk.isFolder(folder)) continue;
    for (const spider of disk.list(folder).filter((name) => wanted.spider === undefined || name === wanted.spider)) {
      const look = await lookAtSpider(disk, placesOf(dataDir, project, spider), patience);
      if (look !== undefined) looks.push({ project, spider, ...look });
    }
  }
  return looks;
}

async function lookAtSpider(
  disk: Disk,
  places: Places,
  patience: () => Promise<unknown>,
): Promise<Omit<Look, "project" | "spider"> | undefined> {
  const holder = await lockHolder(disk, places.lock, patience());
  const { checkpoints, unreadable } = new CheckpointStore(disk, places).find();
  const newest = checkpoints[0]?.checkpoint;
  const crawl = newest && crawlOf(newest, places);
  const figures = {
    counters: crawl?.counters,
    pending: crawl?.pending,
    at: newest?.savedAt,
    output: crawl?.items.path,
  };
  if (holder !== undefined) return { state: "running", detail: `process ${holder.pid ?? "unknown"}`, ...figures };
  const damage = [
    ...unreadable.map(({ error }) => error.message),
    ...(crawl === undefined ? [] : missingBytes(disk, places, crawl)),
  ];
  if (damage.length > 0) {
    return { state: "damaged", detail: damage.join("; "), ...figures };
  }
  if (crawl !== undefined) {
    if (crawl.phase === "failed") return { state: "failed", detail: "no page was fetched", ...figures };
    const detail = crawl.phase === "finished"
      ? "finished; the next run puts its files in place"
      : "the next run continues it";
    return { state: "paused", detail, ...figures };
  }
  const summary = lastSummary(disk, places);
  if (summary === undefined) return undefined;
  return {
    state: summary.outcome === "finished" ? "finished" : "failed",
    detail: summary.outcome === "finished" ? "" : summary.reason,
    counters: summary.counters,
    pending: 0,
    at: Date.parse(summary.endedAt),
    output: summary.output,
  };
}

/** Says which files are shorter than a checkpoint counts. */
export function missingBytes(
  disk: Disk,
  places: Places,
  crawl: CrawlSnapshot,
): string[] {
  const { items, failures, phase } = crawl;
  const feeds = phase === "crawling"
    ? [items, failures].filter(({ path }) => path !== "-" && path !== "").map(({ path, length }) => ({
      path: partOf(path),
      length,
    }))
    : [];
  const files = logFilesOf(crawl).map(({ name, length }) => ({ path: `${places.checkpoint}/${name}`, length }));
  return [...files, ...feeds].filter(({ length }) => length > 0).flatMap(({ path, length }) => {
    const size = disk.size(path);
    if (size === undefined) return [`${path} is missing`];
    return size < length ? [`${path} ends after ${size} of ${length} bytes`] : [];
  });
}

function lastSummary(disk: Disk, { crawls }: Places): CrawlSummary | undefined {
  const name = disk.list(crawls).filter((each) => each.endsWith(".summary.json")).at(-1);
  const bytes = name === undefined ? undefined : disk.read(`${crawls}/${name}`);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

/** Whether an error says that a checkpoint is not whole. */
export function isDamage(error: unknown): error is Error {
  return error instanceof DamageError || error instanceof DiskError;
}
