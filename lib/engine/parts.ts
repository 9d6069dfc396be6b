import type { Feed } from "../feed/feed.ts";
import type { Frontier } from "../frontier/frontier.ts";
import type { BlockRules } from "../net/proxy/block.ts";
import type { Cookies } from "../net/cookies/cookies.ts";
import type { BodyRoom } from "../net/body/body_room.ts";
import type { Downloads } from "../net/download.ts";
import type { Tiers } from "../net/proxy/tiers.ts";
import type { AddressGuard } from "../net/address/guard.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import type { Spider } from "../spider/spider.ts";
import type { Clock } from "../time/clock.ts";
import type { Counters } from "./counters.ts";
import type { Emit } from "./events.ts";
import type { Renamed } from "./renamed.ts";
import type { Outage } from "./outage.ts";
import type { RobotsGate } from "./robots_gate.ts";
import type { SideLogs } from "./side_logs.ts";
import type { createScope } from "./scope.ts";
import type { SpiderState } from "./spider_state.ts";
import type { Starts } from "./starts.ts";
import type { TimeLimit } from "./time_limit.ts";
import type { Locate } from "./visit.ts";

/** The parts of a crawl, all opened. */
export interface EngineParts {
  readonly spider: Spider;
  readonly callbacks: readonly string[];
  /** What callbacks are called now that requests know by an old name. */
  readonly renamed: Renamed;
  /** The time that the spider's functions get. */
  readonly limit: TimeLimit;
  readonly locate: Locate;
  readonly clock: Clock;
  readonly frontier: Frontier;
  /** Where hosts, robots.txt files, cookies and exiles are kept; undefined for a test run, which forgets them. */
  readonly logs: SideLogs | undefined;
  readonly scheduler: Scheduler;
  readonly downloader: Downloads;
  /** Knows which kinds of addresses pages may lead to; the downloader keeps to it unless all are allowed. */
  readonly guard: AddressGuard;
  readonly tiers: Tiers;
  readonly blocks: BlockRules;
  readonly cookies: Cookies | undefined;
  readonly robots: RobotsGate | undefined;
  readonly outage: Outage;
  readonly room: BodyRoom;
  readonly inScope: ReturnType<typeof createScope>;
  readonly starts: Starts;
  readonly state: SpiderState;
  readonly counters: Counters;
  readonly items: Feed;
  readonly failures: Feed;
  /** How often a process was ended in a call of a request's, by its key. @default {none was} */
  readonly interrupted?: ReadonlyMap<string, number> | undefined;
  readonly emit: Emit;
}
