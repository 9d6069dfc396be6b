/**
 * Where items are written: a file that is cut back to what a checkpoint counts, or standard output.
 *
 * A feed on `FILE` writes to `FILE.part`. On its way an item passes `encode`, which may refuse it; `write`, with the
 * other items of its page, into a buffer; `flush`, into the file. A crawl that was killed reopens the feed with the
 * last checkpoint's snapshot: what came after it is cut off, and done again. At the end, in this order: `finish`,
 * `sync`, a checkpoint with the snapshot, `close`, `publishFeed`.
 *
 * Standard output cannot be cut back, so a resumed crawl may repeat there the items since the last checkpoint.
 *
 * @module
 */

import { dirname } from "node:path";
import { type AppendFile, type Disk, DiskError } from "../disk/disk.ts";
import type { Item } from "../model/item.ts";
import { csvTable } from "./csv.ts";
import { type FeedFormat, formatOf, stdoutPath } from "./format.ts";
import { jsonArray, jsonLines } from "./json.ts";
import type { Layout } from "./layout.ts";
import { type FeedSnapshot, partOf } from "./snapshot.ts";
import { checkedTail, Tail } from "./tail.ts";
import { stdoutFile } from "./stdout.ts";

/** Takes items and writes them. What `encode` returns is for `write` of the same feed. */
export interface Feed<Encoded = unknown> {
  /** Name of the file once it is published; `-` is standard output. */
  readonly path: string;
  /** Returns the item in its written form, or throws `ItemError`, which names the key. Nothing is written yet. */
  encode(item: Item): Encoded;
  /**
   * Adds the items of one page. They reach the file with the next `flush`, or when the buffer is full; standard output
   * at once.
   */
  write(items: readonly Encoded[]): void;
  /** Puts what is in the buffer into the file. */
  flush(): void;
  /**
   * Returns when what was flushed is safe against a loss of power. Throws a `DiskError` when the file in work is not
   * under its name any more.
   */
  sync(): Promise<void>;
  /** Flushes, and returns what is needed to go on from here. */
  snapshot(): FeedSnapshot;
  /** Writes the closing part and flushes; nothing can be written after it. */
  finish(): void;
  /** Closes the file. What is in the buffer is dropped: no checkpoint counts it. */
  close(): void;
}

/** What a feed is opened with. */
export interface FeedOptions {
  readonly disk: Disk;
  /** Name of the file once it is published, or `-`. */
  readonly path: string;
  /** @default what the name of the file asks for */
  readonly format?: FeedFormat | undefined;
  /** Where to go on. @default a new file */
  readonly snapshot?: FeedSnapshot | undefined;
  /** The keys that are written, in their order, where the spider names them. @default the keys of the items */
  readonly columns?: readonly string[] | undefined;
  readonly warn: (message: string) => void;
  /** Writes all bytes to standard output, or throws. Needed for the path `-`. */
  readonly stdout?: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined;
}

/** Opens a feed: a new one, or the one that the snapshot describes. */
export function openFeed(options: FeedOptions): Feed {
  const { path, snapshot, columns } = options;
  const format = options.format ?? formatOf(path);
  if (snapshot !== undefined && snapshot.format !== format) {
    throw new RangeError(`Cannot go on with ${path} as ${format}: it was begun as ${snapshot.format}`);
  }
  if (snapshot?.finished) throw new RangeError(`Cannot go on with ${path}: it is finished, and only to be published`);
  if (path === stdoutPath && format !== "jsonl") {
    throw new RangeError(`Cannot write ${format} to standard output: it takes jsonl only`);
  }
  switch (format) {
    case "jsonl":
      return new OpenFeed(options, format, jsonLines(columns));
    case "json":
      return new OpenFeed(options, format, jsonArray((snapshot?.length ?? 0) > 0, columns));
    case "csv":
      return new OpenFeed(
        options,
        format,
        csvTable({ columns, state: snapshot, warn: (message) => options.warn(`${path}: ${message}`) }),
      );
  }
}

/** Characters in the buffer that make a feed flush by itself. */
const bufferSize = 65536;
const encoder = new TextEncoder();

class OpenFeed<Encoded> implements Feed<Encoded> {
  readonly path: string;
  readonly #disk: Disk;
  readonly #format: FeedFormat;
  readonly #layout: Layout<Encoded>;
  readonly #file: AppendFile;
  readonly #bufferSize: number;
  readonly #tail: Tail;
  #buffer = "";
  #finished = false;
  #named = false;

  constructor({ disk, path, snapshot, stdout }: FeedOptions, format: FeedFormat, layout: Layout<Encoded>) {
    const length = snapshot?.length ?? 0;
    this.path = path;
    this.#disk = disk;
    this.#format = format;
    this.#layout = layout;
    if (path === stdoutPath) {
      if (stdout === undefined) throw new TypeError("Cannot open the feed -: no stdout was given");
      this.#file = stdoutFile(stdout, length);
      this.#tail = new Tail();
      this.#bufferSize = 0;
      this.#named = true;
    } else {
      this.#tail = checkedTail(disk, partOf(path), length, snapshot?.tail ?? 0);
      this.#file = disk.append(partOf(path), length);
      this.#bufferSize = bufferSize;
    }
  }

  encode(item: Item): Encoded {
    return this.#layout.encode(item);
  }

  write(items: readonly Encoded[]): void {
    if (this.#finished) throw new Error(`Cannot write to ${this.path}: the feed is finished`);
    if (items.length === 0) return;
    this.#buffer += this.#layout.render(items);
    if (this.#buffer.length > this.#bufferSize) this.flush();
  }

  flush(): void {
    if (this.#buffer === "") return;
    // The buffer is emptied last: after a failed write the next flush must fail too, so that no snapshot passes over
    // what is missing.
    const bytes = encoder.encode(this.#buffer);
    this.#file.write(bytes);
    this.#tail.append(bytes);
    this.#buffer = "";
  }

  async sync(): Promise<void> {
    this.#checkPlace();
    try {
      await this.#file.sync();
      if (this.#named) return;
      // The file may be new, and its name is in the folder.
      await this.#disk.syncFolder(dirname(this.path));
      this.#named = true;
    } catch (error) {
      // The folder may have gone meanwhile, which says more.
      this.#checkPlace();
      throw error;
    }
  }

  /** What is written to a file that was moved or removed would be found by nobody. */
  #checkPlace(): void {
    const { path, identity } = this.#file;
    if (path === stdoutPath || this.#disk.identityOf(path) === identity) return;
    throw new DiskError(
      "go on with",
      path,
      "the file, or its folder, was removed, moved or replaced while it was written. " +
        "Nothing more is saved. The crawl goes on with it when it is back in its place",
    );
  }

  snapshot(): FeedSnapshot {
    this.flush();
    return {
      path: this.path,
      format: this.#format,
      length: this.#file.length,
      tail: this.#tail.checksum,
      finished: this.#finished,
      ...this.#layout.state(),
    };
  }

  finish(): void {
    if (this.#finished) return;
    this.#buffer += this.#layout.end();
    this.#finished = true;
    this.flush();
  }

  close(): void {
    this.#file.close();
  }
}
