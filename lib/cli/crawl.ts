/**
 * `trawl crawl`: runs a crawl, or continues the one that was interrupted.
 *
 * @module
 */

import { dirname } from "node:path";
import { takeLock } from "../checkpoint/lock.ts";
import { crawlName, type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore, type Found } from "../checkpoint/store.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { makeFolder } from "../disk/make_folder.ts";
import { planOf, type Wanted } from "../engine/plan.ts";
import { crawlOf } from "../engine/snapshot.ts";
import { stdoutPath } from "../feed/format.ts";
import { partOf } from "../feed/snapshot.ts";
import { digestOf } from "../spider/digest.ts";
import type { Clock } from "../time/clock.ts";
import { type Asked, readAsked } from "./asked.ts";
import { beginRetry } from "./begin_retry.ts";
import { retryCommand } from "./conclude.ts";
import { type Context, patience } from "./context.ts";
import { discard } from "./discard.ts";
import { explain } from "./explain.ts";
import { openLogFile } from "./log_file.ts";
import { OptionReader } from "./options.ts";
import { levels, Reporter } from "./reporter.ts";
import { runCrawl } from "./run_crawl.ts";
import { settle } from "./settle.ts";
import { onConsole } from "./spider_console.ts";
import { insecureWarning } from "./trust.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command and returns its exit code. */
export async function crawl(context: Context): Promise<number> {
  const options = new OptionReader(context.args, context.environment.values);
  const level = options.oneOf("log-level", levels, "info");
  const asked = await readAsked(context, options);
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

async function testRun(context: Context, asked: Asked, limit: number, reporter: Reporter): Promise<number> {
  const output = asked.output ?? stdoutPath;
  if (output !== stdoutPath && context.disk.size(partOf(output)) !== undefined) {
    throw new UsageError([
      `--output ${output}: a crawl that is not finished writes to it; name another file for the test run`,
    ]);
  }
  requireStart(asked);
  return await runCrawl(context, asked, reporter, {
    output,
    failures: "",
    startedAt: context.clock.wall(),
    limit,
    keeping: undefined,
    found: undefined,
  });
}

async function production(context: Context, asked: Asked, reporter: Reporter): Promise<number> {
  const { disk, clock } = context;
  const places = placesOf(asked.dataDir, asked.project, asked.spider.name);
  using _lock = await locked(disk, places, clock);
  const store = new CheckpointStore(disk, places);
  const settled = await settle(disk, store, places, clock.wall());
  if (settled !== undefined) {
    const { items, counters, isRetry, failsTooOften } = settled;
    reporter.log("info", `The crawl of "${asked.spider.name}" had finished; its files are in place now: ${items.path}`);
    // The same command again completes what it began: a retry that had finished is not begun another time.
    if (!asked.fresh && (isRetry || !asked.retryFailed)) {
      if (counters.failed > 0) reporter.log("info", retryCommand(context));
      return failsTooOften ? 1 : 0;
    }
  }
  if (asked.fresh) return await begin(context, asked, reporter, { store, places, clear: true });
  const wanted: Wanted = {
    spider: asked.spider.name,
    project: asked.project,
    proxyType: asked.proxyType,
    code: digestOf(asked.spider),
    startUrls: asked.startUrls,
    retryFailed: asked.retryFailed,
  };
  const plan = planOf(store.find(), wanted);
  if (plan.kind === "refused") {
    reporter.refuse(plan.message);
    return 1;
  }
  for (const note of plan.notes) reporter.log("warn", note);
  if (plan.kind === "resume") return await resume(context, asked, reporter, { store, places, found: plan.found });
  const { clear } = plan;
  if (!asked.retryFailed) return await begin(context, asked, reporter, { store, places, clear });
  const code = await beginRetry(context, asked, reporter, { store, places, wanted, clear });
  return code ?? await resume(context, asked, reporter, { store, places, found: store.find() });
}

/** Makes the folder of a spider and takes its lock. */
async function locked(disk: Disk, places: Places, clock: Clock): Promise<Disposable> {
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

async function begin(
  context: Context,
  asked: Asked,
  reporter: Reporter,
  { store, places, clear }: Kept & { readonly clear: boolean },
): Promise<number> {
  requireStart(asked);
  if (clear) await discard(context.disk, store, places, (line) => reporter.log("warn", line));
  await removeOrphans(context.disk, places);
  const startedAt = context.clock.wall();
  const name = `${places.crawls}/${crawlName(startedAt)}`;
  return await runCrawl(context, asked, reporter, {
    output: asked.output ?? `${name}.jsonl`,
    failures: `${name}.failed.jsonl`,
    startedAt,
    limit: Infinity,
    keeping: { store, places, interval: asked.interval, generation: 0 },
    found: undefined,
  });
}

/** Removes what processes wrote that were killed before their first checkpoint: no crawl goes on from it. */
async function removeOrphans(disk: Disk, { crawls }: Places): Promise<void> {
  for (const name of disk.list(crawls)) {
    if (name.endsWith(partOf(""))) await disk.remove(`${crawls}/${name}`);
  }
}

async function resume(
  context: Context,
  asked: Asked,
  reporter: Reporter,
  { store, places, found }: Kept & { readonly found: Found },
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
  if (asked.output !== undefined && asked.output !== output) {
    const how = output === stdoutPath ? "to standard output; give it -o -" : `to ${output}; leave --output out`;
    throw new UsageError([
      `--output ${asked.output}: the crawl that is being continued writes ${how}, or begin anew with --fresh`,
    ]);
  }
  return await runCrawl(context, asked, reporter, {
    output,
    failures: snapshot.failures.path,
    startedAt: identity.startedAt,
    limit: Infinity,
    keeping: { store, places, interval: asked.interval, generation },
    found,
  });
}

/** A crawl that begins needs somewhere to begin. */
function requireStart({ spider, startUrls }: Asked): void {
  if (startUrls.length > 0 || spider.start !== undefined || (spider.startUrls ?? []).length > 0) return;
  throw new UsageError([`the spider "${spider.name}" has no start URL of its own: give it one with --start-url URL`]);
}
