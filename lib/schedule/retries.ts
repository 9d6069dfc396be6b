import TinyQueue from "tinyqueue";
import type { Request } from "../model/request.ts";
import type { Clock } from "../time/clock.ts";

/** A request that waits, until a time in the clock's milliseconds. */
interface Retry {
  readonly request: Request;
  readonly dueAt: number;
}

/** Requests that have been taken and whose own time has not come. */
export class Retries {
  readonly #clock: Clock;
  /** Seconds. */
  readonly #longest: number;
  readonly #waiting = new TinyQueue<Retry>([], (a, b) => a.dueAt - b.dueAt);
  /** Those whose time has come, whatever the calendar says. */
  readonly #due = new WeakSet<Request>();

  /** `longest` is how many seconds a request waits at most that does not say how long its wait was at first. */
  constructor(clock: Clock, longest: number) {
    this.#clock = clock;
    this.#longest = longest;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Takes in a request unless its time has come; returns whether it waits. */
  add(request: Request): boolean {
    const { notBefore, wait } = request;
    if (notBefore === 0 || this.#due.has(request)) return false;
    // The calendar may have been set back since: no longer than it was at first.
    const longest = 1000 * (wait > 0 ? wait : this.#longest);
    const left = Math.min(notBefore - this.#clock.wall(), longest);
    if (left > 0) this.#waiting.push({ request, dueAt: this.#clock.now() + left });
    return left > 0;
  }

  /** The next request and how many milliseconds it waits; undefined when none does. */
  peek(): { readonly request: Request; readonly ms: number } | undefined {
    const next = this.#waiting.peek();
    return next && { request: next.request, ms: Math.max(0, next.dueAt - this.#clock.now()) };
  }

  /** Takes out the next request whose time has come. */
  pop(): Request | undefined {
    if (this.peek()?.ms !== 0) return undefined;
    const { request } = this.#waiting.pop()!;
    this.#due.add(request);
    return request;
  }
}
