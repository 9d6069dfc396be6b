/**
 * Whose an output in work is: `FILE.part.owner`, beside `FILE.part`, says which crawl writes to it.
 *
 * It is there before the file in work and until that is published or discarded, so also while the crawl is paused. A
 * process that writes to the output holds it locked. Outputs inside the data folder need none: each crawl has its own.
 *
 * @module
 */

import { dirname } from "node:path";
import { type Disk, DiskError } from "../disk/disk.ts";
import { lockInPlace } from "../disk/lock_in_place.ts";
import { partOf } from "./snapshot.ts";

/** A crawl, as far as others need to know whose an output is. */
export interface OutputOwner {
  readonly spider: string;
  readonly project: string;
  /** The folder of the spider; empty for a test run, which is not gone on with. */
  readonly folder: string;
  /** The spider as a command line names it. */
  readonly source: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
}

/** An output belongs to another crawl. */
export class OwnedError extends Error {
  override readonly name = "OwnedError";
  /** The output's file. */
  readonly path: string;
  /** The crawl; undefined when the file that should say so cannot be understood. */
  readonly owner: OutputOwner | undefined;
  /** Whether a process writes to it now. */
  readonly isRunning: boolean;

  constructor(path: string, owner: OutputOwner | undefined, isRunning: boolean) {
    super(`${path} is an output in work of ${owner === undefined ? "another crawl" : `the spider "${owner.spider}"`}`);
    this.path = path;
    this.owner = owner;
    this.isRunning = isRunning;
  }
}

const ending = ".owner";

/** Returns the path of the file that says whose an output is. */
export function ownerPathOf(path: string): string {
  return `${partOf(path)}${ending}`;
}

/**
 * Makes an output the owner's and locks it, or throws an {@linkcode OwnedError}. `mayTake` decides about an output that
 * another crawl has begun and no process writes to; what a test run has left is free.
 */
export async function takeOutput(
  disk: Disk,
  path: string,
  owner: OutputOwner,
  mayTake: (before: OutputOwner) => boolean,
  patience: Promise<unknown>,
): Promise<Disposable> {
  const linked = linkedOwner(disk, path);
  if (linked !== undefined) throw new OwnedError(path, linked, false);
  disk.makeFolder(dirname(path));
  const place = ownerPathOf(path);
  const lock = await lockInPlace(disk, place, patience);
  if (lock === undefined) throw new OwnedError(path, ownerIn(readText(disk, place)), true);
  try {
    const text = lock.read();
    const before = ownerIn(text);
    // Whose text has no end was stopped before it made the file in work.
    const isFree = !text.endsWith("\n") || (before !== undefined && (before.folder === "" || mayTake(before)));
    if (!isFree) throw new OwnedError(path, before, false);
    lock.write(`${JSON.stringify(owner)}\n`);
    await disk.syncFolder(dirname(path));
    return lock;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Returns whose an output in work a file is one of: the output, the file in work, or another name of either in the same
 * folder, a hard link, which no path shows. Undefined also where nobody can understand whose it is.
 */
export function ownerOf(disk: Disk, path: string): OutputOwner | undefined {
  const output = [ownerPathOf(""), partOf("")].find((each) => path.endsWith(each));
  const own = ownerIn(readText(disk, ownerPathOf(output === undefined ? path : path.slice(0, -output.length))));
  return own ?? linkedOwner(disk, path);
}

function linkedOwner(disk: Disk, path: string): OutputOwner | undefined {
  const folder = dirname(path);
  const own = identitiesOf(disk, path);
  if (own.length === 0) return undefined;
  for (const name of disk.list(folder)) {
    const other = `${folder}/${name.slice(0, -ownerPathOf("").length)}`;
    if (!name.endsWith(ownerPathOf("")) || other === path) continue;
    if (identitiesOf(disk, other).some((identity) => own.includes(identity))) {
      return ownerIn(readText(disk, `${folder}/${name}`));
    }
  }
  return undefined;
}

function identitiesOf(disk: Disk, path: string): string[] {
  return [path, partOf(path)].flatMap((each) => disk.identityOf(each) ?? []);
}

/** Makes an output nobody's: it is published, or will not be gone on with. */
export async function releaseOutput(disk: Disk, path: string): Promise<void> {
  if (disk.size(ownerPathOf(path)) === undefined) return;
  // That the file in work has gone is safe before this is: without it nobody would know whose that was.
  await disk.syncFolder(dirname(path));
  await disk.remove(ownerPathOf(path));
}

function readText(disk: Disk, path: string): string {
  try {
    return new TextDecoder().decode(disk.read(path) ?? new Uint8Array());
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return "";
  }
}

function ownerIn(text: string): OutputOwner | undefined {
  try {
    const { spider, project, folder, source, startedAt } = JSON.parse(text) as Partial<OutputOwner>;
    if (typeof spider !== "string" || typeof project !== "string" || typeof folder !== "string") return undefined;
    return { spider, project, folder, source: source ?? spider, startedAt: startedAt ?? 0 };
  } catch {
    return undefined;
  }
}
