/**
 * The files of a cache: `<2 hex digits>/<key>.msgpack`, one for each answer.
 *
 * A file is one record (`disk/records.ts`) with MessagePack of `[mark, format, key, entry]`. It is written under another
 * name first, in the folder `temporary`, so that a process that is killed leaves no half of one; after a loss of power
 * the checksum tells. Processes that share a folder replace each other's files, one whole answer by another.
 *
 * @module
 */

import { DamageError } from "../../disk/damage.ts";
import type { Disk } from "../../disk/disk.ts";
import { pack, unpack } from "../../disk/pack.ts";
import { headerSize, seal, Unsealer } from "../../disk/records.ts";
import type { Clock } from "../../time/clock.ts";

/** An answer as it is stored. */
export interface CacheEntry {
  /** What was asked for. */
  readonly url: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Decompressed. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Seconds from the start of the request to the answer's headers. */
  readonly latency: number;
  /** When it came, or when the server last said that it still holds, in milliseconds since 1970. */
  readonly storedAt: number;
}

/** Where a cache is. */
export interface CachePlace {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
}

const mark = "trawl cache", format = 1;

/** A temporary file that is older, in milliseconds, was left by a process that was killed. */
const abandoned = 60 * 60 * 1000;

/** Reads and replaces entries by their keys. */
export class CacheFiles {
  readonly #place: CachePlace;

  private constructor(place: CachePlace) {
    this.#place = place;
  }

  /**
   * Makes the folder, if there is none, and removes what killed processes left in it. Other users may not look into what
   * is made. Throws a `DiskError` when it cannot be written to.
   */
  static async open(place: CachePlace): Promise<CacheFiles> {
    const { disk, folder, clock } = place;
    const files = new CacheFiles(place);
    disk.makeFolder(`${folder}/temporary`, "private");
    const probe = files.#temporary();
    const file = disk.append(probe, 0);
    try {
      file.write(new TextEncoder().encode(mark));
    } finally {
      file.close();
    }
    await disk.remove(probe);
    for (const name of disk.list(`${folder}/temporary`)) {
      if (Number.parseInt(name) < clock.wall() - abandoned) await disk.remove(`${folder}/temporary/${name}`);
    }
    return files;
  }

  /**
   * Returns the entry of a key; `undefined` when there is none that this version reads. Throws a `DamageError` or a
   * `DiskError` when there is one that cannot be read.
   */
  async read(key: string): Promise<CacheEntry | undefined> {
    const path = this.#path(key);
    const bytes = await this.#place.disk.load(path);
    if (bytes === undefined) return undefined;
    const payload = new Unsealer(bytes, path).payload(0);
    let value: unknown;
    try {
      value = unpack(payload);
    } catch (error) {
      throw new DamageError(path, headerSize, (error as Error).message);
    }
    if (!Array.isArray(value) || value[0] !== mark) {
      throw new DamageError(path, headerSize, "it is no entry of a cache");
    }
    if (value[1] !== format) return undefined;
    if (value[2] !== key) throw new DamageError(path, headerSize, "it is the entry of another request");
    return value[3] as CacheEntry;
  }

  /** Stores an entry in place of what the key had before. */
  async write(key: string, entry: CacheEntry): Promise<void> {
    const { disk } = this.#place;
    const payload = pack([mark, format, key, entry]);
    const bytes = new Uint8Array(headerSize + payload.length);
    bytes.set(payload, headerSize);
    seal(bytes, 0, payload.length);
    const temporary = this.#temporary(), path = this.#path(key);
    const file = disk.append(temporary, 0);
    try {
      file.write(bytes);
    } finally {
      file.close();
    }
    disk.makeFolder(path.slice(0, path.lastIndexOf("/")), "private");
    await disk.rename(temporary, path);
  }

  #path(key: string): string {
    return `${this.#place.folder}/${key.slice(0, 2)}/${key}.msgpack`;
  }

  /** A name that no other process takes; it begins with the time. */
  #temporary(): string {
    return `${this.#place.folder}/temporary/${this.#place.clock.wall()}-${crypto.randomUUID()}`;
  }
}
