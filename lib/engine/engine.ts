/**
 * The loop: takes requests while there is room, visits them, and commits what the visits come to.
 *
 * Nothing polls: the loop turns when a visit ends, a start request comes, or the scheduler's next host is due. A commit
 * is one synchronous step, and saves fall between commits, so a checkpoint never holds a part of a page.
 *
 * @module
 */

import { identity, keyOf } from "../frontier/fingerprint.ts";
import { hostOf } from "../frontier/frontier.ts";
import type { Failure, Outcome } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import { unsent } from "../net/follow/retry.ts";
import type { RedirectRules } from "../net/follow/redirect.ts";
import { formatSize } from "../text/size.ts";
import { endsTest } from "./test_limit.ts";
import { readThrown } from "../text/thrown.ts";
import { RobotsAsker } from "./ask_robots.ts";
import type { Counters } from "./counters.ts";
import { makeCommit } from "./make_commit.ts";
import type { EngineParts } from "./parts.ts";
import { forbids } from "./robots_gate.ts";
import { send } from "./send.ts";
import { ShortageWatch } from "./shortage.ts";
import { namedSitemaps, namesSitemaps, sitemapsOf } from "./sitemaps.ts";
import { spiderError } from "./spider_error.ts";
import { slowAfter, slowWords } from "./time_limit.ts";
import { type Commit, visit, type VisitParts } from "./visit.ts";
import { barrenWords, idleWords, wordsOf } from "./waiting_words.ts";
import { counted } from "../text/count.ts";

/** What bounds a crawl. */
export interface EngineOptions extends RedirectRules {
  /** Further attempts after a failed one. */
  readonly retries: number;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
  readonly handleStatuses: readonly number[];
  /** Bytes of one decompressed body. */
  readonly maxBodySize: number;
  /** Elements of one page. */
  readonly maxElements: number;
  /** Begin also from the sitemaps that the site of each start URL names. */
  readonly sitemaps: boolean;
  /** Pages after which the crawl is finished. */
  readonly maxPages: number;
  /** Items after which it is finished, written or not; no more than these are written. */
  readonly limit: number;
  /** Called when something has been committed and there is nothing to do but wait. */
  readonly onIdle?: () => void;
  /** Saves what has been done, before a request in which a process was ended is begun again. */
  readonly save?: () => Promise<void>;
  /** Requests in flight. @default {16} */
  readonly concurrency?: number;
  /** Seconds for which this machine may have nothing left for a connection before the crawl pauses. @default {600} */
  readonly shortageTimeout?: number;
}

/** A request is given up when so many processes were ended in calls of it. */
const mostInterrupted = 3;

/** A wait that is worth a save, in milliseconds. */
const leastIdle = 250;

/** How a run ended. After a failure `consistent` says whether what is in memory may be saved. */
export type Ending =
  | { readonly outcome: "finished"; readonly reason: "done" | "limit" | "maxPages" | "maxFailed" | "rejected" }
  | { readonly outcome: "paused"; readonly reason: string }
  | { readonly outcome: "failed"; readonly error: Error; readonly consistent: boolean };

/** How things stand, for whoever shows it. */
export interface Progress {
  readonly counters: Readonly<Counters>;
  readonly waiting: number;
  readonly inFlight: number;
  /** Pages downloaded and not yet committed, and their bytes. */
  readonly open: number;
  readonly activeSize: number;
  /** Why no request is sent although some wait; undefined when nothing is in the way. */
  readonly why: string | undefined;
}

/** Start requests are pulled while fewer than this wait, and while those in memory have less than so many bytes. */
const fewWaiting = 1000, fewBytes = 16_000_000;
/** So many are pulled before their bytes are looked at again, where they have no disk to go to. */
const pulledAtOnce = 50;

/** So many requests are begun before timers and signals have their turn: robots.txt may refuse millions in a row. */
const mostAtOnce = 500;

/** Runs a crawl until nothing is left, or something ends it. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #options: EngineOptions;
  readonly #visitParts: VisitParts;
  readonly #robots: RobotsAsker;
  readonly #shortage: ShortageWatch;
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<Ending>();
  /** Whether anything was committed since the crawl was idle. */
  #hasCommitted = false;
  /** Requests sent, those for robots.txt among them. */
  #begun = 0;
  #visits = 0;
  #pulling = false;
  /** Requests in which a process was ended: they are begun when nothing else is left, one at a time. */
  readonly #last: Request[] = [];
  /** Keys of those whose turn has come. */
  readonly #allowed = new Set<string>();
  #isResting = false;
  #pausing: string | undefined;
  /** Why to pause after the next commit. */
  #pausingNext: string | undefined;
  #commits = 0;
  /** Start requests that were known. */
  #known = 0;
  /** What `cancel` has cut off: pages, and requests for robots.txt. */
  #cut = { pages: 0, robots: 0 };
  #isOver = false;
  #cancelTimer: () => void = () => {};

  constructor(parts: EngineParts, options: EngineOptions) {
    this.#parts = parts;
    this.#options = options;
    const onShortage = (failure: Failure, beganAt: number) =>
      this.#shortage.met(failure, beganAt, parts.scheduler.inFlight);
    this.#shortage = new ShortageWatch({
      clock: parts.clock,
      most: options.concurrency ?? 16,
      limit: (most) => parts.scheduler.limit(most),
      keepConnections: (keeps) => parts.downloader.keepConnections?.(keeps),
      warn: (message) => parts.emit({ type: "log", level: "warn", message }),
      onEnd: () => this.#turn(),
      timeout: options.shortageTimeout ?? 600,
      onTimeout: () => this.pause("shortage"),
    });
    this.#robots = new RobotsAsker({
      parts,
      retries: options.retries,
      maxRetryAfter: options.maxRetryAfter,
      turn: () => this.#turn(),
      fail: (thrown) => this.fail(thrown, true),
      onShortage,
    });
    this.#visitParts = {
      spider: parts.spider,
      callbacks: parts.callbacks,
      renamed: parts.renamed,
      limit: parts.limit,
      locate: parts.locate,
      download: (request) => this.#send(request),
      isOutage: (request, failure, beganAt) => this.#isOutage(request, failure, beganAt),
      onShortage,
      retries: options.retries,
      maxRetryAfter: options.maxRetryAfter,
      handleStatuses: options.handleStatuses,
      redirects: options,
      maxBodySize: options.maxBodySize,
      maxElements: options.maxElements,
      state: () => parts.state.value,
      encode: (item) => parts.items.encode(item),
      clock: parts.clock,
      logOf: (url) => {
        const log = (level: "debug" | "info" | "warn" | "error") => (message: string) =>
          parts.emit({ type: "log", level, message, url });
        return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
      },
    };
  }

  get progress(): Progress {
    const { counters, scheduler, room } = this.#parts;
    return {
      counters,
      waiting: scheduler.waiting,
      inFlight: scheduler.inFlight,
      open: room.openCount,
      activeSize: room.openSize,
      why: this.#why(),
    };
  }

  /** What took the time of a run that has committed nothing, in words; undefined when nothing is to be said of it. */
  get idleReason(): string | undefined {
    const { scheduler, spider, starts } = this.#parts;
    if (this.#commits > 0) return undefined;
    const waiting = scheduler.waitingFor();
    if (this.#begun === 0 && waiting !== undefined) return idleWords(waiting, scheduler.delayOf(waiting.host));
    const isReading = spider.start !== undefined && !starts.done;
    return barrenWords({ ...this.#cut, known: isReading ? this.#known : undefined });
  }

  /** Crawls, and returns how it ended. Never throws. */
  run(): Promise<Ending> {
    this.#turn();
    return this.#ended.promise;
  }

  /**
   * Takes no more requests; ends as paused when those in flight are committed, or as finished when nothing is left
   * then.
   */
  pause(reason: string): void {
    this.#pausing ??= reason;
    this.#turn();
  }

  /**
   * Pauses because the time is over. Where nothing was committed yet and there is nothing to do but wait for the next
   * start request, that one comes first: a next run would wait for it from the beginning, and get no further.
   */
  pauseInTime(reason: string): void {
    const { scheduler, starts } = this.#parts;
    const isOwing = this.#commits === 0 && !starts.done && scheduler.waiting === 0 && this.#visits === 0;
    if (isOwing) this.#pausingNext = reason;
    else this.pause(reason);
  }

  /** Ends at once: requests in flight stay pending. */
  cancel(reason: string): void {
    this.#cut = { pages: this.#visits, robots: this.#parts.scheduler.asking };
    this.#end({ outcome: "paused", reason });
  }

  /** Ends at once because of an error. */
  fail(thrown: unknown, consistent: boolean): void {
    this.#end({ outcome: "failed", error: readThrown(thrown).error, consistent });
  }

  /** Goes on after an outage. */
  resume(): void {
    this.#turn();
  }

  #turn(): void {
    if (this.#isOver) return;
    this.#cancelTimer();
    try {
      for (let begun = 0; this.#mayTake(); begun++) {
        if (begun === mostAtOnce) {
          this.#rest();
          break;
        }
        const request = this.#parts.scheduler.next();
        if (request === undefined) break;
        this.#begin(request);
      }
    } catch (error) {
      this.fail(error, false);
      return;
    }
    if (this.#isOver || this.#endIfIdle()) return;
    void this.#pullStarts();
    const wait = this.#mayTake() ? this.#parts.scheduler.wait() : undefined;
    if (wait === undefined) return;
    this.#cancelTimer = this.#parts.clock.after(wait, () => this.#turn());
    if (!this.#hasCommitted || this.#visits > 0 || this.#robots.isBusy || wait < leastIdle) return;
    this.#hasCommitted = false;
    this.#options.onIdle?.();
  }

  /** Begins nothing before timers and signals have had their turn. */
  #rest(): void {
    this.#isResting = true;
    this.#parts.clock.after(0, () => {
      this.#isResting = false;
      this.#turn();
    });
  }

  #mayTake(): boolean {
    return !this.#isOver && !this.#isResting && this.#pausing === undefined && this.#parts.outage.down === undefined &&
      this.#shortage.pausing === undefined &&
      this.#parts.room.hasRoom;
  }

  #endIfIdle(): boolean {
    if (this.#visits > 0 || this.#robots.isBusy) return false;
    const isDone = this.#parts.scheduler.waiting === 0 && this.#parts.starts.done && !this.#pulling;
    const last = isDone && this.#mayTake() ? this.#last.shift() : undefined;
    if (last !== undefined) {
      void this.#beginLast(last);
      return true;
    }
    if (isDone && this.#last.length === 0) {
      // Also when a pause was asked for: a pause on the very last page is the end.
      this.#end({ outcome: "finished", reason: "done" });
    } else if (this.#pausing !== undefined) {
      this.#end({ outcome: "paused", reason: this.#pausing });
    }
    return this.#isOver;
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    this.#parts.outage.stop();
    this.#shortage.stop();
    this.#robots.stop();
    this.#abort.abort();
    this.#ended.resolve(ending);
  }

  async #pullStarts(): Promise<void> {
    const { starts, scheduler, frontier, counters, clock } = this.#parts;
    const isFull = scheduler.waiting >= fewWaiting || frontier.bytes >= fewBytes;
    if (this.#pulling || starts.done || this.#pausing !== undefined || isFull) return;
    this.#pulling = true;
    let added = 0;
    try {
      await starts.pull(frontier.isInMemory ? pulledAtOnce : fewWaiting, (request) => {
        if (this.#isOver) return undefined;
        const isNew = frontier.takeStart(request) && scheduler.add(request);
        if (!isNew) this.#known += 1;
        if (!isNew && starts.again === 0) counters.duplicates += 1;
        const brings = this.#options.sitemaps && scheduler.add(sitemapsOf(request));
        if (isNew || brings) {
          added += 1;
          this.#turn();
        }
        return isNew;
      });
      // Millions that are known must not keep timers and signals waiting.
      if (added === 0 && !starts.done) await new Promise<void>((resolve) => clock.after(0, resolve));
    } catch (thrown) {
      const { spider, locate } = this.#parts;
      this.fail(spider.start === undefined ? thrown : spiderError(thrown, "start", locate), true);
    }
    this.#pulling = false;
    this.#turn();
  }

  /** Begins what a request needs first: its origin's robots.txt, a refusal by it, or the visit. */
  #begin(request: Request): void {
    const { robots, scheduler } = this.#parts;
    const refusal = robots?.refusal(request.url);
    const forSitemaps = request.callback === namesSitemaps;
    if (robots?.mustAsk(request.url, forSitemaps)) {
      const own = hostOf(request.url), at = robots.at(request.url), host = hostOf(at);
      const begin = () => {
        this.#begun += 1;
        this.#robots.ask(request);
      };
      // Held before its only request has ended, the host is not taken for one without work.
      scheduler.hold(own, host === own ? undefined : { host, priority: request.priority, begin });
      scheduler.ended(request, undefined);
      scheduler.putBack(request);
      if (host === own) begin();
      else scheduler.keepCrawlDelay(host, robots.crawlDelay(at));
    } else if (refusal !== undefined) {
      scheduler.ended(request, undefined);
      this.#commit(forbids(refusal) ? { request, forbidden: refusal } : { request, failure: refusal });
    } else if (forSitemaps) {
      scheduler.ended(request, undefined);
      this.#commit({ request, links: namedSitemaps(request, robots?.sitemaps(request.url) ?? []) });
    } else {
      const key = keyOf(request), times = this.#parts.interrupted?.get(key) ?? 0;
      if (times >= mostInterrupted) {
        scheduler.ended(request, undefined);
        const message = `${request.callback} is not called again: the process was ended in it ${times} times, ` +
          "because it did not return";
        this.#commit({ request, failure: { kind: "callback", message } });
        return;
      }
      if (times > 0 && !this.#allowed.has(key)) {
        scheduler.ended(request, undefined);
        this.#last.push(request);
        return;
      }
      if (robots !== undefined) scheduler.keepCrawlDelay(hostOf(request.url), robots.crawlDelay(request.url));
      this.#begun += 1;
      this.#visits += 1;
      void this.#visit(request);
    }
  }

  /** Lets a request have its turn that may be the end of this process, when all others are safe. */
  async #beginLast(request: Request): Promise<void> {
    this.#visits += 1;
    try {
      await this.#options.save?.();
    } catch (error) {
      this.fail(error, false);
    }
    this.#visits -= 1;
    if (this.#isOver) return;
    this.#allowed.add(keyOf(request));
    // The scheduler keeps its host's delay.
    this.#parts.scheduler.putBack(request);
    this.#turn();
  }

  async #visit(request: Request): Promise<void> {
    try {
      const commit = await visit(request, this.#visitParts);
      if (commit.failure?.error !== undefined) await this.#tell(commit.failure.error, request);
      // What ends after the crawl has stays pending.
      if (this.#isOver) return;
      const error = this.#commit(commit);
      if (error !== undefined) await this.#tell(error, request);
    } catch (error) {
      this.fail(error, false);
    } finally {
      this.#visits -= 1;
      this.#turn();
    }
  }

  /** Calls the spider's `onError`; an error in it costs nothing but a line in the log. */
  async #tell(error: Error, request: Request): Promise<void> {
    try {
      const { spider, limit } = this.#parts;
      if (spider.onError === undefined) return;
      await limit.call(
        { name: "onError", url: request.url, key: keyOf(request) },
        () => spider.onError?.(error, request),
      );
    } catch (thrown) {
      const { message } = spiderError(thrown, "onError failed", this.#parts.locate);
      this.#parts.emit({ type: "log", level: "error", message, url: request.url });
    }
  }

  async #send(request: Request): Promise<Outcome> {
    const { maxRetryAfter } = this.#options;
    const outcome = await send(request, this.#parts, { signal: this.#abort.signal, maxRetryAfter });
    if (outcome.response !== undefined && !outcome.response.cached) this.#shortage.answered();
    this.#turn();
    return outcome;
  }

  async #isOutage(request: Request, failure: Failure, beganAt: number): Promise<boolean> {
    const { outage, scheduler } = this.#parts;
    const host = hostOf(request.url);
    const isOutage = await outage.isOutage(host, request.url, failure, beganAt, identity(request, request.url));
    // It may have been too much for the host: asked for one at a time, a page that crashes it is found out.
    if (outage.down !== undefined && !unsent.has(failure.kind)) scheduler.slowDown(host, beganAt);
    return isOutage;
  }

  /** Commits, and returns the spider's error that a change of the state has come to. */
  #commit(commit: Commit): Error | undefined {
    this.#parts.room.close(commit.request);
    this.#hasCommitted = true;
    this.#commits += 1;
    this.#pausing ??= this.#pausingNext;
    const error = makeCommit(commit, this.#parts, this.#options.limit);
    const { counters } = this.#parts;
    if (endsTest(counters, this.#options.limit)) this.#end({ outcome: "finished", reason: "limit" });
    else if (counters.pages >= this.#options.maxPages) this.#end({ outcome: "finished", reason: "maxPages" });
    return error;
  }

  #why(): string | undefined {
    const reasons = [this.#waitsFor(), slowCall(this.#parts)].filter((reason) => reason !== undefined);
    return reasons.length === 0 ? undefined : reasons.join("; ");
  }

  #waitsFor(): string | undefined {
    const { outage, scheduler, room, clock } = this.#parts;
    if (this.#pausing !== undefined) return `pausing: ${counted(this.#visits, "page is", "pages are")} being finished`;
    if (this.#pausingNext !== undefined) return "pausing after the first page, for which start() is awaited";
    if (outage.down !== undefined) {
      const seconds = Math.round((clock.now() - outage.down.since) / 1000);
      return `the network is down for ${seconds} s: ${outage.down.failure.message}`;
    }
    const { pausing } = this.#shortage;
    if (pausing !== undefined) return pausing.message;
    if (!room.hasRoom) {
      const size = `(${formatSize(room.openSize)})`;
      return counted(room.openCount, `page ${size} waits for its callback`, `pages ${size} wait for their callbacks`);
    }
    return scheduler.inFlight > scheduler.asking ? undefined : wordsOf(scheduler.waitingFor());
  }
}

/** Says which callback or hook has been running for long, and since when. */
function slowCall({ limit: { longest }, clock }: EngineParts): string | undefined {
  const seconds = longest === undefined ? 0 : (clock.wall() - longest.since) / 1000;
  if (longest === undefined || seconds < slowAfter) return undefined;
  return slowWords(longest, Math.round(seconds));
}
