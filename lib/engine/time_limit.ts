/**
 * The time that the spider's functions get.
 *
 * A callback or hook that never ends must not hold a crawl: after the limit it counts as one that threw, and what it
 * still does is ignored. One that yields without end is interrupted between two things that it yields, and lets timers
 * and signals have their turn meanwhile. One that never lets go of the thread cannot be interrupted at all: the board
 * is for whoever watches from another.
 *
 * @module
 */

import { isThenable } from "../spider/outputs.ts";
import { formatDuration } from "../text/duration.ts";
import type { Clock } from "../time/clock.ts";

/** Shows what runs to whoever watches from another thread. */
export interface Board {
  /** Writes down a call, and returns what to say when it ends. `key` is that of its request, if it has one. */
  begin(name: string, url: string, since: number, key: string): number;
  /** The thread belongs to this call from now on, or to none. */
  enter(place: number | undefined): void;
  end(place: number): void;
}

export interface TimeLimitOptions {
  readonly clock: Clock;
  /** The most time of one call, in seconds. @default {Infinity} */
  readonly seconds?: number;
  readonly board?: Board | undefined;
  /** Told of a call that takes long, and again each time that it has taken twice as long. */
  readonly onSlow?: (call: Call, seconds: number) => void;
}

/** A call of a callback or hook that has not ended. */
export interface Call {
  /** The function's name. */
  readonly name: string;
  /** The page's URL; empty for a hook that has none. */
  readonly url: string;
  /** The key of the page's request; empty for a hook that has none. */
  readonly key: string;
  /** In milliseconds since 1970. */
  readonly since: number;
  /**
   * Throws when the time is over; call it between two steps. Now and then it returns a promise: to be awaited, so that
   * timers and signals have their turn.
   */
  pace(): Promise<void> | undefined;
}

/** What is called, and for which page. */
export type Called = Pick<Call, "name"> & Partial<Pick<Call, "url" | "key">>;

/** A callback or hook took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

/** Returns a call in words: which function, on which page. */
export function callWords({ name, url }: Pick<Call, "name" | "url">): string {
  return url === "" ? name : `${name} of ${url}`;
}

/** Returns a sentence on a call that takes long: which, for how long, and since when. */
export function slowWords(call: Call, seconds: number): string {
  const since = new Date(call.since).toISOString().slice(11, 19);
  return `${callWords(call)} has been running for ${formatDuration(seconds)}, since ${since}`;
}

/** Seconds after which a call takes long. */
export const slowAfter = 5;

/** Milliseconds in which one call may keep timers and signals from their turn. */
const longestTurn = 50;

/** Calls functions of the spider's and gives each a limited time. */
export class TimeLimit {
  readonly #options: TimeLimitOptions;
  readonly #calls = new Set<Call>();

  constructor(options: TimeLimitOptions) {
    this.#options = options;
  }

  /** The call that has been running longest. */
  get longest(): Call | undefined {
    return this.#calls.values().next().value;
  }

  /** The calls that have not ended, the oldest first. */
  get running(): readonly Call[] {
    return [...this.#calls];
  }

  /** Runs what must be done at once: it cannot be interrupted, and is only shown to whoever watches. */
  run<Result>({ name, url = "", key = "" }: Called, work: () => Result): Result {
    const { clock, board } = this.#options;
    const place = board?.begin(name, url, clock.wall(), key);
    try {
      return enter(board, place, work);
    } finally {
      if (place !== undefined) board?.end(place);
    }
  }

  /** Returns what the function returns; throws what it throws, or a {@linkcode TimeLimitError}. */
  async call<Result>(
    { name, url = "", key = "" }: Called,
    work: (call: Call) => Result | PromiseLike<Result>,
  ): Promise<Awaited<Result>> {
    const { clock, board, seconds = Infinity } = this.#options;
    const end = clock.now() + 1000 * seconds;
    const turn = this.turns();
    const pace = () => {
      if (clock.now() >= end) throw timeLimitError(name, seconds);
      return turn();
    };
    const call: Call = { name, url, key, since: clock.wall(), pace };
    const place = board?.begin(name, url, call.since, key);
    this.#calls.add(call);
    const cancels: (() => void)[] = [];
    try {
      const result = enter(board, place, () => work(call));
      // No timer is heard before a function that returns at once has done so.
      if (!isThenable(result)) return await result;
      const over = Promise.withResolvers<never>();
      cancels.push(this.#tellSlow(call, slowAfter));
      if (Number.isFinite(seconds)) {
        cancels.push(clock.after(Math.max(0, end - clock.now()), () => over.reject(timeLimitError(name, seconds))));
      }
      return await Promise.race([result, over.promise]);
    } finally {
      this.#calls.delete(call);
      if (place !== undefined) board?.end(place);
      for (const cancel of cancels) cancel();
    }
  }

  /** Tells of a call after so many seconds, and then after twice as many. */
  #tellSlow(call: Call, seconds: number): () => void {
    const { clock, onSlow } = this.#options;
    if (onSlow === undefined) return () => {};
    let cancel = () => {};
    const tell = (after: number, wait: number) => {
      cancel = clock.after(1000 * wait, () => {
        onSlow(call, after);
        tell(2 * after, after);
      });
    };
    tell(seconds, seconds);
    return () => cancel();
  }

  /**
   * Returns a function to call between two steps of what would else keep the thread: now and then it returns a promise,
   * to be awaited, so that timers and signals have their turn.
   */
  turns(): () => Promise<void> | undefined {
    const { clock } = this.#options;
    let turnAt = clock.now() + longestTurn;
    return () => {
      if (clock.now() <= turnAt) return undefined;
      return new Promise((resolve) =>
        clock.after(0, () => {
          turnAt = clock.now() + longestTurn;
          resolve();
        })
      );
    };
  }
}

/** Calls a function, to which the thread belongs until it returns. */
function enter<Result>(board: Board | undefined, place: number | undefined, work: () => Result): Result {
  board?.enter(place);
  try {
    return work();
  } finally {
    board?.enter(undefined);
  }
}

function timeLimitError(name: string, seconds: number): TimeLimitError {
  const error = new TimeLimitError(`${name} has not ended within ${formatDuration(seconds)} (callbackTimeout)`);
  // Our own frames say nothing of the spider.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
