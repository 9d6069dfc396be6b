/**
 * The proxies of one name, and which of them may be used now.
 *
 * Pure bookkeeping on times of a clock: it neither sends nor waits.
 *
 * @module
 */

import { formatDuration } from "../../text/duration.ts";
import type { Clock } from "../../time/clock.ts";
import type { Proxy } from "./proxy.ts";

/** How long a proxy that fails rests at first, and at most, in milliseconds; it doubles in between. */
const firstRest = 30_000, longestRest = 600_000;

interface Health {
  readonly proxy: Proxy;
  /** How often it has failed since it last worked. */
  failures: number;
  /** When it may be used again, when it last failed, and when it last worked, in the clock's milliseconds. */
  readyAt: number;
  failedAt: number;
  workedAt: number;
  /** After its rest one request goes through it, and the others wait for how that ends. */
  onTrial: boolean;
  /** It refuses our user name and password, and is not asked again. */
  denied: boolean;
}

export interface ProxiesOptions {
  /** What `--proxy-type` calls them. */
  readonly name: string;
  readonly proxies: readonly Proxy[];
  readonly clock: Clock;
  /** Told when a proxy begins to rest or is given up, in a line for the log. */
  readonly onTrouble?: (line: string) => void;
}

/**
 * Gives the proxies of a name in turn, and lets those rest that fail: for 30 seconds, then twice as long each time, up
 * to 10 minutes.
 */
export class Proxies {
  readonly name: string;
  readonly #clock: Clock;
  readonly #ring: readonly Health[];
  readonly #onTrouble: (line: string) => void;
  #turn = 0;
  #downSince: number | undefined;

  constructor({ name, proxies, clock, onTrouble = () => {} }: ProxiesOptions) {
    this.name = name;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    this.#ring = proxies.map((proxy) => ({
      proxy,
      failures: 0,
      readyAt: -Infinity,
      failedAt: -Infinity,
      workedAt: -Infinity,
      onTrial: false,
      denied: false,
    }));
  }

  /** Every one of them, also those that rest. */
  get all(): readonly Proxy[] {
    return this.#ring.map(({ proxy }) => proxy);
  }

  /** Returns the next in turn that may be used and is not among `tried`; undefined when there is none. */
  next(tried?: ReadonlySet<Proxy>): Proxy | undefined {
    const now = this.#clock.now();
    for (let step = 0; step < this.#ring.length; step++) {
      const at = (this.#turn + step) % this.#ring.length;
      const health = this.#ring[at]!;
      if (health.denied || health.onTrial || health.readyAt > now || tried?.has(health.proxy)) continue;
      this.#turn = at + 1;
      health.onTrial = health.failures > 0;
      return health.proxy;
    }
    return undefined;
  }

  /** It did what it is for: an answer came through it, or word that there is none to be had. */
  worked(proxy: Proxy): void {
    const health = this.#of(proxy);
    health.failures = 0;
    health.readyAt = -Infinity;
    health.workedAt = this.#clock.now();
    health.onTrial = false;
    this.#downSince = undefined;
  }

  /**
   * It failed a request that began at a time of the clock, in milliseconds. Of several requests that were under way
   * together one counts.
   */
  failed(proxy: Proxy, beganAt: number, reason: string): void {
    const health = this.#of(proxy), now = this.#clock.now();
    if (beganAt <= health.failedAt) return;
    const rest = Math.min(longestRest, firstRest * 2 ** health.failures);
    health.failures += 1;
    health.failedAt = now;
    health.readyAt = now + rest;
    health.onTrial = false;
    if (this.#ring.every(({ denied, failures }) => denied || failures > 0)) this.#downSince ??= now;
    this.#onTrouble(`${reason}; it rests for ${formatDuration(rest / 1000)}`);
  }

  /** How a request through it ended tells nothing about it. */
  undecided(proxy: Proxy): void {
    this.#of(proxy).onTrial = false;
  }

  /** It refuses our user name and password. */
  denied(proxy: Proxy, reason: string): void {
    const health = this.#of(proxy);
    if (health.denied) return;
    health.denied = true;
    this.#onTrouble(`${reason}; it is not asked again`);
  }

  /** Whether it has worked since a time of the clock, in milliseconds. */
  hasWorkedSince(proxy: Proxy, time: number): boolean {
    return this.#of(proxy).workedAt >= time;
  }

  /** Whether every one refuses our user name and password. */
  get areDenied(): boolean {
    return this.#ring.every(({ denied }) => denied);
  }

  /** Since when none works, in the clock's milliseconds; undefined while one may. */
  get downSince(): number | undefined {
    return this.#downSince;
  }

  /** Up to `count` of them, resting or not, those next in turn first. */
  some(count: number): readonly Proxy[] {
    const from = this.#turn % this.#ring.length;
    const inTurn = [...this.#ring.slice(from), ...this.#ring.slice(0, from)].filter(({ denied }) => !denied);
    this.#turn += Math.min(count, inTurn.length);
    return inTurn.slice(0, count).map(({ proxy }) => proxy);
  }

  #of(proxy: Proxy): Health {
    const health = this.#ring.find((each) => each.proxy === proxy);
    if (health === undefined) throw new RangeError(`"${proxy.name}" is not one of the proxies of "${this.name}"`);
    return health;
  }
}
