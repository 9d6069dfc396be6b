import TinyQueue from "tinyqueue";
import type { Parked } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import type { Clock } from "../time/clock.ts";

/** A request that waits, until a time in the clock's milliseconds. */
interface Retry {
  readonly parked: Parked;
  readonly dueAt: number;
}

/** Requests that have been taken and whose own time has not come. */
export class Retries {
  readonly #clock: Clock;
  /** Seconds. */
  readonly #longest: number;
  readonly #waiting = new TinyQueue<Retry>([], (a, b) => a.dueAt - b.dueAt);
  /** Those that were kept whole and whose time has come, whatever the calendar says. */
  readonly #due = new WeakSet<object>();

  /** `longest` is how many seconds a request waits at most that does not say how long its wait was at first. */
  constructor(clock: Clock, longest: number) {
    this.#clock = clock;
    this.#longest = longest;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Returns how many milliseconds a request has to wait yet; 0 when its time has come. */
  left(request: Request): number {
    const { notBefore, wait } = request;
    if (notBefore === 0 || this.#due.has(request)) return 0;
    // The calendar may have been set back since: no longer than it was at first.
    const longest = 1000 * (wait > 0 ? wait : this.#longest);
    return Math.max(0, Math.min(notBefore - this.#clock.wall(), longest));
  }

  /** Takes in a request for so many milliseconds. */
  add(parked: Parked, ms: number): void {
    this.#waiting.push({ parked, dueAt: this.#clock.now() + ms });
  }

  /** The host of the next request, and how many milliseconds that waits; undefined when none does. */
  peek(): { readonly host: string; readonly ms: number } | undefined {
    const next = this.#waiting.peek();
    return next && { host: next.parked.host, ms: Math.max(0, next.dueAt - this.#clock.now()) };
  }

  /** Takes out the next request whose time has come. */
  pop(): Parked | undefined {
    if (this.peek()?.ms !== 0) return undefined;
    const { parked } = this.#waiting.pop()!;
    this.#due.add(parked.kept);
    return parked;
  }
}
