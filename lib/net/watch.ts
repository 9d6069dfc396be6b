/**
 * The time limits of one request.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

/** Limits in milliseconds. */
export interface Limits {
  /** Until the answer's headers. */
  readonly connect: number;
  /** Between two pieces of the body. */
  readonly idle: number;
  /** For everything. */
  readonly total: number;
}

/** Which limit was passed. */
export type Late = keyof Limits;

/** So many milliseconds after its time a timer counts as held up. */
const held = 100;

/**
 * Watches the limits of one request with one timer.
 *
 * The timer is not set anew for every piece of a body: it looks, when it fires, at when something last came, and sets
 * itself for the rest.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #expire: (late: Late) => void;
  #started: number;
  #heard: number;
  #answered = false;
  #pausedAt = 0;
  #cancel: () => void;

  /** Begins now; calls `expire` once, unless it is stopped before. */
  constructor(clock: Clock, limits: Limits, expire: (late: Late) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#expire = expire;
    this.#started = this.#heard = clock.now();
    this.#cancel = this.#arm(Math.min(limits.connect, limits.total));
  }

  /** The answer's headers are there. Returns the seconds it took. */
  answered(): number {
    this.#answered = true;
    this.#heard = this.#clock.now();
    return (this.#heard - this.#started) / 1000;
  }

  /** A piece of the body is there. */
  heard(): void {
    this.#heard = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  /** Stands still until `goOn`: the time in between is nobody's fault but ours. */
  pause(): void {
    this.#cancel();
    this.#pausedAt = this.#clock.now();
  }

  goOn(): void {
    const pause = this.#clock.now() - this.#pausedAt;
    this.#started += pause;
    this.#heard += pause;
    this.#look();
  }

  #look(): void {
    const { connect, idle, total } = this.#limits;
    const now = this.#clock.now();
    const all = this.#started + total - now;
    const quiet = this.#heard + (this.#answered ? idle : connect) - now;
    if (all <= 0) this.#expire("total");
    else if (quiet <= 0) this.#expire(this.#answered ? "idle" : "connect");
    else this.#cancel = this.#arm(Math.min(all, quiet));
  }

  /**
   * Never for longer than `idle`: an answer that begins in the meantime is then still looked at in time.
   *
   * A timer that comes late was held up by work of our own, and so may be what the server has sent: there is as much
   * time again to hear of it, but never longer than `idle`, since the whole process may have been stopped for hours.
   */
  #arm(ms: number): () => void {
    const wait = Math.min(ms, this.#limits.idle), due = this.#clock.now() + wait;
    return this.#clock.after(wait, () => {
      const late = this.#clock.now() - due;
      if (late < held) this.#look();
      else this.#cancel = this.#clock.after(Math.min(late, this.#limits.idle), () => this.#look());
    });
  }
}
