/**
 * One run of a crawl: its parts wired, its signals heard, its end told.
 *
 * @module
 */

import type { Identity } from "../checkpoint/document.ts";
import type { Found } from "../checkpoint/store.ts";
import { holdSpare } from "../disk/descriptors.ts";
import { DiskError } from "../disk/disk.ts";
import { Crawl, type Keeping } from "../engine/crawl.ts";
import type { Ending } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import { exitCodeOf } from "../engine/exit_code.ts";
import { stdoutPath } from "../feed/format.ts";
import type { Counters } from "../engine/counters.ts";
import { digestOf } from "../spider/digest.ts";
import { counted } from "../text/count.ts";
import { printableJson } from "../text/safe.ts";
import type { Context } from "./context.ts";
import type { Asked } from "./asked.ts";
import { conclude } from "./conclude.ts";
import { proxyVariable } from "./proxy.ts";
import type { Reporter } from "./reporter.ts";
import { openNewest, removeLitter, ResumeError } from "./resume.ts";
import { shownPath } from "./shown_path.ts";
import { onRejections, onSignals } from "./signals.ts";
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
}

/** Standard output, as it is named in messages. */
const standardOutput = "standard output";

/** Runs a crawl to its end and returns the exit code. */
export async function runCrawl(context: Context, asked: Asked, reporter: Reporter, run: Run): Promise<number> {
  const { disk, clock, terminal } = context;
  using _spare = holdSpare();
  const { spider, settings, proxyType, project } = asked;
  // The outage is wired before the crawl that it reports to.
  const running: { crawl?: Crawl } = {};
  const wiring: WireOptions = {
    ...asked,
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
      const opened = openNewest(run.found, run.keeping.places, (snapshot) => wire(wiring, snapshot));
      for (const { path, error } of opened.unreadable) {
        const aside = await run.keeping.store.setAside(path);
        reporter.log(
          "error",
          `${error.message}. Going on from the generation before it; the damaged one is kept in ${aside}`,
        );
      }
      ({ parts } = opened);
      ({ elapsed, isRetry = false, startUrls } = opened.snapshot);
    } catch (error) {
      if (!(error instanceof ResumeError || error instanceof DiskError)) throw error;
      const next = error instanceof DiskError
        ? "The same command goes on when that is mended"
        : `To start over, with what there is put aside: trawl crawl ${spider.name} --fresh`;
      reporter.refuse(`Cannot resume "${spider.name}": ${error.message}. Its files stay as they are. ${next}`);
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
  });
  using _signals = onSignals((signal, before) => {
    if (before === 0) {
      const { inFlight, open } = crawl.progress;
      reporter.log("info", `${signal}: finishing ${counted(inFlight + open, "page")}; once more to stop at once`);
      crawl.pause(signal);
    } else crawl.cancel(signal);
  });
  using _rejections = onRejections((reason) =>
    reporter.log("error", `The spider left a rejection unhandled: ${reason}`)
  );
  const cancelTimeout = asked.timeout === undefined
    ? () => {}
    : clock.after(1000 * asked.timeout, () => crawl.pause("timeout"));
  reporter.start(() => crawl.progress);
  const ending = readerGone(await crawl.run(), run);
  reporter.stop();
  cancelTimeout();
  conclude(context, asked, reporter, run, crawl, ending);
  return exitCodeOf(ending);
}

/** Returns the line that a crawl begins with. */
function beginning(
  kind: "test" | "new" | "continued" | "retry",
  name: string,
  { output, limit }: Run,
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
