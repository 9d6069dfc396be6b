/**
 * `trawl checkpoint show|verify|clear`: looks into a checkpoint, checks every byte of it, or discards it.
 *
 * @module
 */

import type { Checkpoint } from "../checkpoint/document.ts";
import { takeLock } from "../checkpoint/lock.ts";
import { ownDisk } from "../checkpoint/own_disk.ts";
import { type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
import { unpack } from "../disk/pack.ts";
import type { CookieRecord } from "../net/cookies/cookie_record.ts";
import { logFilesOf } from "../engine/log_files.ts";
import { SideLogs } from "../engine/side_logs.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";
import { counted, formatCount } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import { suggest } from "../text/nearest.ts";
import { printable, printableJson } from "../text/safe.ts";
import { formatSize } from "../text/size.ts";
import { withoutLogins } from "../url/userinfo.ts";
import { type Context, patience } from "./context.ts";
import { dataDirOf } from "./data_dir.ts";
import { damageIn } from "./damage.ts";
import { discard } from "./discard.ts";
import { forbiddenWords } from "./forbidden.ts";
import { isDamage } from "./look.ts";
import { OptionReader } from "./options.ts";
import { settleOrKeep } from "./settle.ts";
import { shownPath } from "./shown_path.ts";

const actions = { show, verify, clear } as const;

/** Runs the command and returns its exit code: 1 when what was asked for is not whole. */
export async function checkpoint(context: Context): Promise<number> {
  const options = new OptionReader(context.args, context.environment.values);
  const [action = "", spider = ""] = context.args.args;
  const project = options.name("project", "default");
  if (!Object.hasOwn(actions, action)) {
    const names = Object.keys(actions);
    options.problems.push(`checkpoint ${action}: ${suggest(action, names)}`);
  }
  options.check();
  const places = placesOf(context.disk.locate(dataDirOf(options, context.folder)), project, spider);
  const store = new CheckpointStore(context.disk, places);
  const { checkpoints, unreadable } = store.find();
  if (checkpoints.length === 0 && unreadable.length === 0) {
    context.terminal.say(`There is no checkpoint of "${spider}" in ${places.checkpoint}`);
    return action === "clear" ? 0 : 1;
  }
  return await actions[action as keyof typeof actions](context, store, places, options.has("json"));
}

function show(
  { disk, terminal, clock, folder }: Context,
  store: CheckpointStore,
  places: Places,
  json: boolean,
): Promise<number> {
  const { checkpoints, unreadable } = store.find();
  const newest = checkpoints[0];
  if (json) {
    terminal.json({
      ...newest?.checkpoint,
      crawl: newest && shown(disk, newest.checkpoint, places),
      unreadable: unreadable.map(({ error }) => error.message),
    });
  } else if (newest !== undefined) {
    const { checkpoint } = newest;
    const crawl = crawlOf(checkpoint, places);
    const { counters } = crawl;
    const saved = formatDuration(Math.max(0, Math.round((clock.wall() - checkpoint.savedAt) / 1000)));
    const rows: [string, string][] = [
      ["spider", `${checkpoint.identity.spider} (project ${checkpoint.identity.project})`],
      ...sourceRow(checkpoint),
      ["generation", `${formatCount(checkpoint.generation)}, saved ${saved} ago`],
      ["phase", crawl.phase],
      [
        "began",
        `${new Date(checkpoint.identity.startedAt).toISOString()}, has run for ${formatDuration(crawl.elapsed)}`,
      ],
      ["proxy type", checkpoint.identity.proxyType],
      ["pages", `${formatCount(counters.pages)} (${formatCount(counters.failed)} failed${forbiddenWords(counters)})`],
      ["items", `${formatCount(counters.items)} in ${printable(shownPath(crawl.items.path, folder))}`],
      ["pending", formatCount(crawl.pending)],
      ["start requests", `${formatCount(crawl.starts.taken)}${crawl.starts.done ? "" : ", more to come"}`],
      ...sideRows(disk, places, crawl),
      ["state", printableJson(JSON.stringify(unpack(crawl.state)))],
      ...logFilesOf(crawl).map(({ name, length }): [string, string] => [name, formatSize(length)]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) terminal.print(`${name.padEnd(width)}  ${value}`);
  }
  for (const { error } of unreadable) terminal.say(error.message);
  if (newest === undefined) terminal.say(`Nothing in ${places.checkpoint} can be read`);
  return Promise.resolve(newest === undefined ? 1 : 0);
}

function sourceRow({ identity: { source } }: Checkpoint): [string, string][] {
  return source === undefined ? [] : [["its file", source || "inside the program"]];
}

/** The hosts, exiles and cookies of a crawl. */
interface SideRecords {
  readonly hosts: number;
  readonly exiles: readonly unknown[];
  readonly cookies: readonly CookieRecord[];
}

/** Reads what is in the logs beside the document, or in a document of an older format. Throws when that is damaged. */
function sideRecords(disk: Disk, places: Places, crawl: CrawlSnapshot): SideRecords {
  const { logs, scheduler, exiles = [], cookies = [] } = crawl;
  if (logs === undefined) return { hosts: scheduler.hosts?.length ?? 0, exiles, cookies };
  const opened = new SideLogs(disk, places.checkpoint, logs);
  const exilesNow: unknown[] = [], cookiesNow: CookieRecord[] = [];
  opened.exiles.each((_, record) => exilesNow.push(record));
  opened.cookies.each((_, records) => cookiesNow.push(...records as readonly CookieRecord[]));
  return { hosts: opened.hosts.size, exiles: exilesNow, cookies: cookiesNow };
}

function sideRows(disk: Disk, places: Places, crawl: CrawlSnapshot): [string, string][] {
  try {
    const { hosts, exiles, cookies } = sideRecords(disk, places, crawl);
    return [
      ["slow hosts", formatCount(hosts)],
      ["sent by proxy", counted(exiles.length, "host that blocks us otherwise", "hosts that block us otherwise")],
      ["cookies", formatCount(cookies.length)],
    ];
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [["hosts, cookies", error.message]];
  }
}

function sideValues(disk: Disk, places: Places, crawl: CrawlSnapshot): object {
  try {
    const { exiles, cookies } = sideRecords(disk, places, crawl);
    return { exiles, cookies: cookies.map(({ value: _, ...cookie }) => cookie) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { damaged: error.message };
  }
}

/**
 * The crawl as it may be shown: without what opens doors, which are the logins of URLs, the values of cookies and the
 * requests themselves. What is not named here is not shown.
 */
function shown(disk: Disk, checkpoint: Checkpoint, places: Places): object {
  const crawl = crawlOf(checkpoint, places);
  const { phase, isRetry, failsTooOften, elapsed, starts, counters, pending, frontier, scheduler } = crawl;
  const { lastAnswer, permitted, logs, items, failures } = crawl;
  return {
    ...{ phase, isRetry, failsTooOften, elapsed },
    startUrls: crawl.startUrls.map(withoutLogins),
    ...{ starts: { taken: starts.taken, done: starts.done }, counters, pending },
    state: unpack(crawl.state),
    frontier: { ...frontier, held: frontier.held.length },
    ...{ scheduler, logs, lastAnswer, permitted, items, failures },
    ...sideValues(disk, places, crawl),
  };
}

function verify({ disk, terminal }: Context, store: CheckpointStore, places: Places): Promise<number> {
  const { checkpoints, unreadable } = store.find();
  for (const { error } of unreadable) terminal.print(`damaged: ${printable(error.message)}`);
  let whole = unreadable.length === 0;
  for (const { path, checkpoint } of checkpoints) {
    const crawl = crawlOf(checkpoint, places);
    const problems = damageIn(disk, places, crawl);
    whole &&= problems.length === 0;
    for (const problem of problems) terminal.print(`damaged: ${printable(problem)}`);
    if (problems.length > 0) continue;
    const files = logFilesOf(crawl);
    const bytes = files.reduce((sum, { length }) => sum + length, 0);
    terminal.print(
      `whole: ${printable(path)}, generation ${checkpoint.generation}, and ${counted(files.length, "file")} with ${
        counted(bytes, "byte")
      }`,
    );
  }
  return Promise.resolve(whole ? 0 : 1);
}

async function clear(context: Context, _: CheckpointStore, places: Places): Promise<number> {
  const say = (line: string) => context.terminal.say(line);
  using lock = await takeLock(context.disk, places.lock, patience(context.clock));
  const disk = ownDisk(context.disk, places, lock);
  const store = new CheckpointStore(disk, places);
  const { crawl, stuck } = await settleOrKeep(disk, store, places, context.clock.wall());
  if (stuck !== undefined) say(`The crawl had finished, and its files cannot be put in place: ${stuck.message}`);
  if (crawl !== undefined) say(`The crawl had finished; its files are in place now: ${crawl.items.path}`);
  else await discard({ disk, store, places, say, keep: stuck !== undefined });
  say(`The next crawl starts fresh`);
  return 0;
}
