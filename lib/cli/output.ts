/**
 * Which file may be written to at all: an ordinary one that trawl does not keep for a crawl.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { type Disk, DiskError } from "../disk/disk.ts";
import { stdoutPath } from "../feed/format.ts";
import { ownerOf, ownerPathOf } from "../feed/owner.ts";
import { partOf } from "../feed/snapshot.ts";
import type { Context } from "./context.ts";
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
  let problem: string | undefined;
  try {
    problem = problemWithLog(disk, disk.locate(resolve(folder, given)), output);
  } catch (error) {
    // A name that cannot be looked at cannot be opened either, and who opens it says so.
    if (!(error instanceof DiskError)) throw error;
  }
  if (problem !== undefined) throw new UsageError([`--log-file ${given}: ${problem}; name another file`]);
}

function problemWithLog(disk: Disk, path: string, output: string | undefined): string | undefined {
  const outputs = output === undefined || output === stdoutPath ? [] : [output, partOf(output), ownerPathOf(output)];
  const identity = disk.identityOf(path);
  const isOutput = (each: string) => each === path || (identity !== undefined && disk.identityOf(each) === identity);
  if (outputs.some(isOutput)) return "the items are written there";
  const root = keeperOf(disk, path);
  if (root !== undefined) return `trawl keeps a crawl's own files there, in ${root}`;
  const owner = ownerOf(disk, path);
  return owner && `the crawl of "${owner.spider}", which is not finished, writes its items there`;
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

/** Whether two paths lead to one output. */
export function isSameOutput(disk: Disk, a: string, b: string): boolean {
  if (a === stdoutPath || b === stdoutPath) return a === b;
  return disk.locate(a) === disk.locate(b);
}
