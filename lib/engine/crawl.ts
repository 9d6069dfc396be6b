/**
 * A crawl from its first hook to its last file: runs the engine, saves on the way, and publishes or pauses at the end.
 *
 * @module
 */

import type { Identity } from "../checkpoint/document.ts";
import { crawlName, type Places } from "../checkpoint/places.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { makeFolder } from "../disk/make_folder.ts";
import type { Summary } from "../spider/spider.ts";
import { isInstance, readThrown } from "../text/thrown.ts";
import type { Emit } from "./events.ts";
import { failsTooOften, type MaxFailed } from "./max_failed.ts";
import { finishReason } from "./finish_reason.ts";
import { type Ending, Engine, type EngineOptions, type Progress } from "./engine.ts";
import type { EngineParts } from "./parts.ts";
import { type CrawlSummary, publish, summaryOf, writeSummary } from "./publish.ts";
import { spiderError } from "./spider_error.ts";
import { Saver } from "./saver.ts";
import { type CrawlSnapshot, storedCrawl } from "./snapshot.ts";
import { counted, formatCount } from "../text/count.ts";
import type { Counters } from "./counters.ts";

/** Where and how a crawl is kept. A test run has none of it. */
export interface Keeping {
  readonly store: CheckpointStore;
  readonly places: Places;
  /** Seconds between two checkpoints; 0: only on a pause. */
  readonly interval: number;
  /** The generation that was loaded; 0 for none. */
  readonly generation: number;
}

export interface CrawlOptions extends EngineOptions {
  readonly disk: Disk;
  readonly identity: Identity;
  /** The start URLs from the command line. */
  readonly startUrls: readonly string[];
  /** Whether an earlier process began this crawl, and for how many seconds it ran. */
  readonly resuming: boolean;
  readonly elapsed: number;
  readonly keeping: Keeping | undefined;
  /** Whether this is a retry of failed pages. @default {false} */
  readonly isRetry?: boolean;
  /** How many pages may be given up; with more the crawl finishes all the same, for the reason `maxFailed`. @default {any number} */
  readonly maxFailed?: MaxFailed;
  /** Called when `onStart` has ended, and the first request may be sent. */
  readonly onBegun?: () => void;
}

/** How long a crawl that is cancelled waits for `onClose`, in milliseconds. */
const hookPatience = 500;

/** One run of a crawl. */
export class Crawl {
  readonly #parts: EngineParts;
  readonly #options: CrawlOptions;
  readonly #engine: Engine;
  readonly #saver: Saver | undefined;
  readonly #beganAt: number;
  #phase: CrawlSnapshot["phase"] = "crawling";
  #failsTooOften = false;
  readonly #cancelled = Promise.withResolvers<Ending>();
  /** The last request that was given up, and why. */
  #lastFailure = "";
  #firstRejection: string | undefined;

  constructor(parts: EngineParts, options: CrawlOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#beganAt = parts.clock.now();
    const emit: Emit = (event) => {
      if (event.type === "rejected") this.#firstRejection ??= `${event.url}: ${event.message}`;
      if (event.type === "given-up") this.#lastFailure = `${event.url}: ${event.failure.message}`;
      parts.emit(event);
    };
    this.#engine = new Engine({ ...parts, emit }, {
      ...options,
      onIdle: () => this.#saver?.saveIdle(),
      save: async () => await this.#saver?.save(),
    });
    this.#saver = options.keeping && new Saver({
      ...options.keeping,
      clock: parts.clock,
      identity: options.identity,
      parts: [parts.frontier, parts.items, parts.failures, ...parts.logs ? [parts.logs] : []],
      snapshot: () => this.#snapshot(),
      retired: () => [...parts.frontier.retired(), ...parts.logs?.retired() ?? []],
      emit: parts.emit,
      onError: (error) => this.#engine.fail(error, false),
    });
  }

  get progress(): Progress {
    return this.#engine.progress;
  }

  /** Requests that a next run goes on with, those in flight among them. */
  get pending(): number {
    const { frontier } = this.#parts;
    return frontier.waiting + frontier.inFlight;
  }

  /** Seconds that the crawl has run, its earlier processes included. */
  get elapsed(): number {
    return this.#options.elapsed + (this.#parts.clock.now() - this.#beganAt) / 1000;
  }

  /** What took the time of a run that has committed nothing, in words; undefined when nothing is to be said of it. */
  get idleReason(): string | undefined {
    return this.#engine.idleReason;
  }

  /** The first item that this run has rejected: its page, and why. */
  get firstRejection(): string | undefined {
    return this.#firstRejection;
  }

  /** Whether there is nothing to go on with: no page was fetched, and the next crawl starts fresh. */
  get startsFresh(): boolean {
    return this.#phase === "failed";
  }

  /** Takes no more requests and ends when those in flight are done. */
  pause(reason: string): void {
    this.#engine.pause(reason);
  }

  /** The same because the time is over, and not before the first page where only that is waited for. */
  pauseInTime(reason: string): void {
    this.#engine.pauseInTime(reason);
  }

  /** Ends now; requests in flight stay pending. */
  cancel(reason: string): void {
    this.#cancelled.resolve({ outcome: "paused", reason });
    this.#engine.cancel(reason);
  }

  /** Ends as failed; what has been done so far is kept. */
  fail(error: Error): void {
    this.#engine.fail(error, true);
  }

  /** Goes on after an outage. */
  resume(): void {
    this.#engine.resume();
  }

  /** Crawls to an end, and leaves everything on disk as that end wants it. Never throws. */
  async run(): Promise<Ending> {
    // A hook that hangs must not hold up a crawl that is cancelled.
    let ending = await Promise.race([this.#begin(), this.#cancelled.promise]) ?? await this.#engine.run();
    try {
      await this.#saver?.stop();
    } catch (thrown) {
      // A save was under way that failed: nothing that came after the last one can be relied on.
      if (ending.outcome !== "failed") ending = this.#failure(thrown, false);
    }
    const { counters } = this.#parts;
    if (ending.outcome === "finished" && counters.pages === 0 && counters.failed > 0) {
      const error = new Error(noPageWords(counters, this.#lastFailure));
      ending = { outcome: "failed", error, consistent: true };
      this.#phase = "failed";
    }
    if (ending.outcome === "finished") {
      this.#failsTooOften = failsTooOften(counters, this.#options.maxFailed ?? Infinity);
      ending = { outcome: "finished", reason: finishReason(ending.reason, counters, this.#failsTooOften) };
    }
    ending = await this.#close(ending);
    try {
      if (ending.outcome === "finished") await this.#finish(ending);
      else if (ending.outcome === "paused" || ending.consistent) await this.#pause(ending);
    } catch (thrown) {
      ending = this.#failure(thrown, false);
    }
    this.#parts.frontier.close();
    this.#parts.logs?.close();
    this.#parts.downloader.close();
    return ending;
  }

  async #begin(): Promise<Ending | undefined> {
    const { disk, keeping } = this.#options;
    try {
      if (keeping !== undefined) {
        await makeFolder(disk, keeping.places.crawls);
        // It holds the cookies.
        await makeFolder(disk, keeping.places.checkpoint, "private");
      }
      const { spider, limit } = this.#parts;
      const { resuming } = this.#options;
      if (spider.onStart !== undefined) await limit.call({ name: "onStart" }, () => spider.onStart?.({ resuming }));
      this.#saver?.start();
      this.#options.onBegun?.();
      return undefined;
    } catch (thrown) {
      return this.#failure(thrown, true, "onStart");
    }
  }

  /** Calls `onClose`; who cancels the crawl, before or meanwhile, waits for it no longer than a moment. */
  async #close(ending: Ending): Promise<Ending> {
    const { spider, limit, clock, counters: { pages, items, failed } } = this.#parts;
    if (spider.onClose === undefined) return ending;
    const summary: Summary = { reason: ending.outcome, pages, items, failed, duration: this.elapsed };
    try {
      // What onClose does may take long, or never end, and a kill then must cost nothing.
      if (ending.outcome !== "failed" || ending.consistent) await this.#saver?.save();
      const closing = limit.call({ name: "onClose" }, () => spider.onClose?.(summary));
      const cancelled = this.#cancelled.promise.then(async (cancelled) => {
        await new Promise<void>((resolve) => clock.after(hookPatience, resolve));
        return cancelled;
      });
      const stopped = await Promise.race([closing.then(() => undefined), cancelled]);
      // A crawl whose onClose was cut short is not finished: the next run calls it again.
      return stopped !== undefined && ending.outcome === "finished" ? stopped : ending;
    } catch (thrown) {
      return ending.outcome === "failed" ? ending : this.#failure(thrown, true, "onClose");
    }
  }

  async #pause(ending: Ending): Promise<void> {
    await this.#saver?.save();
    const summary = this.#summary(ending);
    this.#parts.items.close();
    this.#parts.failures.close();
    if (summary !== undefined) await writeSummary(this.#options.disk, summary.path, summary.value);
  }

  async #finish(ending: Ending): Promise<void> {
    const { items, failures } = this.#parts;
    items.finish();
    failures.finish();
    this.#phase = "finished";
    if (this.#saver === undefined) await items.sync();
    // From here on a crash finds that the crawl is finished, and the next process does what is left.
    else await this.#saver.save();
    const snapshots = { items: items.snapshot(), failures: failures.snapshot(), counters: this.#parts.counters };
    const summary = this.#summary(ending);
    items.close();
    failures.close();
    this.#parts.frontier.close();
    this.#parts.logs?.close();
    await publish(this.#options.disk, this.#options.keeping, snapshots, summary);
  }

  #summary(ending: Ending): { readonly path: string; readonly value: CrawlSummary } | undefined {
    const { keeping, identity } = this.#options;
    if (keeping === undefined) return undefined;
    const state = { elapsed: this.elapsed, items: this.#parts.items.snapshot(), counters: this.#parts.counters };
    const value = summaryOf(identity, ending, state, this.#parts.clock.wall());
    return { path: `${keeping.places.crawls}/${crawlName(identity.startedAt)}.summary.json`, value };
  }

  #snapshot(): CrawlSnapshot {
    const { frontier, scheduler, logs, items, failures, starts, counters, state, renamed } = this.#parts;
    const crawl: CrawlSnapshot = {
      phase: this.#phase,
      failsTooOften: this.#failsTooOften,
      isRetry: this.#options.isRetry ?? false,
      elapsed: this.elapsed,
      startUrls: this.#options.startUrls,
      renamed,
      starts: starts.snapshot(),
      counters,
      pending: this.pending,
      state: state.packed,
      frontier: frontier.snapshot(),
      scheduler: scheduler.snapshot(),
      lastAnswer: this.#parts.outage.lastAnswer,
      ...logs && { logs: logs.snapshot() },
      permitted: this.#parts.guard.snapshot(),
      items: items.snapshot(),
      failures: failures.snapshot(),
    };
    const places = this.#options.keeping?.places;
    return places === undefined ? crawl : storedCrawl(crawl, places);
  }

  /** A failure of a hook, or of the disk: what is in memory after the latter is not to be trusted. */
  #failure(thrown: unknown, consistent: boolean, hook?: string): Ending {
    const isDisk = isInstance(thrown, DiskError);
    const isSpiders = hook !== undefined && !isDisk;
    const error = isSpiders ? spiderError(thrown, hook, this.#parts.locate) : readThrown(thrown).error;
    return { outcome: "failed", error, consistent: consistent && !isDisk };
  }
}

/** Says why a crawl has no page. What a callback threw has been told already, with the page. */
function noPageWords({ failed, failures }: Counters, last: string): string {
  const thrown = failures["callback"]?.count ?? 0;
  if (thrown === failed) return `every page failed in its callback (${counted(failed, "page")})`;
  const others = failed > 1 ? ` (${counted(failed, "request")} failed, this one last)` : "";
  if (thrown === 0) return `no page could be fetched: ${last}${others}`;
  return `no page was read to its end, and ${formatCount(thrown)} of ${formatCount(failed)} failed in their callbacks`;
}
