import { type Checkpoint, encodeCheckpoint, type Identity } from "../checkpoint/document.ts";
import type { CheckpointStore } from "../checkpoint/store.ts";
import { DiskError } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import type { Clock } from "../time/clock.ts";
import type { Emit } from "./events.ts";

export interface SaverOptions {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly identity: Identity;
  /** The generation that was loaded; 0 for none. */
  readonly generation: number;
  /** Seconds between two saves; 0: only when asked. */
  readonly interval: number;
  /** The parts whose files are counted. */
  readonly parts: readonly Durable[];
  /** Returns the crawl's state, made of the parts' snapshots. */
  readonly snapshot: () => unknown;
  /** Returns, once, files that a snapshot made now does not count. */
  readonly retired: () => readonly string[];
  readonly emit: Emit;
  /** A save by interval failed. */
  readonly onError: (error: unknown) => void;
}

/** The least time between two saves that nobody has asked for, in milliseconds. */
const leastPause = 1000;

/**
 * Saves a crawl's state, now and every so often. Between two commits, that is: nothing of a page is ever half in it.
 */
export class Saver {
  readonly #options: SaverOptions;
  #generation: number;
  #saving: Promise<void> | undefined;
  #cancel: () => void = () => {};
  #stopped = false;
  #savedAt = -Infinity;
  #isDue = false;
  #cancelIdle: () => void = () => {};
  /** What the disk said to a save. None follows: what of the files is safe since then is unknown. */
  #refusal: DiskError | undefined;

  constructor(options: SaverOptions) {
    this.#options = options;
    this.#generation = options.generation;
  }

  /** Saves at once and then at every interval. */
  start(): void {
    if (this.#options.interval > 0) this.#tick();
  }

  /** Saves no more by itself; returns when nothing is being saved. Throws what the disk said, if it refused a save. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.#cancelIdle();
    await this.#saving?.catch(() => {});
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /**
   * Saves what has been done while the crawl has nothing to do but wait, a second after the last save at the earliest:
   * then a kill costs little more than what was in flight. Does nothing where saves are wanted on a pause only.
   */
  saveIdle(): void {
    const { interval, clock, onError } = this.#options;
    if (interval === 0 || this.#stopped || this.#isDue) return;
    this.#isDue = true;
    this.#cancelIdle = clock.after(Math.max(0, this.#savedAt + leastPause - clock.now()), () => {
      this.#isDue = false;
      this.save().catch(onError);
    });
  }

  /** Saves the state as it is now; a save that is under way ends first. Throws when the disk has refused one before. */
  async save(): Promise<void> {
    // Its own caller hears how it ends.
    while (this.#saving !== undefined) await this.#saving.catch(() => {});
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#saving = this.#save();
    try {
      await this.#saving;
    } catch (error) {
      if (error instanceof DiskError) this.#refusal = error;
      throw error;
    } finally {
      this.#saving = undefined;
    }
  }

  #tick(): void {
    this.save().then(() => {
      if (!this.#stopped) this.#cancel = this.#options.clock.after(1000 * this.#options.interval, () => this.#tick());
    }, this.#options.onError);
  }

  async #save(): Promise<void> {
    const { store, clock, identity, parts, snapshot, retired, emit } = this.#options;
    this.#savedAt = clock.now();
    // Up to the first await nothing else runs: the snapshot, the lengths and the retired files are of one moment.
    for (const part of parts) part.flush();
    const generation = ++this.#generation;
    const checkpoint: Checkpoint = { generation, savedAt: clock.wall(), identity, crawl: snapshot() };
    const bytes = encodeCheckpoint(checkpoint);
    await store.save(bytes, async () => void await Promise.all(parts.map((part) => part.sync())), retired());
    emit({ type: "saved", generation, bytes: bytes.length });
  }
}
