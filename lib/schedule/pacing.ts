/**
 * When one host may be asked again.
 *
 * Bookkeeping on the times of a clock: the configured delay, the `Crawl-delay` of its robots.txt, the pace that
 * throttling has found, and the time until which it asked to be left alone.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { adjust, initialPace, type Observation, type Pace, pushesBack, recover } from "./throttle.ts";

/** What holds for every host. Times in seconds. */
export interface PacingOptions {
  readonly clock: Clock;
  /** Requests that may be in flight to a host without a delay. */
  readonly concurrencyPerHost: number;
  /** Least time between two requests to a host. */
  readonly delay: number;
  /** Makes each delay longer by up to a half, at random. */
  readonly randomizeDelay: boolean;
  /** Slow down a host that pushes back. */
  readonly throttle: boolean;
  /** A number from 0 to below 1. @default {Math.random} */
  readonly random?: () => number;
}

/** What is kept of a host for the next process. Times of the calendar are in milliseconds since 1970. */
export interface PacingRecord {
  /** When its last request ended; undefined where none has. */
  readonly asked?: number;
  /** Seconds by which it was slowed down. */
  readonly delay?: number;
  /** Seconds that its robots.txt asks for. */
  readonly crawlDelay?: number;
  /** Until when it asked to be left alone. */
  readonly notBefore?: number;
  /** For how long it asked that, in seconds. */
  readonly pause?: number;
}

/** The pacing of one host. */
export class Pacing {
  readonly #options: PacingOptions;
  #crawlDelay: number;
  #pace: Pace;
  /** When its last request ended, in the clock's milliseconds; `-Infinity`: never. */
  #asked: number;
  /** End of the delay, in the clock's milliseconds. */
  #restsUntil: number;
  /** End of a longer wait, in the clock's milliseconds; for how long it was, in seconds; and who wants it. */
  #pausedUntil = -Infinity;
  #pause = 0;
  #pausedFor: "retry-after" | "robots" = "retry-after";
  /** When the pace was last made slower, in the clock's milliseconds. */
  #slowedAt = -Infinity;

  /** `asked` is when the host was last asked, in the clock's milliseconds, unless the record says it; `-Infinity`: never. */
  constructor(options: PacingOptions, asked: number, record: PacingRecord = {}) {
    const now = options.clock.now(), wall = options.clock.wall();
    this.#options = options;
    this.#crawlDelay = record.crawlDelay ?? 0;
    this.#pace = { ...initialPace, delay: options.throttle ? record.delay ?? 0 : 0 };
    this.#asked = record.asked === undefined ? asked : now - sinceThen(record.asked, options.clock);
    this.#restsUntil = this.#asked + 1000 * this.delay;
    if (record.notBefore !== undefined && record.pause !== undefined) {
      this.#pause = record.pause;
      // What the calendar says may be wrong by years: no longer than it was at first.
      this.#pausedUntil = now + Math.min(record.notBefore - wall, 1000 * record.pause);
    }
  }

  /** Seconds to wait between two requests; another number each time when delays are random. */
  get delay(): number {
    const { delay, randomizeDelay, random = Math.random } = this.#options;
    const longest = Math.max(delay, this.#crawlDelay, this.#pace.delay);
    return randomizeDelay ? longest * (1 + random() / 2) : longest;
  }

  /** How many requests may be in flight: with any delay, one. */
  get mostInFlight(): number {
    return this.#hasDelay ? 1 : this.#options.concurrencyPerHost;
  }

  /** Earliest time of the next request, in the clock's milliseconds. */
  get readyAt(): number {
    return Math.max(this.#restsUntil, this.#pausedUntil);
  }

  /** From when on it is a host like any other, its `Crawl-delay` left out, in the clock's milliseconds. */
  get forgottenAt(): number {
    // Halved again and again, the delay is over after twice its length.
    return this.readyAt + 2000 * this.#pace.delay;
  }

  /** Why the host is not asked before `readyAt`. */
  get reason(): "retry-after" | "robots" | "throttle" | "delay" {
    if (this.#pausedUntil >= this.readyAt) return this.#pausedFor;
    return this.#pace.delay > Math.max(this.#options.delay, this.#crawlDelay) ? "throttle" : "delay";
  }

  /** A request is sent: the time since it might have been counts for the host. */
  begin(): void {
    const idle = (this.#options.clock.now() - this.readyAt) / 1000;
    if (this.#pace.delay > 0 && idle > 0) this.#pace = recover(this.#pace, idle);
  }

  /** Begins the delay: a request has ended. */
  rest(): void {
    const { delay } = this;
    this.#asked = this.#options.clock.now();
    if (delay > 0) this.#restsUntil = this.#asked + 1000 * delay;
  }

  /** Waits for so many seconds because the host asked for it, or for its robots.txt; a longer wait goes on. */
  pause(seconds: number, why: "retry-after" | "robots" = "retry-after"): void {
    const until = this.#options.clock.now() + 1000 * seconds;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#pause = seconds;
    this.#pausedFor = why;
  }

  /**
   * Keeps the delay that robots.txt asks for, in seconds, or a longer one that it asked for before; returns whether it
   * is another than before.
   */
  keepCrawlDelay(seconds: number): boolean {
    if (seconds <= this.#crawlDelay) return false;
    this.#crawlDelay = seconds;
    return true;
  }

  /**
   * Takes note of how a request ended that was sent at a time of the clock. Several that were on their way when a host
   * first pushed back say the same, and slow it down once.
   */
  observe(observation: Observation, sentAt: number): void {
    const { throttle, concurrencyPerHost, clock } = this.#options;
    if (!throttle) return;
    const slower = pushesBack(observation.status);
    if (slower && sentAt <= this.#slowedAt) return;
    this.#pace = adjust(this.#pace, observation, concurrencyPerHost);
    if (slower) this.#slowedAt = clock.now();
  }

  /** Returns what must be kept of it; undefined for a host like any other. */
  record(): PacingRecord | undefined {
    const now = this.#options.clock.now(), wall = this.#options.clock.wall();
    const isPaused = this.#pausedUntil > now;
    if (!this.#hasDelay && !isPaused) return undefined;
    return {
      ...this.#asked > -Infinity && { asked: Math.ceil(wall + this.#asked - now) },
      ...this.#pace.delay > 0 && { delay: this.#pace.delay },
      ...this.#crawlDelay > 0 && { crawlDelay: this.#crawlDelay },
      ...isPaused && { notBefore: Math.ceil(wall + this.#pausedUntil - now), pause: this.#pause },
    };
  }

  get #hasDelay(): boolean {
    return this.#options.delay > 0 || this.#crawlDelay > 0 || this.#pace.delay > 0;
  }
}

/** Returns how long ago a time of the calendar is, in milliseconds: never less than nothing, however it was set since. */
export function sinceThen(wall: number | undefined, clock: Clock): number {
  // The calendar knows no parts of a millisecond.
  return wall === undefined ? Infinity : Math.max(0, clock.wall() - wall - 1);
}
