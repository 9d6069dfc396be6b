/**
 * Turns settings into the parts of a crawl. Nobody below sees "the settings".
 *
 * @module
 */

import { readInterrupted } from "../checkpoint/interrupted.ts";
import type { Places } from "../checkpoint/places.ts";
import type { Disk } from "../disk/disk.ts";
import { createCounters } from "../engine/counters.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { Emit } from "../engine/events.ts";
import { Outage } from "../engine/outage.ts";
import { startUrlsOf } from "../engine/plan.ts";
import { RobotsGate } from "../engine/robots_gate.ts";
import { oldNames, type Renamed } from "../engine/renamed.ts";
import { sendForRobots } from "../engine/send.ts";
import { createScope } from "../engine/scope.ts";
import { SideLogs } from "../engine/side_logs.ts";
import type { CrawlSnapshot } from "../engine/snapshot.ts";
import { SpiderState } from "../engine/spider_state.ts";
import { Starts } from "../engine/starts.ts";
import { type Board, slowWords, TimeLimit } from "../engine/time_limit.ts";
import type { Locate } from "../engine/visit.ts";
import { type Feed, type FeedOptions, openFeed } from "../feed/feed.ts";
import { noFeed } from "../feed/no_feed.ts";
import { DiskQueues } from "../frontier/disk_queues.ts";
import { Frontier } from "../frontier/frontier.ts";
import { GivenUp } from "../frontier/given_up.ts";
import { Seen } from "../frontier/seen.ts";
import { type OldNames, TakenStarts } from "../frontier/taken_starts.ts";
import { BodyRoom } from "../net/body/body_room.ts";
import { Garbage } from "../net/body/garbage.ts";
import { Cookies } from "../net/cookies/cookies.ts";
import { Downloader } from "../net/download.ts";
import { AddressGuard } from "../net/address/guard.ts";
import { Scheduler } from "../schedule/scheduler.ts";
import { callbacksOf } from "../spider/check.ts";
import { digestOf } from "../spider/digest.ts";
import type { Settings } from "../spider/settings.ts";
import type { Spider } from "../spider/spider.ts";
import type { Clock } from "../time/clock.ts";
import { type OpenCache, withCache } from "./cache.ts";
import type { ProxyChoice } from "./proxy.ts";
import { openTiers } from "./tiers.ts";
import type { Trust } from "./trust.ts";
import { counted } from "../text/count.ts";

export interface WireOptions extends Trust {
  readonly spider: Spider;
  readonly locate: Locate;
  /** Callbacks that have another name now, besides those that the checkpoint knows of. */
  readonly renamed: Renamed;
  /** Count the requests that wait by callback. @default {false} */
  readonly countsCallbacks?: boolean;
  /** Shows the spider's functions that run to whoever watches from another thread. */
  readonly board: Board | undefined;
  readonly settings: Settings;
  readonly startUrls: readonly string[];
  readonly disk: Disk;
  readonly clock: Clock;
  /** Where the crawl is kept; undefined for a test run, which lives in memory. */
  readonly places: Places | undefined;
  /** The items' file, or `-`. */
  readonly output: string;
  /** The failures' file; empty for none. */
  readonly failures: string;
  readonly stdout: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly proxies: ProxyChoice;
  /** What answers before the network does. */
  readonly cache: OpenCache | undefined;
  /** Seconds of outage after which the crawl pauses. */
  readonly outageTimeout: number;
  readonly emit: Emit;
  readonly onOutageEnd: () => void;
  readonly onOutageTimeout: () => void;
  /** Told when every proxy through which all must go refuses the user name and password. */
  readonly onDenied: (message: string) => void;
}

/** Opens the frontier of a crawl; a snapshot's files are checked to the last byte. */
export function openFrontier(
  { disk, places, emit, countsCallbacks = false }: Pick<WireOptions, "disk" | "places" | "emit" | "countsCallbacks">,
  snapshot: CrawlSnapshot["frontier"] | undefined,
  namesBefore?: OldNames,
): Frontier {
  const place = places && { disk, folder: places.checkpoint };
  return new Frontier({
    seen: new Seen(place, snapshot?.seen),
    ...(place === undefined ? {} : {
      queues: new DiskQueues({ ...place, countsCallbacks }, snapshot?.queues),
      givenUp: new GivenUp(place, snapshot?.givenUp),
      takenStarts: new TakenStarts(place, snapshot?.takenStarts, namesBefore),
    }),
    onRefused: ({ url }, { message }) =>
      emit({ type: "log", level: "warn", message: `it waits in memory, its queue refuses it: ${message}`, url }),
  });
}

/**
 * Opens the parts of a crawl: new ones, or as a snapshot has them. Throws `DamageError` or `DiskError` when the
 * snapshot's files are not whole.
 */
export function wire(options: WireOptions, snapshot?: CrawlSnapshot): EngineParts {
  const { spider, settings, startUrls, disk, clock, emit } = options;
  const callbacks = callbacksOf(spider);
  const renamed = { ...snapshot?.renamed, ...options.renamed };
  const frontier = openFrontier(options, snapshot?.frontier, (name) => oldNames(name, callbacks, renamed));
  let logs: SideLogs | undefined;
  const feeds: Feed[] = [];
  const open = (path: string, known: FeedOptions["snapshot"]) => {
    const feed = path === "" ? noFeed : openFeed({
      disk,
      path,
      snapshot: known,
      columns: path === options.output && settings.columns.length > 0 ? settings.columns : undefined,
      warn: (message) => emit({ type: "log", level: "warn", message }),
      stdout: options.stdout,
    });
    feeds.push(feed);
    return feed;
  };
  try {
    if (snapshot !== undefined) frontier.restore(snapshot.frontier);
    if (options.places !== undefined) logs = new SideLogs(disk, options.places.checkpoint, snapshot?.logs);
    const items = open(options.output, snapshot?.items);
    const failures = open(options.failures, snapshot?.failures);
    const cookies = settings.cookies ? restoredCookies(clock, logs, snapshot, emit) : undefined;
    const garbage = new Garbage(clock);
    const room = new BodyRoom(settings.maxActiveSize, { clock, garbage });
    const guard = new AddressGuard({ permitted: snapshot?.permitted ?? [], clock });
    const network = new Downloader({
      ...settings,
      connectionsPerHost: settings.concurrencyPerHost,
      caCerts: options.caCerts,
      insecure: options.insecure,
      ...!options.allowPrivate && { guard },
      room,
      garbage,
      clock,
    });
    const blocks = {
      statuses: settings.blockStatuses,
      pattern: settings.blockPattern,
      handled: settings.handleStatuses,
    };
    const downloader = withCache(network, options.cache, {
      clock,
      cookies,
      blocks,
      trust: (url) => guard.check(url, { trusted: true, proxied: options.proxies.always !== undefined }),
      warn: (message, url) => emit({ type: "log", level: "warn", message, url }),
    });
    const tiers = openTiers(options.proxies, {
      downloader,
      clock,
      connectTimeout: settings.connectTimeout,
      caCerts: options.caCerts,
      exiles: snapshot?.exiles,
      log: logs?.exiles,
      warn: (message) => emit({ type: "log", level: "warn", message }),
      onDenied: options.onDenied,
    });
    const starts = startUrlsOf(startUrls, snapshot?.startUrls ?? []);
    const limit = new TimeLimit({
      clock,
      seconds: settings.callbackTimeout || Infinity,
      board: options.board,
      onSlow: (call, seconds) => emit({ type: "log", level: "warn", message: slowWords(call, seconds) }),
    });
    const counters = { ...createCounters(), ...snapshot?.counters };
    const outage = new Outage({
      clock,
      reach: (url, isGuess) => tiers.reach(url, isGuess),
      schemes: ["http", "https"],
      // Where everything goes through proxies, they are the network; where only some of it does, they are not.
      detourDownSince: options.proxies.paid && (() => tiers.detourDownSince),
      hosts: () => frontier.hosts(),
      lastAnswer: snapshot?.lastAnswer,
      timeout: options.outageTimeout,
      onDown: (url, { message }, seconds) => emit({ type: "outage", host: new URL(url).host, message, seconds }),
      onUp: options.onOutageEnd,
      onTimeout: options.onOutageTimeout,
    });
    return {
      spider,
      callbacks,
      renamed,
      limit,
      locate: options.locate,
      clock,
      frontier,
      logs,
      scheduler: new Scheduler({
        ...settings,
        frontier,
        clock,
        log: logs?.hosts,
        ...(snapshot && { snapshot: snapshot.scheduler }),
      }),
      downloader,
      tiers,
      guard,
      blocks,
      cookies,
      robots: settings.robots || settings.sitemaps ? robotsGate(options, logs, { tiers, counters, outage }) : undefined,
      outage,
      room,
      inScope: createScope({
        allowedDomains: spider.allowedDomains,
        startUrls: starts.length > 0 ? starts : spider.startUrls ?? [],
        depthLimit: settings.depthLimit,
        // A retry asks for every failed page, so that none is forgotten, and follows no link beyond the limit.
        hasRoom: snapshot?.isRetry
          ? () => counters.pages + frontier.waiting + frontier.inFlight < settings.maxPages
          : undefined,
      }),
      starts: new Starts(spider, starts, callbacks, snapshot?.starts, limit),
      state: new SpiderState(snapshot?.state),
      counters,
      items,
      failures,
      interrupted: options.places &&
        readInterrupted(disk, { path: options.places.interrupted, code: digestOf(spider) }),
      emit,
    };
  } catch (error) {
    frontier.close();
    logs?.close();
    for (const feed of feeds) feed.close();
    throw error;
  }
}

function robotsGate(
  { settings, clock, emit }: WireOptions,
  logs: SideLogs | undefined,
  parts: Pick<EngineParts, "tiers" | "counters" | "outage">,
): RobotsGate {
  return new RobotsGate({
    obey: settings.robots,
    userAgent: settings.userAgent,
    clock,
    log: logs?.robots,
    download: (url, trusted) => sendForRobots(url, trusted, parts),
    warn: (message, url) => emit({ type: "log", level: "warn", message, url }),
  });
}

function restoredCookies(
  clock: Clock,
  logs: SideLogs | undefined,
  snapshot: CrawlSnapshot | undefined,
  emit: Emit,
): Cookies {
  const onFull = () => {
    const message = "cookies take more than 1 MB: those of the sites that were asked longest ago are forgotten";
    emit({ type: "log", level: "warn", message });
  };
  const cookies = new Cookies(clock, onFull, logs?.cookies);
  const expired = snapshot?.cookies === undefined ? cookies.restoreLog() : cookies.restore(snapshot.cookies);
  if (expired > 0) {
    emit({
      type: "log",
      level: "info",
      message: `${counted(expired, "cookie has", "cookies have")} expired since the pause`,
    });
  }
  return cookies;
}
