/**
 * The memory for bodies: those on their way, and those that are here and not yet done with.
 *
 * A body that arrives while there is no room for it is not read on, so that its server waits and not our memory; the
 * one that has come furthest goes on all the same, so that there is always one that comes to its end.
 *
 * @module
 */

import { type Clock, systemClock } from "../../time/clock.ts";
import type { Garbage } from "./garbage.ts";

/** The first bytes of a body wait for nobody: ordinary pages do not stand behind huge ones. */
const free = 64 * 1024;

/** The least that an open page counts for, in bytes: one without a body costs memory too. */
const leastSize = 1024;

/** One body on its way. */
export interface Arrival {
  /** It is so many bytes long by now. Returns a promise where it has to wait before it is read on. */
  grow(length: number): Promise<void> | undefined;
  /** It is here, or will not come. What waits for `grow` goes on. */
  end(): void;
}

interface Waiting {
  length: number;
  goOn: (() => void) | undefined;
}

export interface BodyRoomOptions {
  /** @default {systemClock} */
  readonly clock?: Clock;
  /** Learns which pages are done with. */
  readonly garbage?: Garbage;
}

/** Keeps the bodies of a crawl within a number of bytes, and one body more. */
export class BodyRoom {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #garbage: Garbage | undefined;
  readonly #open = new Map<object, number>();
  #openSize = 0;
  readonly #arriving = new Set<Waiting>();
  #arrivingSize = 0;

  constructor(limit: number, { clock = systemClock, garbage }: BodyRoomOptions = {}) {
    this.#limit = limit;
    this.#clock = clock;
    this.#garbage = garbage;
  }

  /** Bytes of the pages that are here and not yet done with. */
  get openSize(): number {
    return this.#openSize;
  }

  /** How many these are. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Whether there is room for more. */
  get hasRoom(): boolean {
    return this.#openSize <= this.#limit;
  }

  /** A page is here, and is done with when it is closed. */
  open(page: object, bytes: number): void {
    const size = Math.max(leastSize, bytes);
    this.#open.set(page, size);
    this.#openSize += size;
  }

  /** A page is done with; nothing happens when it never was open. */
  close(page: object): void {
    const size = this.#open.get(page);
    if (size === undefined) return;
    this.#openSize -= size;
    this.#open.delete(page);
    this.#garbage?.leave(size);
    this.#wake();
  }

  /** A body is on its way. */
  arrive(): Arrival {
    const body: Waiting = { length: 0, goOn: undefined };
    return {
      grow: (length) => {
        if (length <= free) return undefined;
        this.#arriving.add(body);
        this.#arrivingSize += length - body.length;
        body.length = length;
        if (this.#mayGoOn(body)) return undefined;
        return new Promise((resolve) => body.goOn = resolve);
      },
      end: () => {
        this.#arriving.delete(body);
        this.#arrivingSize -= body.length;
        body.length = 0;
        body.goOn?.();
        body.goOn = undefined;
        // A little later: one that has come is counted as an open page only after this.
        if (this.#arriving.size > 0) this.#clock.after(0, () => this.#wake());
      },
    };
  }

  #mayGoOn(body: Waiting): boolean {
    if (this.#openSize + this.#arrivingSize <= this.#limit) return true;
    if (!this.hasRoom) return false;
    let isBefore = true;
    for (const other of this.#arriving) {
      if (other === body) isBefore = false;
      else if (other.length > body.length || (isBefore && other.length === body.length)) return false;
    }
    return true;
  }

  #wake(): void {
    for (const body of this.#arriving) {
      if (body.goOn === undefined || !this.#mayGoOn(body)) continue;
      body.goOn();
      body.goOn = undefined;
    }
  }
}
