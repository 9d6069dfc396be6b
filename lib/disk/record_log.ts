/**
 * A log of records in numbered files, the segments: `<name>-<n>.log`.
 *
 * Records are appended to the newest segment; a full one is followed by the next number. What was appended reaches the
 * file with `flush` and is safe with `sync`; a snapshot says how many bytes of each segment count, and a log opened
 * with a snapshot forgets everything else.
 *
 * @module
 */

import { DamageError } from "./damage.ts";
import type { AppendFile, Disk, ReadFile } from "./disk.ts";
import { headerSize, seal, Unsealer } from "./records.ts";

/** The number and the length in bytes of each segment that counts, in ascending order. */
export type LogSnapshot = readonly (readonly [segment: number, length: number])[];

export interface RecordLogOptions {
  readonly disk: Disk;
  /** Path of the log without the `-<n>.log`. */
  readonly path: string;
  /** Records in one segment. @default {no limit} */
  readonly segmentRecords?: number;
  /** Bytes after which a segment is full; at most 1 GiB. @default {16 MiB} */
  readonly segmentBytes?: number;
}

/** Where a record stands: its segment and offset in one number, so that later records have greater ones. */
export type Position = number;

const segmentSpan = 2 ** 32;
const bufferSize = 64 * 1024;
const blockSize = 64 * 1024;

/** Returns the number of the segment that holds a record. */
export const segmentOf = (position: Position): number => Math.floor(position / segmentSpan);
/** Returns where in its segment a record begins, in bytes. */
export const offsetOf = (position: Position): number => position % segmentSpan;
/** Returns the position of the record at an offset of a segment. */
export const positionOf = (segment: number, offset: number): Position => segment * segmentSpan + offset;

/** Appends, reads, and forgets whole segments. */
export class RecordLog {
  readonly #options: RecordLogOptions;
  readonly #segmentRecords: number;
  readonly #segmentBytes: number;
  /** Length of each segment, buffered bytes included. */
  readonly #lengths = new Map<number, number>();
  #newest: number;
  /** Records in the newest segment. */
  #records = 0;
  /** Bytes of the newest segment that its file has. */
  #flushed: number;
  #file: AppendFile | undefined;
  /** Files with bytes that are not synced, the newest segment's excepted. */
  readonly #unsynced = new Set<AppendFile>();
  #dirty = false;
  readonly #buffer = new Uint8Array(bufferSize);
  #buffered = 0;
  /** What was read last: the records after it are often wanted next. */
  #block:
    | { readonly segment: number; readonly offset: number; readonly length: number; readonly records: Unsealer }
    | undefined;
  #reader: { segment: number; file: ReadFile } | undefined;

  /**
   * Opens the log as `snapshot` describes it, or an empty one. Nothing is read or cut before it is needed; with a limit
   * on records, `scan` comes before the first append, because it counts those of the newest segment.
   */
  constructor(options: RecordLogOptions, snapshot: LogSnapshot = []) {
    this.#options = options;
    this.#segmentRecords = options.segmentRecords ?? Infinity;
    this.#segmentBytes = options.segmentBytes ?? 16 * 2 ** 20;
    for (const [segment, length] of snapshot) this.#lengths.set(segment, length);
    this.#newest = snapshot.at(-1)?.[0] ?? 0;
    this.#flushed = snapshot.at(-1)?.[1] ?? 0;
  }

  /** The number of the segment that is appended to. */
  get newest(): number {
    return this.#newest;
  }

  /** The number of the first segment that counts. */
  get oldest(): number {
    return this.#lengths.keys().next().value ?? this.#newest;
  }

  pathOf(segment: number): string {
    return `${this.#options.path}-${segment}.log`;
  }

  /** Appends a record and returns where it stands. */
  append(payload: Uint8Array): Position {
    const size = headerSize + payload.length;
    let length = this.#lengths.get(this.#newest) ?? 0;
    if (length > 0 && (this.#records >= this.#segmentRecords || length + size > this.#segmentBytes)) {
      this.#roll();
      length = 0;
    }
    if (this.#buffered + size > bufferSize) this.flush();
    const target = size > bufferSize ? new Uint8Array(size) : this.#buffer;
    target.set(payload, this.#buffered + headerSize);
    seal(target, this.#buffered, payload.length);
    if (target === this.#buffer) this.#buffered += size;
    else this.#write(target);
    this.#lengths.set(this.#newest, length + size);
    this.#records += 1;
    return positionOf(this.#newest, length);
  }

  /** Hands everything appended so far to the file. */
  flush(): void {
    if (this.#buffered === 0) return;
    this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  /** Returns when everything flushed before the call is safe against a loss of power. */
  async sync(): Promise<void> {
    const full = [...this.#unsynced];
    const newest = this.#dirty ? this.#file : undefined;
    this.#dirty = false;
    try {
      await Promise.all([...full, ...(newest === undefined ? [] : [newest])].map((file) => file.sync()));
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
    for (const file of full) {
      if (this.#unsynced.delete(file)) file.close();
    }
  }

  /** Returns the lengths that count, buffered records included: flush and sync before relying on it. */
  snapshot(): LogSnapshot {
    return [...this.#lengths];
  }

  /** Returns the payload of the record at `position`. */
  read(position: Position): Uint8Array<ArrayBuffer> {
    const segment = segmentOf(position), offset = offsetOf(position);
    const length = this.#lengths.get(segment);
    const path = this.pathOf(segment);
    if (length === undefined || offset + headerSize > length) {
      throw new DamageError(path, offset, "no record begins here");
    }
    if (segment === this.#newest) this.flush();
    let block = this.#block;
    let at = block?.segment === segment ? offset - block.offset : -1;
    if (block === undefined || at < 0 || at > block.length || !block.records.holds(at)) {
      const file = this.#open(segment);
      const header = file.readAt(offset, headerSize);
      const size = headerSize + new DataView(header.buffer).getUint32(4, true);
      const bytes = file.readAt(offset, Math.min(Math.max(size, blockSize), length - offset));
      const records = new Unsealer(bytes, path, offset);
      this.#block = block = { segment, offset, length: bytes.length, records };
      at = 0;
    }
    return block.records.payload(at);
  }

  /** Calls `visit` with every record in order, all of them checked; a segment is read whole. */
  scan(visit: (payload: Uint8Array<ArrayBuffer>, position: Position) => void): void {
    for (const segment of [...this.#lengths.keys()]) {
      const records = this.scanSegment(segment, visit);
      if (segment === this.#newest) this.#records = records;
    }
  }

  /** Calls `visit` with every record of one segment, as `scan` does, and returns how many there are. */
  scanSegment(segment: number, visit: (payload: Uint8Array<ArrayBuffer>, position: Position) => void): number {
    this.flush();
    let records = 0;
    const length = this.#lengths.get(segment) ?? 0, path = this.pathOf(segment);
    if (this.#options.disk.size(path) === undefined) {
      throw new DamageError(path, 0, `it is missing, ${length} bytes were written`);
    }
    const file = this.#options.disk.open(path);
    try {
      if (file.length < length) {
        throw new DamageError(path, file.length, `it ends here, ${length} bytes were written`);
      }
      const sealed = new Unsealer(file.readAt(0, length), path);
      for (let at = 0; at < length;) {
        const payload = sealed.payload(at);
        visit(payload, positionOf(segment, at));
        at += headerSize + payload.length;
        records += 1;
      }
      return records;
    } finally {
      file.close();
    }
  }

  /**
   * Forgets a segment other than the newest and returns its file, which may be removed when no checkpoint counts it any
   * more.
   */
  drop(segment: number): string {
    this.#lengths.delete(segment);
    if (this.#block?.segment === segment) this.#block = undefined;
    if (this.#reader?.segment === segment) this.#closeReader();
    return this.pathOf(segment);
  }

  close(): void {
    for (const file of this.#unsynced) file.close();
    this.#unsynced.clear();
    this.#file?.close();
    this.#file = undefined;
    this.#closeReader();
  }

  #roll(): void {
    this.flush();
    if (this.#file !== undefined) this.#unsynced.add(this.#file);
    this.#file = undefined;
    this.#dirty = false;
    this.#newest += 1;
    this.#records = 0;
    this.#flushed = 0;
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#file ??= this.#options.disk.append(this.pathOf(this.#newest), this.#flushed);
    this.#file.write(bytes);
    this.#flushed += bytes.length;
    this.#dirty = true;
  }

  #open(segment: number): ReadFile {
    if (this.#reader?.segment !== segment) {
      this.#closeReader();
      this.#reader = { segment, file: this.#options.disk.open(this.pathOf(segment)) };
    }
    return this.#reader.file;
  }

  #closeReader(): void {
    this.#reader?.file.close();
    this.#reader = undefined;
  }
}
