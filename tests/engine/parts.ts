/**
 * A crawl's parts for tests, and an engine over them: everything is real but the network, the clock and the disk.
 *
 * @module
 */

import { createCounters } from "../../lib/engine/counters.ts";
import { type Ending, Engine, type EngineOptions } from "../../lib/engine/engine.ts";
import type { EngineParts } from "../../lib/engine/parts.ts";
import type { CrawlEvent } from "../../lib/engine/events.ts";
import { Outage, type OutageOptions } from "../../lib/engine/outage.ts";
import { RobotsGate } from "../../lib/engine/robots_gate.ts";
import { createScope } from "../../lib/engine/scope.ts";
import { SideLogs } from "../../lib/engine/side_logs.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import { SpiderState } from "../../lib/engine/spider_state.ts";
import { Starts } from "../../lib/engine/starts.ts";
import { TimeLimit } from "../../lib/engine/time_limit.ts";
import { openFeed } from "../../lib/feed/feed.ts";
import { DiskQueues } from "../../lib/frontier/disk_queues.ts";
import { Frontier } from "../../lib/frontier/frontier.ts";
import { GivenUp } from "../../lib/frontier/given_up.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { TakenStarts } from "../../lib/frontier/taken_starts.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { BodyRoom } from "../../lib/net/body/body_room.ts";
import type { BlockRules } from "../../lib/net/proxy/block.ts";
import { Cookies } from "../../lib/net/cookies/cookies.ts";
import type { Downloadable, Downloader, Sending } from "../../lib/net/download.ts";
import { Proxies } from "../../lib/net/proxy/proxies.ts";
import { AddressGuard } from "../../lib/net/address/guard.ts";
import { Tiers } from "../../lib/net/proxy/tiers.ts";
import { Scheduler, type SchedulerOptions } from "../../lib/schedule/scheduler.ts";
import { callbacksOf } from "../../lib/spider/check.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { followAll, pathOf, type Site } from "./site.ts";

/** The time of the calendar when the clock of a test begins. */
export const epoch = 1_795_253_400_000;

/** How a crawl ends that nothing stops. */
export const done: Ending = { outcome: "finished", reason: "done" };

/** What a test says of its crawl. */
export interface Said extends Partial<Omit<SchedulerOptions, "frontier" | "clock" | "snapshot">> {
  /** @default {followAll} */
  readonly spider?: Spider;
  readonly site: Site;
  readonly clock?: ManualClock;
  readonly disk?: FaultyDisk;
  /** The folder of the logs. @default {in memory} */
  readonly folder?: string;
  readonly snapshot?: CrawlSnapshot;
  readonly outage?: Partial<OutageOptions>;
  /** Whether robots.txt is obeyed. @default {nobody asks for it} */
  readonly robots?: boolean;
  /** The names of the proxies that everything, or what is blocked, goes through. They are asked nothing themselves. */
  readonly proxies?: { readonly always?: readonly string[]; readonly paid?: readonly string[] };
  /** Told that every proxy refuses the password. */
  readonly onDenied?: (message: string) => void;
  readonly blocks?: BlockRules;
  readonly depthLimit?: number;
  readonly maxActiveSize?: number;
  /** Seconds that a callback or hook may take. @default {Infinity} */
  readonly callbackTimeout?: number;
  /** How often a process was ended in a call of a request's, by its key. */
  readonly interrupted?: ReadonlyMap<string, number>;
  /** The path of the items' file. @default {"/items.jsonl"} */
  readonly items?: string;
  /** The path of the failures' file. @default {"/failed.jsonl"} */
  readonly failures?: string;
  /** Hears what the feeds warn of. @default {a warning fails the test} */
  readonly warn?: (message: string) => void;
}

/** The parts, and what a test wants to see of them. */
export interface World {
  readonly parts: EngineParts;
  readonly clock: ManualClock;
  readonly disk: FaultyDisk;
  readonly events: CrawlEvent[];
  /** What was downloaded, in this order. */
  readonly asked: {
    /** The path on http://a.com, or the whole URL elsewhere; a method that is not GET stands before it. */
    readonly what: string;
    /** When, in milliseconds. */
    readonly at: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly trusted: boolean | undefined;
    readonly proxy?: string;
  }[];
  readonly signals: (AbortSignal | undefined)[];
  /** The items written so far, and the failures. */
  items(): Record<string, unknown>[];
  failures(): Record<string, unknown>[];
}

export const noLimits: EngineOptions = {
  retries: 2,
  maxRetryAfter: 600,
  maxBodySize: 1_000_000,
  maxElements: 1000,
  sitemaps: false,
  handleStatuses: [],
  maxPages: Infinity,
  limit: Infinity,
};

/** An engine over the parts. */
export interface Run extends World {
  readonly engine: Engine;
  /** Runs the crawl to its end; the clock is turned by `step` milliseconds at a time. */
  crawl(step?: number): Promise<Ending>;
}

/** Opens a crawl that is ready to run. */
export function open(said: Said, options: Partial<EngineOptions> = {}): Run {
  // The parts are there before the engine that some of them call.
  const current: { engine?: Engine } = {};
  const world = worldOf(said, current);
  const engine = current.engine = new Engine(world.parts, { ...noLimits, ...options });
  return { ...world, engine, crawl: (step) => finish(world.clock, engine.run(), step) };
}

/** What was downloaded, as `World` spells it. */
export const asked = ({ asked }: World): string[] => asked.map(({ what }) => what);

/** When it was downloaded, in seconds. */
export const times = ({ asked }: World): number[] => asked.map(({ at }) => at / 1000);

/** The pages that gave an item with their URL, spelled in the same way, sorted. */
export const pages = (run: World): string[] => run.items().map(({ url }) => pathOf(String(url))).sort();

/** Opens the parts of a crawl, or those that a snapshot describes. The end of an outage resumes the current engine. */
export function worldOf(said: Said, current: { readonly engine?: Engine } = {}): World {
  const { spider = followAll, site, snapshot, folder } = said;
  const clock = said.clock ?? new ManualClock(epoch), disk = said.disk ?? new FaultyDisk();
  const events: CrawlEvent[] = [], asked: World["asked"] = [], signals: World["signals"] = [];
  const download = async (request: Downloadable, { signal, proxy, trusted }: Sending = {}): Promise<Outcome> => {
    asked.push({
      what: `${request.method} ${pathOf(request.url)}`.replace(/^GET /, ""),
      at: clock.now(),
      headers: request.headers,
      trusted,
      ...proxy && { proxy: proxy.name },
    });
    signals.push(signal);
    const outcome = await site(request, signal, proxy?.name);
    signal?.throwIfAborted();
    return outcome;
  };
  const place = folder === undefined ? undefined : { disk, folder };
  const frontier = new Frontier({
    seen: new Seen(place, snapshot?.frontier.seen),
    ...(place && {
      queues: new DiskQueues({ ...place, segmentRecords: 3, window: 2 }, snapshot?.frontier.queues),
      givenUp: new GivenUp(place, snapshot?.frontier.givenUp),
      takenStarts: new TakenStarts(place, snapshot?.frontier.takenStarts),
    }),
  });
  if (snapshot !== undefined) frontier.restore(snapshot.frontier);
  const logs = place && new SideLogs(disk, place.folder, snapshot?.logs);
  const warn = said.warn ?? unexpected;
  const items = openFeed({ disk, path: said.items ?? "/items.jsonl", snapshot: snapshot?.items, warn });
  const failures = openFeed({ disk, path: said.failures ?? "/failed.jsonl", snapshot: snapshot?.failures, warn });
  const callbacks = callbacksOf(spider);
  const cookies = new Cookies(clock, () => {}, logs?.cookies);
  cookies.restoreLog();
  const proxies = (name: string, names: readonly string[] | undefined) =>
    names &&
    new Proxies({
      name,
      proxies: names.map((each) => ({ name: each, url: `http://${each}:8080/` })),
      clock,
      onTrouble: (message) => events.push({ type: "log", level: "warn", message }),
    });
  const limit = new TimeLimit({ clock, seconds: said.callbackTimeout ?? Infinity });
  const parts: EngineParts = {
    spider,
    callbacks,
    renamed: { ...snapshot?.renamed },
    limit,
    locate: (stack) => /\w+_test\.ts:\d+:\d+/.exec(stack)?.[0],
    clock,
    frontier,
    logs,
    scheduler: new Scheduler({
      concurrency: said.concurrency ?? 16,
      concurrencyPerHost: said.concurrencyPerHost ?? 8,
      delay: said.delay ?? 0,
      randomizeDelay: said.randomizeDelay ?? false,
      throttle: said.throttle ?? false,
      maxRetryAfter: said.maxRetryAfter ?? 600,
      frontier,
      clock,
      log: logs?.hosts,
      ...(snapshot && { snapshot: snapshot.scheduler }),
    }),
    // The engine uses these two methods of it.
    downloader: { download, close() {} } as unknown as Downloader,
    guard: new AddressGuard({ permitted: snapshot?.permitted ?? [], clock }),
    tiers: new Tiers({
      downloader: { download, close() {} },
      clock,
      ask: () => Promise.resolve("works"),
      always: proxies("home", said.proxies?.always),
      paid: proxies("datacenter", said.proxies?.paid),
      log: logs?.exiles,
      ...said.onDenied && { onDenied: said.onDenied },
    }),
    blocks: said.blocks ?? { statuses: [403, 429, 503] },
    cookies,
    robots: said.robots !== undefined
      ? new RobotsGate({
        obey: said.robots,
        log: logs?.robots,
        userAgent: "trawl/1",
        clock,
        warn: (message, url) => events.push({ type: "log", level: "warn", message, url }),
        download: (url, trusted) => download({ url, method: "GET", headers: {}, body: undefined }, { trusted }),
      })
      : undefined,
    outage: new Outage({
      clock,
      reach: () => Promise.resolve(true),
      detourDownSince: said.proxies?.paid && (() => parts.tiers.detourDownSince),
      lastAnswer: snapshot?.lastAnswer,
      timeout: 600,
      onDown: (url, { message }, seconds) => events.push({ type: "outage", host: url, message, seconds }),
      onUp: () => current.engine?.resume(),
      onTimeout: () => current.engine?.pause("outage"),
      ...said.outage,
    }),
    room: new BodyRoom(said.maxActiveSize ?? 5_000_000),
    inScope: createScope({
      allowedDomains: spider.allowedDomains,
      startUrls: spider.startUrls ?? [],
      depthLimit: said.depthLimit ?? Infinity,
    }),
    starts: new Starts(spider, [], callbacks, snapshot?.starts, limit),
    state: new SpiderState(snapshot?.state),
    counters: { ...createCounters(), ...snapshot?.counters },
    items,
    failures,
    interrupted: said.interrupted,
    emit: (event) => events.push(event),
  };
  const lines = (feed: typeof items) => {
    feed.flush();
    return parseLines(disk.text(`${feed.path}.part`) ?? disk.text(feed.path));
  };
  return { parts, clock, disk, events, asked, signals, items: () => lines(items), failures: () => lines(failures) };
}

/** Returns what is on the lines of a JSONL file; a file that is not there has none. */
// deno-lint-ignore no-explicit-any
export function parseLines(text = ""): any[] {
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** What another process goes on with. */
export function snapshotOf({ parts }: Run): CrawlSnapshot {
  for (const part of [parts.frontier, parts.items, parts.failures, parts.logs]) part?.flush();
  return {
    counters: parts.counters,
    starts: parts.starts.snapshot(),
    state: parts.state.packed,
    frontier: parts.frontier.snapshot(),
    scheduler: parts.scheduler.snapshot(),
    ...parts.logs && { logs: parts.logs.snapshot() },
    items: parts.items.snapshot(),
    failures: parts.failures.snapshot(),
  } as CrawlSnapshot;
}

function unexpected(message: string): never {
  throw new Error(`an unexpected warning: ${message}`);
}

/** Lets everything happen that needs no time of the clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Turns the clock until the crawl has ended, for no more than two hours. */
export async function finish(clock: ManualClock, running: Promise<Ending>, step = 250): Promise<Ending> {
  let ending: Ending | undefined;
  void running.then((value) => ending = value);
  for (let turned = 0; turned < 7_200_000; turned += step) {
    await settle();
    if (ending !== undefined) return ending;
    clock.advance(step);
  }
  throw new Error("the crawl does not end");
}
