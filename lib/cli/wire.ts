/**
 * Turns settings into the parts of a crawl. Nobody below sees "the settings".
 *
 * @module
 */

import type { Places } from "../checkpoint/places.ts";
import type { Disk } from "../disk/disk.ts";
import { ActivePages } from "../engine/active.ts";
import { createCounters } from "../engine/counters.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { Emit } from "../engine/events.ts";
import { Outage } from "../engine/outage.ts";
import { RobotsGate } from "../engine/robots_gate.ts";
import { createScope } from "../engine/scope.ts";
import type { CrawlSnapshot } from "../engine/snapshot.ts";
import { SpiderState } from "../engine/spider_state.ts";
import { Starts } from "../engine/starts.ts";
import { type Feed, type FeedOptions, openFeed } from "../feed/feed.ts";
import { noFeed } from "../feed/no_feed.ts";
import { DiskQueues } from "../frontier/disk_queues.ts";
import { Frontier } from "../frontier/frontier.ts";
import { Seen } from "../frontier/seen.ts";
import { Cookies } from "../net/cookies.ts";
import { Downloader, type DownloaderOptions } from "../net/download.ts";
import { reach } from "../net/reach.ts";
import { Scheduler } from "../schedule/scheduler.ts";
import { callbacksOf } from "../spider/check.ts";
import type { Settings } from "../spider/settings.ts";
import type { Spider } from "../spider/spider.ts";
import type { Clock } from "../time/clock.ts";

export interface WireOptions {
  readonly spider: Spider;
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
  readonly proxy: DownloaderOptions["proxy"];
  /** Seconds of outage after which the crawl pauses. */
  readonly outageTimeout: number;
  readonly emit: Emit;
  readonly onOutageEnd: () => void;
  readonly onOutageTimeout: () => void;
}

/** Opens the frontier of a crawl; a snapshot's files are checked to the last byte. */
export function openFrontier(
  { disk, places, emit }: Pick<WireOptions, "disk" | "places" | "emit">,
  snapshot: CrawlSnapshot["frontier"] | undefined,
): Frontier {
  const place = places && { disk, folder: places.checkpoint };
  return new Frontier({
    seen: new Seen(place, snapshot?.seen),
    ...(place === undefined ? {} : { queues: new DiskQueues(place, snapshot?.queues) }),
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
  const frontier = openFrontier(options, snapshot?.frontier);
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
    const items = open(options.output, snapshot?.items);
    const failures = open(options.failures, snapshot?.failures);
    const downloader = new Downloader({
      ...settings,
      connectionsPerHost: settings.concurrencyPerHost,
      clock,
      ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    });
    const callbacks = callbacksOf(spider);
    const starts = startUrls.length > 0 ? startUrls : snapshot?.startUrls ?? [];
    return {
      spider,
      callbacks,
      clock,
      frontier,
      scheduler: new Scheduler({ ...settings, frontier, clock, ...(snapshot && { snapshot: snapshot.scheduler }) }),
      downloader,
      cookies: settings.cookies ? restoredCookies(clock, snapshot, emit) : undefined,
      robots: settings.robots ? robotsGate(downloader, settings.userAgent, clock) : undefined,
      outage: new Outage({
        clock,
        // Behind a proxy the proxy is the network.
        reach: (url) => reach(options.proxy?.url ?? url, clock),
        lastAnswer: snapshot?.lastAnswer,
        timeout: options.outageTimeout,
        onDown: (url, { message }, seconds) => emit({ type: "outage", host: new URL(url).host, message, seconds }),
        onUp: options.onOutageEnd,
        onTimeout: options.onOutageTimeout,
      }),
      active: new ActivePages(),
      inScope: createScope({
        allowedDomains: spider.allowedDomains,
        startUrls: starts.length > 0 ? starts : spider.startUrls ?? [],
        depthLimit: settings.depthLimit,
      }),
      starts: new Starts(spider, starts, callbacks, snapshot?.starts),
      state: new SpiderState(snapshot?.state),
      counters: { ...createCounters(), ...snapshot?.counters },
      items,
      failures,
      emit,
    };
  } catch (error) {
    frontier.close();
    for (const feed of feeds) feed.close();
    throw error;
  }
}

function robotsGate(downloader: Downloader, userAgent: string, clock: Clock): RobotsGate {
  return new RobotsGate({
    userAgent,
    clock,
    download: (url) => downloader.download({ url, method: "GET", headers: {}, body: undefined }),
  });
}

function restoredCookies(clock: Clock, snapshot: CrawlSnapshot | undefined, emit: Emit): Cookies {
  const cookies = new Cookies(clock);
  const expired = cookies.restore(snapshot?.cookies ?? []);
  if (expired > 0) emit({ type: "log", level: "info", message: `${expired} cookies have expired since the pause` });
  return cookies;
}
