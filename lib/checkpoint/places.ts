/**
 * Every file name of a crawl, built in one place.
 *
 * @module
 */

import { isAbsolute } from "node:path";

/** The files of one spider in one project. */
export interface Places {
  /** The folder of everything below. */
  readonly root: string;
  readonly lock: string;
  /** Calls in which a process was ended. Beside the checkpoint, because it may come before the first document. */
  readonly interrupted: string;
  /** The folder of the checkpoint. */
  readonly checkpoint: string;
  readonly current: string;
  readonly previous: string;
  readonly temporary: string;
  /** The folder of what a finished crawl keeps for a retry of its failed pages, and the document in it. */
  readonly retry: string;
  readonly retryDocument: string;
  /** The folder of the outputs. */
  readonly crawls: string;
}

/** Returns where a spider's files are. */
export function placesOf(dataDir: string, project: string, spider: string): Places {
  const root = `${dataDir}/${project}/${spider}`;
  const checkpoint = `${root}/checkpoint`;
  const retry = `${root}/retry`;
  return {
    root,
    lock: `${root}/lock`,
    interrupted: `${root}/interrupted.jsonl`,
    checkpoint,
    current: `${checkpoint}/checkpoint.msgpack`,
    previous: `${checkpoint}/checkpoint.prev.msgpack`,
    temporary: `${checkpoint}/checkpoint.tmp`,
    retry,
    retryDocument: `${retry}/checkpoint.msgpack`,
    crawls: `${root}/crawls`,
  };
}

/** Returns the name that the outputs of a crawl share: its start in UTC, `2026-11-21T09-30-00.000Z`. */
export function crawlName(startedAt: number): string {
  return new Date(startedAt).toISOString().replaceAll(":", "-");
}

/** Returns a path below the spider's folder as it is named from there; any other path as it is. */
export function relativeTo(path: string, { root }: Places): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Returns the path that `relativeTo` was given, wherever the spider's folder is now. */
export function absolute(path: string, { root }: Places): string {
  return path === "-" || path === "" || isAbsolute(path) ? path : `${root}/${path}`;
}
