/**
 * Which start requests with `dontFilter` have been taken: `starts-<n>.log`.
 *
 * The others are known by the fingerprints of all requests. These are not, since each of them is wanted, however often it
 * comes; so each is written down when it is taken, and a process that goes on passes over as many of them as there are.
 * One is known by all that it says: two with one URL and another `meta` are two. Where its callback has been renamed, it
 * is known under the old names as well.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import { type LogSnapshot, offsetOf, RecordLog, segmentOf } from "../disk/record_log.ts";
import { createRequest, type Request } from "../model/request.ts";
import { encodeRequest } from "./codec.ts";
import { SeenSet } from "./seen_set.ts";

const words = 3;

/** Returns the names that a callback had before. */
export type OldNames = (callback: string) => readonly string[];

/** Without a place on disk nothing is kept: then no other process goes on. */
export class TakenStarts implements Durable {
  readonly #log: RecordLog | undefined;
  /** Those that earlier processes have taken, and how often beyond once. */
  readonly #taken = new SeenSet();
  readonly #more = new Map<string, number>();
  /** Those of them that this process has passed over once. */
  readonly #passed = new SeenSet();
  readonly #oldNames: OldNames;

  /** Throws a `DamageError` when the log that the snapshot counts is not whole. */
  constructor(
    place?: { readonly disk: Disk; readonly folder: string },
    snapshot: LogSnapshot = [],
    oldNames: OldNames = () => [],
  ) {
    this.#oldNames = oldNames;
    if (place === undefined) return;
    this.#log = new RecordLog({ disk: place.disk, path: `${place.folder}/starts` }, snapshot);
    const log = this.#log;
    log.scan((payload, position) => {
      if (payload.length !== 4 * words) {
        throw new DamageError(log.pathOf(segmentOf(position)), offsetOf(position), "this record is no fingerprint");
      }
      const print = new Uint32Array(payload.slice().buffer);
      if (this.#taken.add(print)) return;
      const key = print.join();
      this.#more.set(key, (this.#more.get(key) ?? 0) + 1);
    });
  }

  /** Takes a start request; returns false when an earlier process has taken it. `host` is its host's name. */
  take(request: Request, host: string): boolean {
    const print = printOf(request, host);
    if (this.#passOver(print)) return false;
    for (const callback of this.#oldNames(request.callback)) {
      if (this.#passOver(printOf(createRequest(request.url, { ...request, callback }), host))) return false;
    }
    this.#log?.append(new Uint8Array(print.buffer));
    return true;
  }

  /** Passes over one that earlier processes took more often than it has been passed over; returns whether there was one. */
  #passOver(print: Uint32Array<ArrayBuffer>): boolean {
    if (!this.#taken.has(print)) return false;
    if (this.#passed.add(print)) return true;
    const key = print.join(), more = this.#more.get(key) ?? 0;
    if (more > 0) this.#more.set(key, more - 1);
    return more > 0;
  }

  flush(): void {
    this.#log?.flush();
  }

  async sync(): Promise<void> {
    await this.#log?.sync();
  }

  snapshot(): LogSnapshot {
    return this.#log?.snapshot() ?? [];
  }

  close(): void {
    this.#log?.close();
  }
}

function printOf(request: Request, host: string): Uint32Array<ArrayBuffer> {
  const digest = createHash("sha256").update(encodeRequest(request, host)).digest();
  // A copy begins at a multiple of four bytes, as the words must.
  return new Uint32Array(Uint8Array.from(digest.subarray(0, 4 * words)).buffer);
}
