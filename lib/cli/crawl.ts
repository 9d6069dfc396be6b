/**
 * `trawl crawl`: runs a crawl, or continues the one that was interrupted.
 *
 * @module
 */

import { dirname } from "node:path";
import { takeLock } from "../checkpoint/lock.ts";
import { ownDisk } from "../checkpoint/own_disk.ts";
import { crawlName, type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore, type Found } from "../checkpoint/store.ts";
import { type Disk, DiskError, type FileLock } from "../disk/disk.ts";
import { makeFolder } from "../disk/make_folder.ts";
import { exitCodeOf } from "../engine/exit_code.ts";
import { finishReason } from "../engine/finish_reason.ts";
import { planOf, type Wanted } from "../engine/plan.ts";
import { crawlOf } from "../engine/snapshot.ts";
import { stdoutPath } from "../feed/format.ts";
import { digestOf } from "../spider/digest.ts";
import type { Spider } from "../spider/spider.ts";
import type { Clock } from "../time/clock.ts";
import { type Asked, readAsked } from "./asked.ts";
import { beginRetry, retriedOf } from "./begin_retry.ts";
import { retryCommand } from "./conclude.ts";
import { type Context, type CrawlContext, patience } from "./context.ts";
import { discard } from "./discard.ts";
import { explain } from "./explain.ts";
import { openLogFile } from "./log_file.ts";
import { putLeftoversAside, putPartAside } from "./leftovers.ts";
import { OptionReader } from "./options.ts";
import { isSameOutput, requireFile, requireLogFile } from "./output.ts";
import { recordRefusal } from "./record_refusal.ts";
import { levels, Reporter } from "./reporter.ts";
import { runCrawl } from "./run_crawl.ts";
import { settleOrKeep } from "./settle.ts";
import { onConsole } from "./spider_console.ts";
import { refuseForeign, takeForCrawl, takeForTest, writingOf } from "./take_output.ts";
import { insecureWarning } from "./trust.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command and returns its exit code. */
export async function crawl(command: Context): Promise<number> {
  // Our own frames may be many, and the spider's is to be seen behind them.
  Error.stackTraceLimit = 50;
  // Before the spider is loaded, which may do anything.
  using watchdog = command.openWatchdog?.();
  const context: CrawlContext = { ...command, watchdog };
  const options = new OptionReader(context.args, context.environment.values);
  const level = options.oneOf("log-level", levels, "info");
  const asked = await readOrRecord(context, options);
  const logFile = options.text("log-file");
  if (logFile !== undefined) requireLogFile(context, logFile, asked.output);
  const reporter = new Reporter({
    ...context,
    level,
    json: options.has("json"),
    quiet: options.has("quiet"),
    log: openLogFile(options, context.folder),
    spider: asked.spider.name,
    project: asked.project,
  });
  using _console = onConsole((level, line) => reporter.log(level, line));
  try {
    for (const warning of context.environment.warnings) reporter.log("warn", warning);
    if (asked.insecure) reporter.log("warn", insecureWarning);
    return asked.limit === undefined
      ? await production(context, asked, reporter)
      : await testRun(context, asked, asked.limit, reporter);
  } catch (error) {
    const explained = explain(error);
    if (explained !== undefined) reporter.record(explained.problems, explained.event);
    throw error;
  } finally {
    reporter.close();
  }
}

/** Reads what is asked for; what is wrong with it is told in the log file as well. */
async function readOrRecord(context: CrawlContext, options: OptionReader): Promise<Asked> {
  try {
    return await readAsked(context, options);
  } catch (error) {
    const explained = explain(error);
    if (explained !== undefined) recordRefusal(context, options, explained);
    throw error;
  }
}

async function testRun(context: CrawlContext, asked: Asked, limit: number, reporter: Reporter): Promise<number> {
  const output = asked.output ?? stdoutPath;
  requireStart(asked);
  const startedAt = context.clock.wall();
  using _output = await takeForTest(context, output, writingOf(context, asked, undefined, startedAt));
  return await runCrawl(context, asked, reporter, {
    output,
    failures: "",
    startedAt,
    limit,
    keeping: undefined,
    found: undefined,
  });
}

async function production(outside: CrawlContext, asked: Asked, reporter: Reporter): Promise<number> {
  const places = placesOf(asked.dataDir, asked.project, asked.spider.name);
  using lock = await locked(outside.disk, places, outside.clock);
  const disk = ownDisk(outside.disk, places, lock);
  const context = { ...outside, disk };
  const store = new CheckpointStore(disk, places);
  const now = context.clock.wall();
  const { crawl: settled, stuck } = await settleOrKeep(disk, store, places, now);
  if (stuck !== undefined) {
    const message = `The crawl had finished, and its files cannot be put in place: ${stuck.message}`;
    if (!asked.fresh) {
      reporter.refuse(
        `${message}. The same command tries again; with --fresh it puts aside what there is, and begins anew`,
      );
      return 1;
    }
    reporter.log("warn", message);
  }
  const keep = stuck !== undefined;
  if (settled !== undefined) {
    const { items, counters, isRetry, failsTooOften = false } = settled;
    reporter.log("info", `The crawl of "${asked.spider.name}" had finished; its files are in place now: ${items.path}`);
    // The same command again completes what it began: a retry that had finished is not begun another time.
    if (!asked.fresh && (isRetry || !asked.retryFailed)) {
      if (counters.failed > 0) reporter.log("info", retryCommand(context));
      return exitCodeOf({ outcome: "finished", reason: finishReason("done", counters, failsTooOften) });
    }
  }
  if (asked.fresh) return await begin(context, asked, reporter, { store, places, clear: true, keep });
  const wanted: Wanted = {
    spider: asked.spider.name,
    project: asked.project,
    proxyType: asked.proxyType,
    code: digestOf(asked.spider),
    source: asked.source,
    startUrls: asked.startUrls,
    retryFailed: asked.retryFailed,
    isSource: (source) => source === "" ? isBuiltIn(context, asked.spider.name) : disk.isFile(source),
  };
  const plan = planOf(store.find(), wanted);
  if (plan.kind === "refused") {
    reporter.refuse(plan.message);
    return 1;
  }
  for (const note of plan.notes) reporter.log("warn", note);
  if (plan.kind === "resume") return await resume(context, asked, reporter, { store, places, found: plan.found });
  const { clear } = plan;
  if (!asked.retryFailed) return await begin(context, asked, reporter, { store, places, clear, keep });
  const code = await beginRetry(context, asked, reporter, { store, places, wanted, clear });
  return code ?? await resume(context, asked, reporter, { store, places, found: store.find(), isNew: true });
}

function isBuiltIn({ builtIn }: Context, name: string): boolean {
  return builtIn.some((spider) => (spider as Spider).name === name);
}

/** Makes the folder of a spider and takes its lock. */
async function locked(disk: Disk, places: Places, clock: Clock): Promise<FileLock> {
  try {
    await makeFolder(disk, dirname(places.root));
    await makeFolder(disk, places.root);
    return await takeLock(disk, places.lock, patience(clock));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new UsageError([`--data-dir: ${error.message}. Name a folder that can be written to`]);
  }
}

/** Where a production crawl is kept. */
interface Kept {
  readonly store: CheckpointStore;
  readonly places: Places;
}

/** Says how a new crawl treats the checkpoint that it finds. */
interface Beginning extends Kept {
  readonly clear: boolean;
  readonly keep: boolean;
}

async function begin(
  context: CrawlContext,
  asked: Asked,
  reporter: Reporter,
  { store, places, clear, keep }: Beginning,
): Promise<number> {
  const { disk } = context;
  requireStart(asked);
  const startedAt = context.clock.wall();
  const name = `${places.crawls}/${crawlName(startedAt)}`;
  const output = asked.output ?? `${name}.jsonl`;
  const writing = writingOf(context, asked, places, startedAt);
  const say = (line: string) => reporter.log("warn", line);
  if (asked.output !== undefined) {
    requireFile(disk, output);
    // Nothing is discarded for a crawl that cannot begin.
    await refuseForeign(output, writing);
  }
  if (clear) await discard({ disk, store, places, say, keep });
  using _output = await takeForCrawl(output, writing);
  await putLeftoversAside(disk, places, writing.owner, say);
  if (output !== stdoutPath) await putPartAside(disk, output, say);
  return await runCrawl(context, asked, reporter, {
    output,
    failures: `${name}.failed.jsonl`,
    startedAt,
    limit: Infinity,
    keeping: { store, places, interval: asked.interval, generation: 0 },
    found: undefined,
  });
}

async function resume(
  context: CrawlContext,
  asked: Asked,
  reporter: Reporter,
  { store, places, found, isNew = false }: Kept & { readonly found: Found; readonly isNew?: boolean },
): Promise<number> {
  const { checkpoint } = found.checkpoints[0]!;
  const { generation, identity } = checkpoint;
  const snapshot = crawlOf(checkpoint, places);
  const output = snapshot.items.path;
  if (asked.output === undefined && output === stdoutPath) {
    // Whoever reads standard output now may not be who read it then.
    throw new UsageError([
      "the crawl that is being continued prints its items to standard output: say so again with -o -, or begin anew with --fresh",
    ]);
  }
  if (asked.output !== undefined && !isSameOutput(context.disk, asked.output, output)) {
    const how = output === stdoutPath ? "to standard output; give it -o -" : `to ${output}; leave --output out`;
    throw new UsageError([
      `--output ${asked.output}: the crawl that is being continued writes ${how}, or begin anew with --fresh`,
    ]);
  }
  using _output = await takeForCrawl(output, writingOf(context, asked, places, identity.startedAt));
  return await runCrawl(context, asked, reporter, {
    output,
    failures: snapshot.failures.path,
    startedAt: identity.startedAt,
    limit: Infinity,
    keeping: { store, places, interval: asked.interval, generation },
    found,
    retried: snapshot.isRetry ? retriedOf(context.disk, places, isNew) : undefined,
  });
}

/** A crawl that begins needs somewhere to begin. */
function requireStart({ spider, startUrls }: Asked): void {
  if (startUrls.length > 0 || spider.start !== undefined || (spider.startUrls ?? []).length > 0) return;
  throw new UsageError([`the spider "${spider.name}" has no start URL of its own: give it one with --start-url URL`]);
}
