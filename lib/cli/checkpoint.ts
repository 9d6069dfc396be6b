/**
 * `trawl checkpoint show|verify|clear`: looks into a checkpoint, checks every byte of it, or discards it.
 *
 * @module
 */

import type { Checkpoint } from "../checkpoint/document.ts";
import { takeLock } from "../checkpoint/lock.ts";
import { type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import type { Disk } from "../disk/disk.ts";
import { unpack } from "../disk/pack.ts";
import { logFilesOf } from "../engine/log_files.ts";
import { SideLogs } from "../engine/side_logs.ts";
import { crawlOf, type CrawlSnapshot } from "../engine/snapshot.ts";
import { formatCount } from "../text/count.ts";
import { formatDuration } from "../text/duration.ts";
import { suggest } from "../text/nearest.ts";
import { formatSize } from "../text/size.ts";
import { type Context, patience } from "./context.ts";
import { dataDirOf } from "./data_dir.ts";
import { discard } from "./discard.ts";
import { isDamage, missingBytes } from "./look.ts";
import { OptionReader } from "./options.ts";
import { settle } from "./settle.ts";
import { shownPath } from "./shown_path.ts";
import { openFrontier } from "./wire.ts";

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
  const places = placesOf(dataDirOf(options, context.folder), project, spider);
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
    terminal.print(JSON.stringify({
      ...newest?.checkpoint,
      crawl: newest && shown(newest.checkpoint, places),
      unreadable: unreadable.map(({ error }) => error.message),
    }));
  } else if (newest !== undefined) {
    const { checkpoint } = newest;
    const crawl = crawlOf(checkpoint, places);
    const { counters } = crawl;
    const saved = formatDuration(Math.max(0, Math.round((clock.wall() - checkpoint.savedAt) / 1000)));
    const rows: [string, string][] = [
      ["spider", `${checkpoint.identity.spider} (project ${checkpoint.identity.project})`],
      ["generation", `${formatCount(checkpoint.generation)}, saved ${saved} ago`],
      ["phase", crawl.phase],
      [
        "began",
        `${new Date(checkpoint.identity.startedAt).toISOString()}, has run for ${formatDuration(crawl.elapsed)}`,
      ],
      ["proxy type", checkpoint.identity.proxyType],
      ["pages", `${formatCount(counters.pages)} (${formatCount(counters.failed)} failed)`],
      ["items", `${formatCount(counters.items)} in ${shownPath(crawl.items.path, folder)}`],
      ["pending", formatCount(crawl.pending)],
      ["start requests", `${formatCount(crawl.starts.taken)}${crawl.starts.done ? "" : ", more to come"}`],
      ...sideRows(disk, places, crawl),
      ["state", JSON.stringify(unpack(crawl.state))],
      ...logFilesOf(crawl).map(({ name, length }): [string, string] => [name, formatSize(length)]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) terminal.print(`${name.padEnd(width)}  ${value}`);
  }
  for (const { error } of unreadable) terminal.say(error.message);
  if (newest === undefined) terminal.say(`Nothing in ${places.checkpoint} can be read`);
  return Promise.resolve(newest === undefined ? 1 : 0);
}

/** What is in the logs of hosts, exiles and cookies, or in a document of an older format. */
function sideRows(disk: Disk, places: Places, crawl: CrawlSnapshot): [string, string][] {
  try {
    const [hosts = 0, exiles = 0, cookies = 0] = sideCounts(disk, places, crawl);
    return [
      ["slow hosts", formatCount(hosts)],
      ["sent by proxy", `${formatCount(exiles)} hosts that block us otherwise`],
      ["cookies", formatCount(cookies)],
    ];
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [["hosts, cookies", error.message]];
  }
}

function sideCounts(
  disk: Disk,
  places: Places,
  { logs, scheduler, exiles, cookies }: CrawlSnapshot,
): readonly number[] {
  if (logs === undefined) return [scheduler.hosts, exiles, cookies].map((list) => list?.length ?? 0);
  const opened = new SideLogs(disk, places.checkpoint, logs);
  let count = 0;
  opened.cookies.each((_, records) => count += (records as readonly unknown[]).length);
  return [opened.hosts.size, opened.exiles.size, count];
}

function shown(checkpoint: Checkpoint, places: Places): unknown {
  const crawl = crawlOf(checkpoint, places);
  return { ...crawl, state: unpack(crawl.state), frontier: { ...crawl.frontier, held: crawl.frontier.held.length } };
}

function verify({ disk, terminal }: Context, store: CheckpointStore, places: Places): Promise<number> {
  const { checkpoints, unreadable } = store.find();
  for (const { error } of unreadable) terminal.print(`damaged: ${error.message}`);
  let whole = unreadable.length === 0;
  for (const { path, checkpoint } of checkpoints) {
    const crawl = crawlOf(checkpoint, places);
    const problems = [...new Set([...brokenRecords(disk, places, crawl), ...missingBytes(disk, places, crawl)])];
    whole &&= problems.length === 0;
    for (const problem of problems) terminal.print(`damaged: ${problem}`);
    if (problems.length > 0) continue;
    const files = logFilesOf(crawl);
    const bytes = files.reduce((sum, { length }) => sum + length, 0);
    terminal.print(
      `whole: ${path}, generation ${checkpoint.generation}, and ${files.length} files with ${formatCount(bytes)} bytes`,
    );
  }
  return Promise.resolve(whole ? 0 : 1);
}

/** Reads every record that a checkpoint counts. */
function brokenRecords(disk: Disk, places: Places, { frontier, logs }: CrawlSnapshot): string[] {
  try {
    openFrontier({ disk, places, emit: () => {} }, frontier).close();
    new SideLogs(disk, places.checkpoint, logs).close();
    return [];
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [error.message];
  }
}

async function clear(context: Context, store: CheckpointStore, places: Places): Promise<number> {
  using _lock = await takeLock(context.disk, places.lock, patience(context.clock));
  const settled = await settle(context.disk, store, places, context.clock.wall());
  if (settled !== undefined) {
    context.terminal.say(`The crawl had finished; its files are in place now: ${settled.items.path}`);
  }
  await discard(context.disk, store, places, (line) => context.terminal.say(line));
  context.terminal.say(`The next crawl starts fresh`);
  return 0;
}
