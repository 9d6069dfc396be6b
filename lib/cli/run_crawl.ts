/**
 * One run of a crawl: its parts wired, its signals heard, its end told.
 *
 * @module
 */

import type { Identity } from "../checkpoint/document.ts";
import { type InterruptedFile, noteInterrupted } from "../checkpoint/interrupted.ts";
import type { Found } from "../checkpoint/store.ts";
import { holdSpare } from "../disk/descriptors.ts";
import { DiskError } from "../disk/disk.ts";
import { Crawl, type Keeping } from "../engine/crawl.ts";
import type { Ending } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import { spiderError } from "../engine/spider_error.ts";
import { exitCodeOf } from "../engine/exit_code.ts";
import { slowAfter } from "../engine/time_limit.ts";
import { startUrlsOf } from "../engine/plan.ts";
import { stdoutPath } from "../feed/format.ts";
import type { Counters } from "../engine/counters.ts";
import { digestOf } from "../spider/digest.ts";
import { counted } from "../text/count.ts";
import { printableJson } from "../text/safe.ts";
import { readThrown } from "../text/thrown.ts";
import type { CrawlContext } from "./context.ts";
import type { Asked } from "./asked.ts";
import { conclude } from "./conclude.ts";
import { proxyVariable } from "./proxy.ts";
import type { Reporter } from "./reporter.ts";
import { openNewest, removeLitter, ResumeError } from "./resume.ts";
import { shownPath } from "./shown_path.ts";
import { missingWords, unusedWords } from "./renamed.ts";
import { onExit, onSignals, onStrayErrors } from "./signals.ts";
import { wire, type WireOptions } from "./wire.ts";

/** What differs between a test run, a new crawl and one that goes on. */
export interface Run {
  /** The items' file, or `-`; the failures' file, or nothing. */
  readonly output: string;
  readonly failures: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  /** The most items to write. */
  readonly limit: number;
  readonly keeping: Keeping | undefined;
  /** The checkpoint to go on from; undefined for a new crawl. */
  readonly found: Found | undefined;
  /** What a retry began with; undefined for any other crawl. */
  readonly retried?: Retried | undefined;
}

/** The crawl that a retry goes on with, as it had finished. */
export interface Retried {
  /** Pages that it gave up, all of which are retried. */
  readonly failed: number;
  /** Pages that it had read. */
  readonly pages: number;
  /** This process has begun the retry. */
  readonly isNew: boolean;
}

/** Standard output, as it is named in messages. */
const standardOutput = "standard output";

/** Runs a crawl to its end and returns the exit code. */
export async function runCrawl(context: CrawlContext, asked: Asked, reporter: Reporter, run: Run): Promise<number> {
  const { disk, clock, terminal } = context;
  using _spare = holdSpare();
  const { spider, settings, proxyType, project } = asked;
  // The outage is wired before the crawl that it reports to.
  const running: { crawl?: Crawl } = {};
  const wiring: WireOptions = {
    ...asked,
    board: context.watchdog?.board,
    disk,
    clock,
    places: run.keeping?.places,
    output: run.output,
    failures: run.failures,
    stdout: (bytes) => {
      try {
        terminal.data(terminal.isDataLive ? harmlessJson(bytes) : bytes);
      } catch (error) {
        throw new DiskError("write to", standardOutput, error);
      }
    },
    emit: reporter.event,
    onOutageEnd: () => {
      reporter.log("info", "The network is back");
      running.crawl?.resume();
    },
    onOutageTimeout: () => running.crawl?.pause("outage"),
    onDenied: (message) => running.crawl?.fail(new Error(`${message}. Correct them in ${proxyVariable(proxyType)}`)),
  };
  let parts: EngineParts, elapsed = 0, isRetry = false, { startUrls } = asked;
  if (run.found === undefined || run.keeping === undefined) {
    parts = wire(wiring);
  } else {
    try {
      // The same code has the same callbacks.
      const countsCallbacks = Object.keys(asked.renamed).length > 0 ||
        run.found.checkpoints.some(({ checkpoint }) => checkpoint.identity.code !== digestOf(spider));
      const opened = openNewest(
        run.found,
        run.keeping.places,
        (snapshot) => wire({ ...wiring, countsCallbacks }, snapshot),
      );
      for (const { path, error } of opened.unreadable) {
        const aside = await run.keeping.store.setAside(path);
        reporter.log(
          "error",
          `${error.message}. Going on from the generation before it; the damaged one is kept in ${aside}`,
        );
      }
      ({ parts } = opened);
      ({ elapsed, isRetry = false } = opened.snapshot);
      startUrls = startUrlsOf(asked.startUrls, opened.snapshot.startUrls);
      for (const word of unusedWords(asked.renamed, opened.snapshot.renamed, parts.frontier.inherited)) {
        reporter.log("warn", word);
      }
    } catch (error) {
      if (!(error instanceof ResumeError || error instanceof DiskError)) throw error;
      const next = error instanceof DiskError
        ? "The same command goes on when that is mended"
        : `To start over, with what there is put aside: trawl crawl ${spider.name} --fresh`;
      reporter.refuse(`Cannot resume "${spider.name}": ${error.message}. Its files stay as they are. ${next}`);
      return 1;
    }
    const missing = missingWords(spider, parts.frontier.inherited, parts.renamed);
    if (missing !== undefined) {
      reporter.refuse(missing);
      closeParts(parts);
      return 1;
    }
    await removeLitter(disk, run.keeping.places, run.keeping.store, {
      frontier: parts.frontier.snapshot(),
      ...parts.logs && { logs: parts.logs.snapshot() },
    });
  }
  const { pages, items } = parts.counters;
  const kind = run.keeping === undefined ? "test" : isRetry ? "retry" : run.found === undefined ? "new" : "continued";
  reporter.tell("info", beginning(kind, spider.name, run, parts.counters, context.folder), {
    type: "started",
    kind,
    output: run.output,
    pages,
    items,
  });
  const identity: Identity = {
    spider: spider.name,
    project,
    proxyType,
    code: digestOf(spider),
    source: asked.source,
    startedAt: run.startedAt,
  };
  const crawl = running.crawl = new Crawl(parts, {
    ...settings,
    limit: run.limit,
    shortageTimeout: asked.outageTimeout,
    disk,
    identity,
    startUrls,
    resuming: run.found !== undefined,
    elapsed,
    keeping: run.keeping,
    isRetry,
    ...(isRetry && { maxPages: Infinity }),
    onBegun: () => beginTime(),
  });
  const { locate, timeout, grace } = asked;
  const timers: (() => void)[] = [];
  const beginTime = () => {
    if (timeout === undefined || timers.length > 0) return;
    timers.push(
      clock.after(1000 * timeout, () => crawl.pauseInTime("timeout")),
      clock.after(1000 * (timeout + grace), () => {
        reporter.log("warn", `The time of --timeout and --grace has passed: stopping at once`);
        cancel("timeout");
      }),
    );
  };
  const interrupted: InterruptedFile | undefined = run.keeping &&
    { path: run.keeping.places.interrupted, code: identity.code };
  const cancel = (reason: string) => {
    const began = clock.wall() - 1000 * Math.min(slowAfter, grace);
    const calls = parts.limit.running.filter(({ since }) => since <= began);
    try {
      if (interrupted !== undefined) noteInterrupted(disk, interrupted, calls, clock.wall());
    } catch (error) {
      reporter.log("warn", `The next run will not know which callbacks did not return: ${readThrown(error).message}`);
    }
    crawl.cancel(reason);
  };
  using _signals = onSignals((signal, before) => {
    if (before === 0) {
      const { inFlight, open } = crawl.progress;
      const busy = inFlight + open;
      const what = busy === 0 ? "stopping" : `finishing ${counted(busy, "page")}`;
      reporter.log("info", `${signal}: ${what}; once more to stop at once`);
      crawl.pause(signal);
    } else cancel(signal);
  });
  using _errors = onStrayErrors((thrown) => {
    const error = spiderError(thrown, `The spider left an error uncaught: ${readThrown(thrown).name}`, locate);
    reporter.spiderError(error.message);
  });
  using _exit = onExit((stack) => {
    reporter.stop();
    const at = locate(stack);
    reporter.log(
      "error",
      `The spider has ended the process${
        at === undefined ? "" : ` (${at})`
      }, which it may not: the crawl is not finished` +
        (run.keeping === undefined ? "" : ". The same command continues it from the last checkpoint"),
    );
  });
  const { callbackTimeout } = settings;
  context.watchdog?.watch({
    callback: callbackTimeout === false ? Infinity : 1000 * (callbackTimeout + grace),
    end: timeout === undefined ? Infinity : 1000 * (timeout + grace),
    countsOnStart: callbackTimeout === false,
    interrupted,
    json: reporter.identity,
    isLive: terminal.isLive,
    tellsSlow: reporter.showsWarnings,
  }, (reason) => reporter.log("warn", `A callback that never ends will not be noticed: ${reason}`));
  // Where nothing else bounds onStart, this does.
  if (callbackTimeout === false) beginTime();
  reporter.start(() => crawl.progress);
  const ending = readerGone(await crawl.run(), run);
  reporter.stop();
  for (const stopTimer of timers) stopTimer();
  conclude(context, asked, reporter, run, crawl, ending);
  return exitCodeOf(ending);
}

/** Returns the line that a crawl begins with. */
function beginning(
  kind: "test" | "new" | "continued" | "retry",
  name: string,
  { output, limit, retried }: Run,
  { pages, items }: Counters,
  folder: string,
): string {
  const soFar = `${counted(pages, "page")} and ${counted(items, "item")} so far`;
  const target = output === stdoutPath ? standardOutput : shownPath(output, folder);
  switch (kind) {
    case "test":
      return `Testing "${name}": ${counted(limit, "item")} at most, to ${target}`;
    case "new":
      return `Started "${name}": its items go to ${target}`;
    case "continued":
      return `Continuing "${name}": ${soFar}`;
    case "retry":
      if (retried?.isNew) {
        return `Retrying ${counted(retried.failed, "page")} that the last crawl gave up; their items go to ${target}`;
      }
      return `Continuing the retry of "${name}": ${soFar}`;
  }
}

/**
 * Returns how a crawl ended for its user: one whose reader has gone is no failure. A test run has done its work then;
 * any other goes on from its last checkpoint, which does not count what nobody has read.
 */
function readerGone(ending: Ending, { keeping }: Run): Ending {
  const isGone = ending.outcome === "failed" && ending.error instanceof DiskError &&
    ending.error.path === standardOutput && ending.error.cause instanceof Deno.errors.BrokenPipe;
  if (!isGone) return ending;
  return keeping === undefined
    ? { outcome: "finished", reason: "limit" }
    : { outcome: "paused", reason: "standard output was closed" };
}

/** Returns items as a terminal can take them, which are read as the same. */
function harmlessJson(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(printableJson(new TextDecoder().decode(bytes)));
}

/** Closes what a crawl that does not begin has opened; nothing is written. */
function closeParts({ frontier, items, failures, downloader }: EngineParts): void {
  frontier.close();
  items.close();
  failures.close();
  downloader.close();
}
