/**
 * The last word on each of many keys, in the files `<name>-<n>.log`.
 *
 * Setting a key appends a record, and so does deleting it: saving costs what has changed. When more than half of the
 * bytes do not count any more, the oldest file is given up, and what still counts of it is appended anew.
 *
 * @module
 */

import { basename } from "node:path";
import { DamageError } from "./damage.ts";
import type { Disk } from "./disk.ts";
import type { Durable } from "./durable.ts";
import { pack, unpack } from "./pack.ts";
import { type LogSnapshot, offsetOf, type Position, RecordLog, segmentOf } from "./record_log.ts";
import { headerSize, Unsealer } from "./records.ts";

export interface KeyedLogOptions {
  readonly disk: Disk;
  /** Path of the log without the `-<n>.log`. */
  readonly path: string;
  /** Bytes after which a file is full. @default {1 MiB} */
  readonly segmentBytes?: number;
}

/** Keys, each with plain data that MessagePack carries. */
export class KeyedLog implements Durable {
  /** It is in every record, so that no log is taken for another. */
  readonly #name: string;
  readonly #log: RecordLog;
  readonly #segmentBytes: number;
  /** Where the record stands that counts for each key, and its bytes. */
  readonly #live = new Map<string, { readonly position: Position; readonly size: number }>();
  readonly #later = new Map<string, () => unknown>();
  #liveBytes = 0;
  #bytes = 0;
  #retired: string[] = [];
  #isClosed = false;

  /** Opens the log as `snapshot` describes it, or an empty one. Throws a `DamageError` when it is not whole. */
  constructor({ disk, path, segmentBytes = 2 ** 20 }: KeyedLogOptions, snapshot: LogSnapshot = []) {
    this.#name = basename(path);
    this.#segmentBytes = segmentBytes;
    this.#log = new RecordLog({ disk, path, segmentBytes }, snapshot);
    this.#log.scan((payload, position) => this.#count(this.#read(payload, position), position, payload.length));
  }

  /** Keys that have a value. */
  get size(): number {
    return this.#live.size;
  }

  /** Calls `visit` with each key and its value; those that were set first come first. */
  each(visit: (key: string, value: unknown) => void): void {
    this.#log.scan((payload, position) => {
      const { key, value } = this.#read(payload, position);
      if (this.#live.get(key)?.position === position) visit(key, value);
    });
  }

  set(key: string, value: unknown): void {
    this.#later.delete(key);
    this.#append({ key, value });
    this.#clean();
  }

  /** Sets a key at the next flush, once however often it is called, or deletes it when `valueOf` returns undefined. */
  setLater(key: string, valueOf: () => unknown): void {
    this.#later.set(key, valueOf);
  }

  /** Deletes a key; does nothing when it has no value. */
  delete(key: string): void {
    this.#later.delete(key);
    if (!this.#live.has(key)) return;
    this.#append({ key });
    this.#clean();
  }

  flush(): void {
    for (const [key, valueOf] of this.#later) {
      const value = valueOf();
      if (value === undefined) this.delete(key);
      else this.set(key, value);
    }
    this.#log.flush();
  }

  async sync(): Promise<void> {
    await this.#log.sync();
  }

  snapshot(): LogSnapshot {
    return this.#log.snapshot();
  }

  /** Returns, once, the files that a snapshot made now does not count any more. */
  retired(): string[] {
    const files = this.#retired;
    this.#retired = [];
    return files;
  }

  /** Closes the files; nothing can be set from now on. */
  close(): void {
    this.#isClosed = true;
    this.#log.close();
  }

  #append(entry: Entry): void {
    if (this.#isClosed) throw new Error(`Cannot set "${entry.key}": the log is closed`);
    const payload = pack([this.#name, entry.key, ..."value" in entry ? [entry.value] : []]);
    this.#count(entry, this.#log.append(payload), payload.length);
  }

  #count(entry: Entry, position: Position, length: number): void {
    const size = headerSize + length;
    this.#bytes += size;
    this.#liveBytes -= this.#live.get(entry.key)?.size ?? 0;
    this.#live.delete(entry.key);
    if (!("value" in entry)) return;
    this.#live.set(entry.key, { position, size });
    this.#liveBytes += size;
  }

  /** Gives up the oldest file when too much does not count; one at a time, so that nothing has to wait for long. */
  #clean(): void {
    const { oldest, newest } = this.#log;
    if (oldest === newest || this.#bytes <= 2 * this.#liveBytes + this.#segmentBytes) return;
    const entries: Entry[] = [];
    this.#log.scanSegment(oldest, (payload, position) => {
      this.#bytes -= headerSize + payload.length;
      const entry = this.#read(payload, position);
      // A key that was deleted is in no older file, so that what says so is not needed any more.
      if (this.#live.get(entry.key)?.position === position) entries.push(entry);
    });
    for (const entry of entries) this.#append(entry);
    this.#retired.push(this.#log.drop(oldest));
  }

  #read(payload: Uint8Array<ArrayBuffer>, position: Position): Entry {
    try {
      const read = unpack(payload);
      if (Array.isArray(read) && read[0] === this.#name && typeof read[1] === "string" && read.length <= 3) {
        const [, key, value] = read;
        return read.length === 2 ? { key } : { key, value };
      }
    } catch {
      // It is no MessagePack, which is as bad as any other.
    }
    const path = this.#log.pathOf(segmentOf(position));
    throw new DamageError(path, offsetOf(position), `this record is not one of "${this.#name}"`);
  }
}

/** A record; without a value the key is deleted. */
interface Entry {
  readonly key: string;
  readonly value?: unknown;
}

/**
 * Returns a snapshot that counts also what stands whole behind what `snapshot` counts: appended by a process that was
 * killed before it could say so.
 */
export function withRest(disk: Disk, path: string, snapshot: LogSnapshot): LogSnapshot {
  const counted = snapshot.slice(0, -1);
  let [segment, length] = snapshot.at(-1) ?? [0, 0];
  for (;; segment += 1, length = 0) {
    const file = `${path}-${segment}.log`;
    const bytes = disk.read(file);
    if (bytes === undefined) break;
    counted.push([segment, wholeUntil(bytes, file, length)]);
  }
  // Whoever opens it misses a file that is gone.
  return counted.length < snapshot.length ? snapshot : counted;
}

function wholeUntil(bytes: Uint8Array<ArrayBuffer>, path: string, from: number): number {
  const records = new Unsealer(bytes, path);
  let end = from;
  try {
    while (end < bytes.length) end += headerSize + records.payload(end).length;
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
  }
  return end;
}
