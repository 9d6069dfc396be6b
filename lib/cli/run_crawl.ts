/**
 * One run of a crawl: its parts wired, its signals heard, its end told.
 *
 * @module
 */

import type { Identity } from "../checkpoint/document.ts";
import type { Found } from "../checkpoint/store.ts";
import { DiskError } from "../disk/disk.ts";
import { Crawl, type Keeping } from "../engine/crawl.ts";
import type { Ending } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import { exitCodeOf } from "../engine/exit_code.ts";
import { stdoutPath } from "../feed/format.ts";
import { partOf } from "../feed/snapshot.ts";
import { digestOf } from "../spider/digest.ts";
import { formatCount } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import type { Context } from "./context.ts";
import type { Asked } from "./asked.ts";
import { proxyVariable } from "./proxy.ts";
import type { Reporter } from "./reporter.ts";
import { openNewest, removeLitter, ResumeError } from "./resume.ts";
import { commandLine } from "./shell.ts";
import { shownPath } from "./shown_path.ts";
import { onRejections, onSignals } from "./signals.ts";
import { blockedLines, tierLines } from "./tier_lines.ts";
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

/** Runs a crawl to its end and returns the exit code. */
export async function runCrawl(context: Context, asked: Asked, reporter: Reporter, run: Run): Promise<number> {
  const { disk, clock, terminal } = context;
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
        terminal.data(bytes);
      } catch (error) {
        throw new DiskError("write to", "standard output", error);
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
      if (!(error instanceof ResumeError)) throw error;
      reporter.log(
        "error",
        `Cannot resume "${spider.name}": ${error.message}. Its files stay as they are. To start over: trawl crawl ${spider.name} --fresh`,
      );
      return 1;
    }
    await removeLitter(disk, run.keeping.places, run.keeping.store, {
      frontier: parts.frontier.snapshot(),
      ...parts.logs && { logs: parts.logs.snapshot() },
    });
    const { counters } = parts;
    reporter.log(
      "info",
      `Continuing ${isRetry ? "the retry of " : ""}"${spider.name}": ${formatCount(counters.pages)} pages and ${
        formatCount(counters.items)
      } items so far`,
    );
  }
  const identity: Identity = {
    spider: spider.name,
    project,
    proxyType,
    code: digestOf(spider),
    startedAt: run.startedAt,
  };
  const crawl = running.crawl = new Crawl(parts, {
    ...settings,
    limit: run.limit,
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
      reporter.log("info", `${signal}: finishing ${inFlight + open} pages; once more to stop at once`);
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
  const ending = await crawl.run();
  reporter.stop();
  cancelTimeout();
  conclude(context, asked, reporter, run, crawl, ending);
  return exitCodeOf(ending);
}

/** Returns the line that says how the failed pages of a finished crawl are tried again. */
export function retryCommand({ argv }: Context): string {
  const words = argv.filter((word) => word !== "--fresh" && word !== "--retry-failed");
  return `To try them again: ${commandLine(["trawl", ...words, "--retry-failed"])}`;
}

function conclude(context: Context, asked: Asked, reporter: Reporter, run: Run, crawl: Crawl, ending: Ending): void {
  const { counters, waiting } = crawl.progress;
  const { name } = asked.spider;
  for (const [callback, count] of crawl.missingCallbacks) {
    reporter.log(
      "warn",
      `The spider has no callback "${callback}" any more: ${formatCount(count)} requests went to parse`,
    );
  }
  if (ending.outcome === "paused" && ending.reason === "timeout" && crawl.idleReason !== undefined) {
    reporter.log("warn", crawl.idleReason);
  }
  if (ending.outcome === "failed") reporter.log("error", `Failed "${name}": ${ending.error.message}`);
  const rate = crawl.elapsed > 0 ? counters.pages / crawl.elapsed : 0;
  const figures =
    `${formatCount(counters.pages)} pages, ${formatCount(counters.items)} items, ${
      formatCount(counters.failed)
    } failed in ` +
    `${formatDuration(crawl.elapsed)} (${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} pages/s)`;
  const { terminal } = context;
  const title = {
    finished: terminal.paint("green", `Finished "${name}"`),
    paused: terminal.paint("yellow", `Paused "${name}"`),
    failed: terminal.paint("red", `Failed "${name}"`),
  }[ending.outcome];
  const lines = [`${title}${ending.outcome === "paused" ? ` (${ending.reason})` : ""}: ${figures}`];
  lines.push(...tierLines(counters.tiers));
  if (ending.outcome === "finished") {
    if (run.output !== stdoutPath) lines.push(`Items:    ${shownPath(run.output, context.folder)}`);
    if (run.failures !== "" && counters.failed > 0) {
      lines.push(`Failures: ${shownPath(run.failures, context.folder)}`, retryCommand(context));
    }
  } else if (run.keeping !== undefined) {
    if (ending.outcome === "paused") {
      lines.push(
        `${formatCount(waiting)} requests wait; the items so far are in ${
          shownPath(partOf(run.output), context.folder)
        }`,
      );
    }
    lines.push(`To continue: ${commandLine(["trawl", ...context.argv.filter((word) => word !== "--fresh")])}`);
  }
  const canRetry = ending.outcome === "finished" && run.failures !== "";
  lines.push(...blockedLines({
    blocked: counters.blocked,
    proxyType: asked.proxyType,
    variables: context.environment.values,
    argv: canRetry ? context.argv : undefined,
  }));
  reporter.conclude(lines, {
    type: ending.outcome,
    reason: ending.outcome === "failed" ? ending.error.message : ending.reason,
    exitCode: exitCodeOf(ending),
    output: run.output,
    elapsed: crawl.elapsed,
    waiting,
    counters,
  });
}
