import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import { type LogSnapshot, offsetOf, RecordLog, segmentOf } from "../disk/record_log.ts";
import { fingerprint } from "./fingerprint.ts";
import { SeenSet } from "./seen_set.ts";

/** The seed of the fingerprints, and how many bytes of each file of them count. */
export interface SeenSnapshot {
  readonly seed: number;
  readonly log: LogSnapshot;
}

const wordsEach = 3;
const wordsAtOnce = 4096 * wordsEach;

/**
 * What has been seen: asked in memory, kept in `seen-<n>.log`. Without a place on disk it is forgotten with the
 * process.
 */
export class Seen implements Durable {
  readonly #set: SeenSet;
  readonly #seed: number;
  readonly #log: RecordLog | undefined;
  readonly #fresh = new Uint32Array(wordsAtOnce);
  #words = 0;

  constructor(place?: { readonly disk: Disk; readonly folder: string }, snapshot?: SeenSnapshot) {
    this.#seed = snapshot?.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    const bytes = snapshot?.log.reduce((sum, [, length]) => sum + length, 0) ?? 0;
    this.#set = new SeenSet(bytes / (4 * wordsEach));
    if (place === undefined) return;
    this.#log = new RecordLog({ disk: place.disk, path: `${place.folder}/seen` }, snapshot?.log);
    const log = this.#log;
    log.scan((payload, position) => {
      if (payload.length % (4 * wordsEach) !== 0) {
        throw new DamageError(log.pathOf(segmentOf(position)), offsetOf(position), "this record holds no fingerprints");
      }
      // A copy begins at a multiple of four bytes, as the words must.
      const words = new Uint32Array(payload.slice().buffer);
      for (let at = 0; at < words.length; at += wordsEach) this.#set.add(words, at);
    });
  }

  /** Texts seen so far. */
  get size(): number {
    return this.#set.size;
  }

  /** Bytes of memory that the set takes. */
  get bytes(): number {
    return this.#set.bytes;
  }

  has(text: string): boolean {
    return this.#set.has(fingerprint(text, this.#seed));
  }

  /** Adds a text and returns whether it is new. */
  add(text: string): boolean {
    const print = fingerprint(text, this.#seed);
    if (!this.#set.add(print)) return false;
    if (this.#log !== undefined) {
      if (this.#words === wordsAtOnce) this.#append();
      this.#fresh.set(print, this.#words);
      this.#words += wordsEach;
    }
    return true;
  }

  flush(): void {
    this.#append();
    this.#log?.flush();
  }

  async sync(): Promise<void> {
    await this.#log?.sync();
  }

  snapshot(): SeenSnapshot {
    return { seed: this.#seed, log: this.#log?.snapshot() ?? [] };
  }

  close(): void {
    this.#log?.close();
  }

  #append(): void {
    if (this.#words > 0) this.#log?.append(new Uint8Array(this.#fresh.buffer, 0, this.#words * 4));
    this.#words = 0;
  }
}
