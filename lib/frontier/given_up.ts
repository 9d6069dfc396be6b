/**
 * The requests that were given up, kept whole in `failed-<n>.log`, so that a retry asks for them as the crawl did.
 *
 * People read the failures' file, which a user may change or pass on. It has no room for what a request carries besides:
 * bytes in `meta`, a body, cookies, a login.
 *
 * @module
 */

import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import { type LogSnapshot, offsetOf, RecordLog, segmentOf } from "../disk/record_log.ts";
import { createRequest, type Request } from "../model/request.ts";
import { decodeRequest, encodeRequest } from "./codec.ts";

export interface GivenUpOptions {
  readonly disk: Disk;
  /** The folder for the log. */
  readonly folder: string;
}

/** Keeps them in the order in which they were given up. */
export class GivenUp implements Durable {
  readonly #log: RecordLog;

  /** Throws a `DamageError` when the log that the snapshot counts is not whole. */
  constructor({ disk, folder }: GivenUpOptions, snapshot: LogSnapshot = []) {
    this.#log = new RecordLog({ disk, path: `${folder}/failed` }, snapshot);
    this.#log.scan(() => {});
  }

  /** Adds a request as it was before its first attempt; `host` is its host's name. */
  add(request: Request, host: string): void {
    const { attempt, waits } = request;
    // Each further attempt has taken one from its priority.
    const priority = request.priority + attempt + waits;
    const first = createRequest(request.url, { ...request, priority, attempt: 0, waits: 0, notBefore: 0 });
    this.#log.append(encodeRequest(first, host));
  }

  /** Calls `visit` with each of them. Throws a `DamageError` when the log is not whole, or holds something else. */
  each(visit: (request: Request) => void): void {
    this.#log.scan((payload, position) => {
      let request: Request;
      try {
        request = decodeRequest(payload);
      } catch (error) {
        const path = this.#log.pathOf(segmentOf(position));
        throw new DamageError(path, offsetOf(position), `this record is not a request: ${(error as Error).message}`);
      }
      visit(request);
    });
  }

  flush(): void {
    this.#log.flush();
  }

  async sync(): Promise<void> {
    await this.#log.sync();
  }

  snapshot(): LogSnapshot {
    return this.#log.snapshot();
  }

  close(): void {
    this.#log.close();
  }
}
