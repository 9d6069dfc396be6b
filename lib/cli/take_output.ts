/**
 * Making an output a crawl's own, and saying whose it is when it is another's.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Identity } from "../checkpoint/document.ts";
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
import { requireFile } from "./output.ts";
import { commandLine } from "./shell.ts";
import { UsageError } from "./usage_error.ts";

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
  { spider: { name }, project, source }: Asked,
  places: Places | undefined,
  startedAt: number,
): Writing {
  return { disk, clock, owner: ownerFor(places, { spider: name, project, source, startedAt }), places };
}

/** Returns a crawl as the owner of its output. */
export function ownerFor(
  places: Places | undefined,
  { spider, project, source, startedAt }: Pick<Identity, "spider" | "project" | "source" | "startedAt">,
): OutputOwner {
  return { spider, project, folder: places?.root ?? "", source: source || spider, startedAt };
}

const nothing: Disposable = { [Symbol.dispose]: () => {} };

/**
 * Makes an output a crawl's own as long as that is not published or discarded, and locks it. Throws a `UsageError` when
 * it is another's. Standard output, and what is in the crawl's own folder, belong to it anyway.
 */
export async function takeForCrawl(path: string, { disk, clock, owner, places }: Writing): Promise<Disposable> {
  if (path === stdoutPath || (places !== undefined && path.startsWith(`${places.root}/`))) return nothing;
  refuseUnknown(disk, path);
  try {
    return await takeOutput(disk, path, owner, (before) => !isForeign(disk, path, before, owner), patience(clock));
  } catch (error) {
    if (error instanceof DiskError) throw new UsageError([`--output: ${error.message}`]);
    if (!(error instanceof OwnedError)) throw error;
    return await refuse(disk, clock, error);
  }
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

/** Throws when an output is another crawl's, and changes nothing. */
export async function refuseForeign(path: string, { disk, clock, owner }: Writing): Promise<void> {
  if (path === stdoutPath) return;
  refuseUnknown(disk, path);
  const before = ownerOf(disk, path);
  if (before === undefined || !isForeign(disk, path, before, owner)) return;
  await refuse(disk, clock, new OwnedError(path, before, false));
}

/** Throws a `UsageError` when a file that is written in one go would take the place of what is not the user's own. */
export async function requireFree({ disk, clock }: Context, path: string): Promise<void> {
  requireFile(disk, path);
  const owner = ownerOf(disk, path);
  if (owner !== undefined) await refuse(disk, clock, new OwnedError(path, owner, false));
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

/**
 * Whether an output that `before` has begun is not `owner`'s to go on with: another crawl's, of which something is left.
 * A test run leaves nothing that counts. A crawl in another folder is the same one where that folder was moved.
 */
export function isForeign(disk: Disk, path: string, before: OutputOwner, owner: OutputOwner): boolean {
  const { folder, spider, project, startedAt } = before;
  if (folder === "" || folder === owner.folder) return false;
  if (disk.size(`${folder}/checkpoint`) !== undefined) return true;
  const isMoved = spider === owner.spider && project === owner.project && startedAt === owner.startedAt;
  return !isMoved && disk.size(partOf(path)) !== undefined;
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
