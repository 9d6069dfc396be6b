/**
 * When one host may be asked again.
 *
 * Bookkeeping on the times of a clock: the configured delay, the `Crawl-delay` of its robots.txt, the pace that
 * throttling has found, and the time until which it asked to be left alone.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { adjust, initialPace, type Observation, type Pace, pushesBack } from "./throttle.ts";

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

/** What is kept of a host over a pause. */
export interface PacingSnapshot {
  /** Seconds by which it was slowed down. */
  readonly delay: number;
  /** Seconds that its robots.txt asks for. */
  readonly crawlDelay?: number;
  /** Until when it asked to be left alone, in milliseconds since 1970. */
  readonly notBefore: number;
}

/** The pacing of one host. */
export class Pacing {
  readonly #options: PacingOptions;
  #crawlDelay: number;
  #pace: Pace;
  /** The server's own word (`Retry-After`) until when to wait, in the clock's milliseconds. */
  #pausedUntil: number;
  /** End of the delay, in the clock's milliseconds. */
  #restsUntil: number;
  /** When the pace was last made slower, in the clock's milliseconds. */
  #slowedAt = -Infinity;

  /** `lastAsked` is when the host was last asked, in the clock's milliseconds; `-Infinity`: never. */
  constructor(options: PacingOptions, lastAsked: number, snapshot?: PacingSnapshot) {
    const { clock } = options;
    this.#options = options;
    this.#crawlDelay = snapshot?.crawlDelay ?? 0;
    this.#pace = { ...initialPace, delay: snapshot?.delay ?? 0 };
    this.#pausedUntil = snapshot === undefined ? -Infinity : clock.now() + snapshot.notBefore - clock.wall();
    this.#restsUntil = lastAsked + 1000 * this.delay;
  }

  /** Seconds to wait between two requests; another number each time when delays are random. */
  get delay(): number {
    const { delay, randomizeDelay, random = Math.random } = this.#options;
    const longest = Math.max(delay, this.#crawlDelay, this.#pace.delay);
    return randomizeDelay ? longest * (1 + random() / 2) : longest;
  }

  /** How many requests may be in flight: with any delay, one. */
  get mostInFlight(): number {
    const { delay, concurrencyPerHost } = this.#options;
    return delay > 0 || this.#crawlDelay > 0 || this.#pace.delay > 0 ? 1 : concurrencyPerHost;
  }

  /** Earliest time of the next request, in the clock's milliseconds. */
  get readyAt(): number {
    return Math.max(this.#restsUntil, this.#pausedUntil);
  }

  /** Why the host is not asked before `readyAt`. */
  get reason(): "retry-after" | "throttle" | "delay" {
    if (this.#pausedUntil >= this.readyAt) return "retry-after";
    return this.#pace.delay > Math.max(this.#options.delay, this.#crawlDelay) ? "throttle" : "delay";
  }

  /** Begins the delay: a request has ended. */
  rest(): void {
    const { delay } = this;
    if (delay > 0) this.#restsUntil = this.#options.clock.now() + 1000 * delay;
  }

  /** Waits for so many seconds because the host asked for it; a longer wait goes on. */
  pause(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.now() + 1000 * seconds);
  }

  /** Keeps the delay that robots.txt asks for, in seconds, or a longer one that it asked for before. */
  keepCrawlDelay(seconds: number): void {
    this.#crawlDelay = Math.max(this.#crawlDelay, seconds);
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
  snapshot(): PacingSnapshot | undefined {
    const now = this.#options.clock.now(), wall = this.#options.clock.wall();
    if (this.#pace.delay === 0 && this.#crawlDelay === 0 && this.#pausedUntil <= now) return undefined;
    return {
      delay: this.#pace.delay,
      ...(this.#crawlDelay > 0 && { crawlDelay: this.#crawlDelay }),
      notBefore: Math.max(0, Math.round(wall + this.#pausedUntil - now)),
    };
  }
}
