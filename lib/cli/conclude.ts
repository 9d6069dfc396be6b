/**
 * The end of a crawl in words: how it went, where its items are, what went wrong, and what to do next.
 *
 * @module
 */

import type { Counters } from "../engine/counters.ts";
import type { Crawl } from "../engine/crawl.ts";
import type { Ending } from "../engine/engine.ts";
import { exitCodeOf } from "../engine/exit_code.ts";
import { endsTest, spoilt } from "../engine/test_limit.ts";
import { stdoutPath } from "../feed/format.ts";
import { partOf } from "../feed/snapshot.ts";
import { counted, formatCount } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import type { Asked } from "./asked.ts";
import type { Context } from "./context.ts";
import { forbiddenLines, forbiddenWords } from "./forbidden.ts";
import { failureLines, mostFailed, noItems, rejectedWords } from "./failure_lines.ts";
import type { Reporter } from "./reporter.ts";
import type { Retried, Run } from "./run_crawl.ts";
import { commandLine } from "./shell.ts";
import { shownPath } from "./shown_path.ts";
import { blockedLines, tierLines } from "./tier_lines.ts";

/** Returns the line that says how the failed pages of a finished crawl are tried again. */
export function retryCommand({ argv }: Context): string {
  const words = argv.filter((word) => word !== "--fresh" && word !== "--retry-failed");
  return `To try them again: ${commandLine(["trawl", ...words, "--retry-failed"])}`;
}

/** Says how a crawl ended. */
export function conclude(
  context: Context,
  asked: Asked,
  reporter: Reporter,
  run: Run,
  crawl: Crawl,
  ending: Ending,
): void {
  const { pending: waiting, progress: { counters } } = crawl;
  const { name } = asked.spider;
  for (const line of reporter.repeated()) reporter.log("error", line);
  if (ending.outcome === "paused" && ending.reason === "timeout" && crawl.idleReason !== undefined) {
    reporter.log("warn", crawl.idleReason);
  }
  if (ending.outcome === "failed") reporter.log("error", `Failed "${name}": ${ending.error.message}`);
  if (ending.outcome === "finished" && ending.reason === "maxFailed") {
    const [failed, ended] = shareOf(counters);
    reporter.log(
      "error",
      `${failed} of ${ended} pages of "${name}" failed, more than maxFailed (${asked.settings.maxFailed}) allows`,
    );
  }
  if (ending.outcome === "finished" && ending.reason === "rejected") {
    const first = crawl.firstRejection === undefined ? "" : `, the first at ${crawl.firstRejection}`;
    reporter.log("error", `No item of "${name}" could be written: ${rejectedWords(counters)}${first}`);
  }
  const isPoor = ending.outcome === "finished" && exitCodeOf(ending) === 1;
  const rate = crawl.elapsed > 0 ? counters.pages / crawl.elapsed : 0;
  const rejected = counters.rejected === 0 ? "" : `, ${counted(counters.rejected, "item")} rejected`;
  const figures =
    `${counted(counters.pages, "page")}, ${counted(counters.items, "item")}, ${formatCount(counters.failed)} failed${
      forbiddenWords(counters)
    }${rejected} in ` +
    formatDuration(crawl.elapsed) +
    (counters.pages === 0 ? "" : ` (${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} pages/s)`);
  const { terminal } = context;
  const title = {
    finished: terminal.paint(isPoor ? "red" : "green", `Finished "${name}"`),
    paused: terminal.paint("yellow", `Paused "${name}"`),
    failed: terminal.paint("red", `Failed "${name}"`),
  }[ending.outcome];
  const lines = [`${title}${ending.outcome === "paused" ? ` (${ending.reason})` : ""}: ${figures}`];
  if (ending.outcome === "finished" && counters.items < run.limit && endsTest(counters, run.limit)) {
    const spoiltWords = counted(
      spoilt(counters),
      "rejected item or failed callback",
      "rejected items and failed callbacks",
    );
    lines.push(`Stopped after ${counted(counters.items, "item")} and ${spoiltWords}: a test run goes no further`);
  }
  if (run.retried !== undefined) lines.push(retriedWords(run.retried, counters));
  lines.push(...tierLines(counters.tiers));
  if (ending.outcome === "finished") {
    if (run.output !== stdoutPath) lines.push(`Items:    ${shownPath(run.output, context.folder)}`);
  } else if (ending.outcome === "paused" && run.keeping !== undefined) {
    const where = run.output === stdoutPath
      ? ""
      : `; the items so far are in ${shownPath(partOf(run.output), context.folder)}`;
    lines.push(`${counted(waiting, "request waits", "requests wait")}${where}`);
  }
  lines.push(...troubleLines(context, asked, run, crawl, ending));
  if (ending.outcome !== "finished" && run.keeping !== undefined) {
    const again = commandLine(["trawl", ...context.argv.filter((word) => word !== "--fresh")]);
    lines.push(crawl.startsFresh ? "The next run begins anew" : `To continue: ${again}`);
  }
  const canRetry = ending.outcome === "finished" && run.failures !== "";
  lines.push(...blockedLines({
    blocked: counters.blocked,
    proxyType: asked.proxyType,
    variables: context.environment.values,
    argv: canRetry ? context.argv : undefined,
  }));
  reporter.conclude(exitCodeOf(ending) === 1 ? "error" : "info", lines, {
    type: ending.outcome,
    reason: ending.outcome === "failed" ? ending.error.message : ending.reason,
    exitCode: exitCodeOf(ending),
    output: run.output,
    elapsed: crawl.elapsed,
    waiting,
    counters,
  });
}

/** Returns what went wrong: pages that failed, by kind, and items that did not come. */
function troubleLines(context: Context, asked: Asked, run: Run, crawl: Crawl, ending: Ending): string[] {
  const { counters } = crawl.progress;
  if (ending.outcome === "paused") return [];
  const lines: string[] = [];
  const isMost = mostFailed(counters);
  if (counters.failed > 0) {
    const failures = ending.outcome === "finished" && run.failures !== ""
      ? `Failures: ${shownPath(run.failures, context.folder)}`
      : "Failures:";
    const isAdvised = isMost || counters.items === 0 || exitCodeOf(ending) === 1;
    // What failed the whole crawl has been told in full.
    lines.push(
      failures,
      ...failureLines(counters, { isAdvised, isListed: run.failures !== "", isTold: crawl.startsFresh }),
    );
  }
  if (isMost) lines.push(`Most pages failed: ${shareOf(counters).join(" of ")}`);
  const [start] = asked.startUrls.length > 0 ? asked.startUrls : asked.spider.startUrls ?? [];
  const empty = ending.outcome === "finished"
    ? noItems(counters, start && commandLine(["trawl", "fetch", start]))
    : undefined;
  if (empty !== undefined) lines.push(empty);
  if (ending.outcome === "finished") {
    const listed = run.failures === "" ? undefined : shownPath(run.failures, context.folder);
    lines.push(...forbiddenLines(counters, listed));
    if (run.failures !== "" && counters.failed > 0) lines.push(retryCommand(context));
  }
  return lines;
}

/** Returns what came of a retry: exactly, unless pages were found on the way that had not been known. */
function retriedWords({ failed, pages: before }: Retried, { pages, failed: now }: Counters): string {
  const came = pages - before;
  if (came + now === failed) return `Retried: ${formatCount(came)} of ${counted(failed, "page")} came`;
  const rest = `${counted(came, "page")} came and ${formatCount(now)} failed`;
  return `Retried: ${counted(failed, "page")}, and what only they lead to: ${rest}`;
}

/** Returns how many pages failed, and of how many. */
function shareOf(counters: Counters): readonly [failed: string, ended: string] {
  const { failed, pages } = counters;
  return [formatCount(failed), formatCount(pages + failed)];
}
