/**
 * Which file may be written to: an ordinary one, that trawl does not keep for a crawl and no other crawl is writing.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { lockHolder } from "../checkpoint/lock.ts";
import { type Places, placesOf } from "../checkpoint/places.ts";
import { CheckpointStore } from "../checkpoint/store.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import { stdoutPath } from "../feed/format.ts";
import { type OutputOwner, OwnedError, ownerOf, ownerPathOf, takeOutput } from "../feed/owner.ts";
import { partOf } from "../feed/snapshot.ts";
import type { Clock } from "../time/clock.ts";
import type { Asked } from "./asked.ts";
import { type Context, patience } from "./context.ts";
import { commandLine } from "./shell.ts";
import { UsageError } from "./usage_error.ts";

/** Throws a `UsageError` when nothing can be written to a path, whoever wants to. */
export function requireFile(disk: Disk, path: string): void {
  let problem: string | undefined;
  try {
    problem = problemWith(disk, path);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    problem = error.message;
  }
  if (problem !== undefined) throw new UsageError([`--output ${path}: ${problem}`]);
}

function problemWith(disk: Disk, path: string): string | undefined {
  if (path === stdoutPath) return undefined;
  if (disk.isFolder(path)) return "it is a folder; name a file in it";
  const isThere = disk.size(path) !== undefined;
  if (isThere && !disk.isFile(path)) return "it is a pipe or a device, and not a file; write to standard output: -o -";
  const root = keeperOf(disk, path);
  return root && `trawl keeps a crawl's own files there, in ${root}; name a file elsewhere`;
}

/** Throws a `UsageError` when the log would end up in what is, or will be, data. */
export function requireLogFile({ disk, folder }: Context, given: string, output: string | undefined): void {
  const path = disk.locate(resolve(folder, given));
  const no = (problem: string) => {
    throw new UsageError([`--log-file ${given}: ${problem}; name another file`]);
  };
  const outputs = output === undefined || output === stdoutPath ? [] : [output, partOf(output), ownerPathOf(output)];
  const identity = disk.identityOf(path);
  const isOutput = (each: string) => each === path || (identity !== undefined && disk.identityOf(each) === identity);
  if (outputs.some(isOutput)) no("the items are written there");
  const root = keeperOf(disk, path);
  if (root !== undefined) no(`trawl keeps a crawl's own files there, in ${root}`);
  const owner = ownerOf(disk, path);
  if (owner !== undefined) no(`the crawl of "${owner.spider}", which is not finished, writes its items there`);
}

/** Throws a `UsageError` when a file that is written in one go would take the place of what is not the user's own. */
export async function requireFree({ disk, clock }: Context, path: string): Promise<void> {
  requireFile(disk, path);
  const owner = ownerOf(disk, path);
  if (owner !== undefined) await refuse(disk, clock, new OwnedError(path, owner, false));
}

/** Makes a file that is not there yet a test run's own. A test run replaces nothing: a crawl may have published it. */
export async function takeForTest(context: Context, path: string, writing: Writing): Promise<Disposable> {
  const { disk } = context;
  requireFile(disk, path);
  if (path === stdoutPath) return nothing;
  if (disk.size(path) !== undefined) {
    // Whose it is says more, where it is also in work.
    await refuseForeign(path, writing);
    throw new UsageError([
      `--output ${path}: the file is there, and a test run replaces none. ` +
      "Name another, remove it first, or leave --output out to have the items on standard output",
    ]);
  }
  const taken = await takeForCrawl(path, writing);
  await disk.remove(partOf(path));
  return taken;
}

/** The folders and files of a spider that are trawl's own. */
const kept = /^(crawls|retry|checkpoint(\.damaged-\d+)?)$/;

/** Returns the folder of the spider, in any data folder, of which a path is one of trawl's own files. */
export function keeperOf(disk: Disk, path: string): string | undefined {
  if (basename(path) === "lock" && disk.isFolder(`${dirname(path)}/crawls`)) return dirname(path);
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder)) {
    const above = dirname(folder);
    if (kept.test(basename(folder)) && disk.isFile(`${above}/lock`)) return above;
  }
  return undefined;
}

/** A crawl that wants to write to an output, and where it is kept. */
export interface Writing {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly owner: OutputOwner;
  /** Where the crawl is kept; undefined for a test run. */
  readonly places: Places | undefined;
}

/** Returns who wants to write, as it is asked for on the command line; without places it is a test run. */
export function writingOf(
  { disk, clock }: Context,
  { spider, project, source }: Asked,
  places: Places | undefined,
  startedAt: number,
): Writing {
  const { name } = spider;
  const owner = { spider: name, project, folder: places?.root ?? "", source: source || name, startedAt };
  return { disk, clock, owner, places };
}

/** Whether two paths lead to one output. */
export function isSameOutput(disk: Disk, a: string, b: string): boolean {
  if (a === stdoutPath || b === stdoutPath) return a === b;
  return disk.locate(a) === disk.locate(b);
}

const nothing: Disposable = { [Symbol.dispose]: () => {} };

/**
 * Makes an output a crawl's own as long as that is not published or discarded, and locks it. Throws a `UsageError` when
 * it is another's. Standard output, and what is in the crawl's own folder, belong to it anyway.
 */
export async function takeForCrawl(path: string, { disk, clock, owner, places }: Writing): Promise<Disposable> {
  if (path === stdoutPath || (places !== undefined && path.startsWith(`${places.root}/`))) return nothing;
  refuseUnknown(disk, path);
  const mayTake = (before: OutputOwner) => before.folder === owner.folder || isMoved(disk, before, owner);
  try {
    return await takeOutput(disk, path, owner, mayTake, patience(clock));
  } catch (error) {
    if (error instanceof DiskError) throw new UsageError([`--output: ${error.message}`]);
    if (!(error instanceof OwnedError)) throw error;
    return await refuse(disk, clock, error);
  }
}

/** Throws when an output is another crawl's, and changes nothing. */
export async function refuseForeign(path: string, { disk, clock, owner }: Writing): Promise<void> {
  if (path === stdoutPath) return;
  refuseUnknown(disk, path);
  const before = ownerOf(disk, path);
  if (before === undefined || before.folder === "" || before.folder === owner.folder) return;
  if (isMoved(disk, before, owner)) return;
  await refuse(disk, clock, new OwnedError(path, before, false));
}

async function refuse(disk: Disk, clock: Clock, error: OwnedError): Promise<never> {
  throw new UsageError([`--output ${error.path}: ${await ownerWords(disk, clock, error)}`]);
}

/** A file in work of which nobody says whose it is may be an older trawl's, or no output at all. */
function refuseUnknown(disk: Disk, path: string): void {
  const part = partOf(path);
  if (disk.size(part) === undefined || disk.size(ownerPathOf(path)) !== undefined) return;
  // It is another name of one that somebody has.
  if (ownerOf(disk, path) !== undefined) return;
  throw new UsageError([
    `--output ${path}: ${part} is there, and nothing says which crawl writes to it. If none does, move it away`,
  ]);
}

/** Whether it is one crawl, and its data folder was moved. */
function isMoved(disk: Disk, before: OutputOwner, { spider, project, startedAt }: OutputOwner): boolean {
  const isSame = before.spider === spider && before.project === project && before.startedAt === startedAt;
  return isSame && disk.size(`${before.folder}/checkpoint`) === undefined;
}

/** Says whose an output is, and what can be done. */
async function ownerWords(disk: Disk, clock: Clock, { path, owner, isRunning }: OwnedError): Promise<string> {
  const [part, place] = [partOf(path), ownerPathOf(path)];
  const free = `To free the file, move ${part} away and remove ${place}`;
  if (owner === undefined) return `another crawl writes to it, and ${place} does not say which. ${free}`;
  const { spider, project, folder, source } = owner;
  if (folder === "") {
    return `a test run of the spider "${spider}" is writing to it; wait for its end, or name another file`;
  }
  const dataDir = dirname(dirname(folder));
  const who = `the spider "${spider}" of the project "${project}" in the data folder ${dataDir}`;
  const places = placesOf(dataDir, project, spider);
  const { checkpoints, unreadable } = new CheckpointStore(disk, places).find();
  // Who may not look at the lock, as another user's, is told all the same.
  const holder = await lockHolder(disk, places.lock, patience(clock)).catch(() => undefined);
  const isLost = checkpoints.length + unreadable.length === 0 && holder === undefined;
  if (isLost && !isRunning) return `it belongs to ${who}, where no such crawl is left. ${free}`;
  const flags = ["--project", project, "--data-dir", dataDir];
  const goOn = commandLine(["trawl", "crawl", source, ...flags]);
  const clear = commandLine(["trawl", "checkpoint", "clear", spider, ...flags]);
  const doing = holder === undefined ? "is paused" : `is running${holder.pid === undefined ? "" : ` (${holder.pid})`}`;
  return `it belongs to the crawl of ${who}, which ${doing}. Name another file, go on with that crawl (${goOn}), ` +
    `or discard it (${clear})`;
}
