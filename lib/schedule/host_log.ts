/**
 * What must be known of hosts after a kill: written down at once, before a request is sent and when it has ended.
 *
 * @module
 */

import type { KeyedLog } from "../disk/keyed_log.ts";
import type { Clock } from "../time/clock.ts";
import type { PacingRecord } from "./pacing.ts";

/** What the log keeps of a host. */
interface HostRecord extends PacingRecord {
  /** A request to it is in flight. */
  readonly busy?: true;
}

/** A host of the last process. */
export interface KeptHost {
  readonly name: string;
  readonly record: PacingRecord;
  /** Whether the record is another one than the log has. */
  readonly isNew: boolean;
}

/** What a checkpoint of format 1 or 2 says of a host. */
export interface OlderHost {
  readonly host: string;
  readonly delay?: number;
  readonly crawlDelay?: number;
  readonly notBefore?: number;
}

/** Keeps hosts; without a log, it keeps nothing. */
export class HostLog {
  readonly #log: KeyedLog | undefined;

  constructor(log: KeyedLog | undefined) {
    this.#log = log;
  }

  /** Returns the hosts of the last process; `longest` is the longest pause in seconds, for those of an older format. */
  restore(older: readonly OlderHost[], longest: number, clock: Clock): readonly KeptHost[] {
    // Keeps P5 over a kill: how long a request in flight went on, or when a host was asked, is not known. But it is over.
    const asked = clock.wall();
    const hosts: KeptHost[] = [];
    this.#log?.each((name, value) => {
      const { busy = false, ...record } = value as HostRecord;
      hosts.push({ name, record: busy ? { ...record, asked } : record, isNew: busy });
    });
    // What the log has is newer.
    for (const { host: name, ...record } of older) {
      hosts.push({ name, record: { ...record, asked, pause: longest }, isNew: true });
    }
    return hosts;
  }

  /** Writes down what is known of a host; undefined: nothing that the next process must know. */
  keep(name: string, record: PacingRecord | undefined, isBusy: boolean): void {
    if (record === undefined) {
      this.#log?.delete(name);
      return;
    }
    this.#log?.set(name, { ...record, ...isBusy && { busy: true } } satisfies HostRecord);
    // A kill leaves what was handed to the system.
    this.#log?.flush();
  }
}
