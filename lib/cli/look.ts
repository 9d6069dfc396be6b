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
import { counted, formatCount } from "../text/count.ts";

/**
 * `paused` is also a crawl that was killed: both are continued by the next run. `unreadable`: its files cannot be looked
 * into, which says nothing of the crawl. `discarded`: it had not finished when its checkpoint was cleared.
 */
export type CrawlState = "running" | "paused" | "damaged" | "unreadable" | "failed" | "discarded" | "finished";

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
    const spiders = attempted(() => disk.isFolder(folder) ? disk.list(folder) : []);
    if (spiders instanceof Error) {
      looks.push({ project, spider: "", ...unreadable(spiders) });
      continue;
    }
    for (const spider of spiders.filter((name) => wanted.spider === undefined || name === wanted.spider)) {
      // What is wrong with one spider's files says nothing of the others.
      const look = await lookAtSpider(disk, placesOf(dataDir, project, spider), patience).catch(unreadable);
      if (look !== undefined) looks.push({ project, spider, ...look });
    }
  }
  return looks;
}

function attempted<T>(work: () => T): T | DiskError {
  try {
    return work();
  } catch (error) {
    if (error instanceof DiskError) return error;
    throw error;
  }
}

function unreadable(error: unknown): Omit<Look, "project" | "spider"> {
  if (!isDamage(error)) throw error;
  const state = error instanceof DiskError ? "unreadable" : "damaged";
  return { state, detail: error.message, counters: undefined, pending: undefined, at: undefined, output: undefined };
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
  const isGood = summary.exitCode === 0;
  const isDiscarded = summary.outcome !== "finished";
  return {
    state: isDiscarded ? "discarded" : isGood ? "finished" : "failed",
    detail: isDiscarded ? "the next run begins anew" : isGood ? "" : detailOf(summary),
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
    return size < length ? [`${path} ends after ${formatCount(size)} of ${counted(length, "byte")}`] : [];
  });
}

function detailOf({ reason, counters: { failed, pages, rejected } }: CrawlSummary): string {
  if (reason === "rejected") return `no item was written, and ${counted(rejected, "was", "were")} rejected`;
  return `${formatCount(failed)} of ${formatCount(pages + failed)} pages failed, more than may`;
}

function lastSummary(disk: Disk, { crawls }: Places): CrawlSummary | undefined {
  const name = disk.list(crawls).filter((each) => each.endsWith(".summary.json")).at(-1);
  if (name === undefined) return undefined;
  const path = `${crawls}/${name}`;
  const bytes = disk.read(path);
  if (bytes === undefined) return undefined;
  let summary: unknown;
  try {
    summary = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new DamageError(path, 0, `it is no JSON: ${(error as Error).message}`);
  }
  if (!isSummary(summary)) throw new DamageError(path, 0, "it is not the summary of a crawl");
  return summary;
}

/** Whether a value has what is shown of a summary. */
function isSummary(value: unknown): value is CrawlSummary {
  const { outcome, reason, exitCode, output, endedAt, counters } = { ...value as Partial<CrawlSummary> };
  const { pages, items, failed } = { ...counters as Partial<Counters> };
  return ["finished", "paused", "failed"].includes(outcome as string) &&
    [reason, output, endedAt].every((text) => typeof text === "string") &&
    [exitCode, pages, items, failed].every(Number.isSafeInteger) && !Number.isNaN(Date.parse(endedAt!));
}

/** Whether an error says that a checkpoint is not whole. */
export function isDamage(error: unknown): error is Error {
  return error instanceof DamageError || error instanceof DiskError;
}
