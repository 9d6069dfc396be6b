import type { FeedSnapshot } from "../feed/snapshot.ts";
import type { FrontierSnapshot } from "../frontier/frontier.ts";
import type { CookieRecord } from "../net/cookies.ts";
import type { SchedulerSnapshot } from "../schedule/scheduler.ts";
import type { Counters } from "./counters.ts";
import type { StartsSnapshot } from "./starts.ts";

/** What a checkpoint says of a crawl. */
export interface CrawlSnapshot {
  /** `finished`: only publishing is left. `failed`: no page was fetched; the next crawl starts fresh. */
  readonly phase: "crawling" | "finished" | "failed";
  /** Seconds that the crawl has run. */
  readonly elapsed: number;
  readonly startUrls: readonly string[];
  readonly starts: StartsSnapshot;
  readonly counters: Counters;
  /** Requests that wait or are in flight. */
  readonly pending: number;
  readonly state: Uint8Array<ArrayBuffer>;
  readonly frontier: FrontierSnapshot;
  readonly scheduler: SchedulerSnapshot;
  /** A URL that has answered, to tell a dead host from a dead network. */
  readonly lastAnswer: string | undefined;
  readonly cookies: readonly CookieRecord[];
  readonly items: FeedSnapshot;
  readonly failures: FeedSnapshot;
}
