import type { Checkpoint } from "../checkpoint/document.ts";
import { absolute, type Places, relativeTo } from "../checkpoint/places.ts";
import type { FeedSnapshot } from "../feed/snapshot.ts";
import type { FrontierSnapshot } from "../frontier/frontier.ts";
import type { CookieRecord } from "../net/cookies/cookie_record.ts";
import type { ExileRecord } from "../net/proxy/escalation.ts";
import type { SchedulerSnapshot } from "../schedule/scheduler.ts";
import type { Counters } from "./counters.ts";
import type { Renamed } from "./renamed.ts";
import type { SideLogsSnapshot } from "./side_logs.ts";
import type { StartsSnapshot } from "./starts.ts";

/**
 * The crawl in a checkpoint, its outputs where they are now: in the data folder, which may have been moved, or
 * elsewhere.
 */
export function crawlOf({ crawl }: Checkpoint, places: Places): CrawlSnapshot {
  const { items, failures, ...rest } = crawl as CrawlSnapshot;
  return {
    ...rest,
    items: moved(items, (path) => absolute(path, places)),
    failures: moved(failures, (path) => absolute(path, places)),
  };
}

/** The crawl as a checkpoint keeps it: the outputs in the data folder are named from there. */
export function storedCrawl(crawl: CrawlSnapshot, places: Places): CrawlSnapshot {
  return {
    ...crawl,
    items: moved(crawl.items, (path) => relativeTo(path, places)),
    failures: moved(crawl.failures, (path) => relativeTo(path, places)),
  };
}

function moved(feed: FeedSnapshot, move: (path: string) => string): FeedSnapshot {
  return { ...feed, path: move(feed.path) };
}

/** What a checkpoint says of a crawl. */
export interface CrawlSnapshot {
  /** `finished`: only publishing is left. `failed`: no page was fetched; the next crawl starts fresh. */
  readonly phase: "crawling" | "finished" | "failed";
  /** The crawl has finished, and more pages were given up than may be. */
  readonly failsTooOften?: boolean;
  /** Whether this is a retry: a finished crawl that goes on with the pages that it gave up. */
  readonly isRetry?: boolean;
  /** Seconds that the crawl has run. */
  readonly elapsed: number;
  readonly startUrls: readonly string[];
  /** What callbacks are called now that requests know by an old name. */
  readonly renamed?: Renamed;
  readonly starts: StartsSnapshot;
  readonly counters: Counters;
  /** Requests that wait or are in flight. */
  readonly pending: number;
  readonly state: Uint8Array<ArrayBuffer>;
  readonly frontier: FrontierSnapshot;
  readonly scheduler: SchedulerSnapshot;
  /** A URL that has answered, to tell a dead host from a dead network. */
  readonly lastAnswer: string | undefined;
  /** The logs of hosts, robots.txt files, cookies, and hosts that are asked through a paid proxy. */
  readonly logs?: SideLogsSnapshot;
  /** The cookies, in a checkpoint of format 1 or 2. */
  readonly cookies?: readonly CookieRecord[];
  /** The hosts that are asked through a paid proxy, in a checkpoint of format 1 or 2. */
  readonly exiles?: readonly ExileRecord[];
  /** The kinds of addresses, besides public ones, that pages may lead to. */
  readonly permitted?: readonly string[];
  readonly items: FeedSnapshot;
  readonly failures: FeedSnapshot;
}
