/**
 * The clock, as everything below the command line sees it, so that a test can turn it by hand.
 *
 * @module
 */

/** Tells the time and calls back later. */
export interface Clock {
  /** Milliseconds that only ever go forward; for delays and durations. */
  now(): number;
  /** Milliseconds since 1970, by the machine's calendar; for what is written down. */
  wall(): number;
  /** Calls `work` once after at least `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, work: () => void): () => void;
}

/** The longest delay a timer takes, in milliseconds; more would fire at once. */
const longest = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, work) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (left: number) => {
      // Rounded up: a timer drops the fraction and would be early.
      const part = Math.min(Math.ceil(left), longest);
      timer = setTimeout(() => left > longest ? wait(left - longest) : work(), part);
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until {@linkcode ManualClock.advance} turns it. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #epoch: number;
  readonly #due: { at: number; work: () => void }[] = [];

  /** Begins at `epoch`, in milliseconds since 1970. */
  constructor(epoch = 0) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  after(ms: number, work: () => void): () => void {
    const entry = { at: this.#now + ms, work };
    this.#due.push(entry);
    return () => {
      const at = this.#due.indexOf(entry);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  /** Goes forward by `ms` milliseconds and makes the calls that fall due, in the order of their times. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (true) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
    this.#now = Math.max(this.#now, end);
  }
}
