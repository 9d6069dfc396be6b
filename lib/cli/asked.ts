import type { Renamed } from "../engine/renamed.ts";
import type { Locate } from "../engine/visit.ts";
import { stdoutPath } from "../feed/format.ts";
import { SpiderError } from "../spider/check.ts";
import { formatDuration } from "../text/duration.ts";
import { loadSpider, spiderFile, UnknownSpiderError } from "../spider/load.ts";
import { locatorOf } from "../spider/locate.ts";
import type { Settings } from "../spider/settings.ts";
import type { Spider } from "../spider/spider.ts";
import { type OpenCache, openCache, readCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { dataDirOf } from "./data_dir.ts";
import type { OptionReader } from "./options.ts";
import { type ProxyChoice, readProxies } from "./proxy.ts";
import { readRenamed } from "./renamed.ts";
import { readTrust, type Trust } from "./trust.ts";
import { UsageError } from "./usage_error.ts";

/** Everything that the command line asks for. */
export interface Asked extends Trust {
  readonly spider: Spider;
  /** The path of its file; empty for a spider inside the program. */
  readonly source: string;
  readonly settings: Settings;
  readonly startUrls: readonly string[];
  readonly limit: number | undefined;
  readonly fresh: boolean;
  readonly retryFailed: boolean;
  readonly timeout: number | undefined;
  /** Seconds after the timeout. */
  readonly grace: number;
  readonly renamed: Renamed;
  readonly locate: Locate;
  readonly interval: number;
  readonly outageTimeout: number;
  readonly proxyType: string;
  readonly proxies: ProxyChoice;
  readonly cache: OpenCache | undefined;
  readonly project: string;
  readonly dataDir: string;
  readonly output: string | undefined;
}

/** Seconds that a spider's file has to be loaded: as many as a callback has that nobody gave another time. */
const loadWithin = 60;

/** Loads a spider, or throws a `SpiderError` when its top level does not end in so many seconds. */
async function loadInTime(which: string, context: Context, seconds: number): Promise<Spider> {
  const over = Promise.withResolvers<never>();
  const cancel = context.clock.after(1000 * seconds, () => {
    const path = spiderFile(which, context)?.path ?? which;
    const message = `its top level has not ended within ${formatDuration(seconds)}: begin what takes long in onStart`;
    over.reject(new SpiderError(path, [message]));
  });
  try {
    return await Promise.race([loadSpider(which, context), over.promise]);
  } finally {
    cancel();
  }
}

/** Reads what `trawl crawl` is asked for, its spider loaded; throws a `UsageError` with every mistake. */
export async function readAsked(context: Context, options: OptionReader): Promise<Asked> {
  const [which] = context.args.args;
  const timeout = options.optionalDuration("timeout"), grace = options.optionalDuration("grace") ?? 30;
  let spider: Spider | undefined;
  try {
    const within = Math.min(loadWithin, (timeout ?? Infinity) + grace);
    if (which !== undefined) spider = await loadInTime(which, context, within);
  } catch (error) {
    if (!(error instanceof UnknownSpiderError || error instanceof SpiderError)) throw error;
    options.problems.push(error.message);
  }
  const cache = readCache(options, context.folder);
  const chosen = readProxies(options);
  const asked = {
    settings: { ...options.merged("set", spider), ...options.setting("max-failed", "maxFailed") },
    startUrls: options.urls("start-url"),
    limit: options.count("limit"),
    fresh: options.has("fresh"),
    retryFailed: options.has("retry-failed"),
    timeout,
    grace,
    renamed: readRenamed(options, spider),
    locate: locatorOf(which === undefined ? undefined : spiderFile(which, context), context.folder),
    interval: options.duration("checkpoint-interval", 5),
    outageTimeout: options.duration("outage-timeout", 600),
    ...chosen,
    ...readTrust(context, options, chosen.proxies),
    project: options.name("project", "default"),
    // Where they lead: by another path, or a link, they are the same.
    dataDir: context.disk.locate(dataDirOf(options, context.folder)),
    output: located(context, options.output("output")),
  };
  if (asked.limit !== undefined && asked.fresh) {
    options.problems.push("--fresh and --limit: a test run does not touch the checkpoint");
  }
  if (asked.retryFailed && asked.limit !== undefined) {
    options.problems.push("--retry-failed and --limit: a test run does not touch the output that a retry adds to");
  }
  if (asked.retryFailed && asked.fresh) {
    options.problems.push(
      "--retry-failed and --fresh: a retry goes on with the last crawl, it does not begin a new one",
    );
  }
  if (options.problems.length > 0 || spider === undefined) throw new UsageError(options.problems);
  const source = spiderFile(which ?? "", context)?.path ?? "";
  return { ...asked, spider, source, cache: await openCache(cache, context) };
}

function located({ disk }: Context, output: string | undefined): string | undefined {
  return output === undefined || output === stdoutPath ? output : disk.locate(output);
}
