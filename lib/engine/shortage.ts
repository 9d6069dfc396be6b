/**
 * Going on with less where this machine has nothing left for another connection.
 *
 * Nobody else is to blame then, so no request has used up an attempt. Half as many may be in flight from now on, what is
 * idle is let go of, and after a pause the crawl goes on. When there has been enough for a while it has twice as many
 * again.
 *
 * @module
 */

import { descriptorLimit } from "../disk/descriptors.ts";
import type { Failure, Lacking } from "../model/outcome.ts";
import { formatCount } from "../text/count.ts";
import type { Clock } from "../time/clock.ts";

export interface ShortageOptions {
  readonly clock: Clock;
  /** Requests that may be in flight where nothing is short. */
  readonly most: number;
  /** Told how many may be, from now on. */
  readonly limit: (most: number) => void;
  /** Told whether connections may be kept for the next requests. */
  readonly keepConnections: (keeps: boolean) => void;
  /** Told once of each thing that is short, in a line for the log. */
  readonly warn: (message: string) => void;
  /** Told that requests may be sent again. */
  readonly onEnd: () => void;
  /** Seconds without an answer after which `onTimeout` is called. */
  readonly timeout: number;
  readonly onTimeout: () => void;
}

/** The first pause, and the longest, in seconds; it doubles in between while nothing is answered. */
const firstPause = 1, longestPause = 30;
/** Seconds without a shortage after which twice as many may be in flight; each shortage doubles them. */
const firstCalm = 60, longestCalm = 3600;

/** Watches what is short. */
export class ShortageWatch {
  readonly #options: ShortageOptions;
  readonly #said = new Set<Lacking>();
  #most: number;
  #pause = firstPause;
  #calm = firstCalm;
  /** When the number in flight was last changed, and since when nothing has been answered, in the clock's milliseconds. */
  #changedAt = -Infinity;
  #since: number | undefined;
  #failure: Failure | undefined;
  #cancel: () => void = () => {};

  constructor(options: ShortageOptions) {
    this.#options = options;
    this.#most = options.most;
  }

  /** What is short while no request is to be sent; undefined while one may be. */
  get pausing(): Failure | undefined {
    return this.#failure;
  }

  /**
   * Takes note of a request that failed for want of something; `beganAt` is the start of its attempt, in the clock's
   * milliseconds, `inFlight` how many there were. Of several that were on their way together one counts.
   */
  met(failure: Failure, beganAt: number, inFlight: number): void {
    const { clock, limit, keepConnections, timeout, onTimeout } = this.#options;
    const { lacking = "memory" } = failure;
    // Other hosts have ports left: what is for this one waits by itself.
    if (lacking !== "ports" && beganAt > this.#changedAt) {
      const now = clock.now();
      this.#changedAt = now;
      this.#since ??= now;
      this.#most = Math.max(1, Math.floor(Math.min(this.#most, inFlight) / 2));
      limit(this.#most);
      if (lacking === "files") keepConnections(false);
      if (now - this.#since >= 1000 * timeout) onTimeout();
      else this.#rest(failure);
    }
    this.#say(lacking);
  }

  /** Notes that something has been answered. */
  answered(): void {
    this.#since = undefined;
    this.#pause = firstPause;
    const { clock, most, limit, keepConnections } = this.#options;
    const now = clock.now();
    if (this.#most === most || now - this.#changedAt < 1000 * this.#calm) return;
    this.#changedAt = now;
    this.#most = Math.min(most, 2 * this.#most);
    limit(this.#most);
    if (this.#most === most) keepConnections(true);
  }

  /** Ends all waiting. */
  stop(): void {
    this.#cancel();
  }

  #rest(failure: Failure): void {
    this.#cancel();
    this.#failure = failure;
    this.#cancel = this.#options.clock.after(1000 * this.#pause, () => {
      this.#failure = undefined;
      this.#options.onEnd();
    });
    this.#pause = Math.min(longestPause, 2 * this.#pause);
    this.#calm = Math.min(longestCalm, 2 * this.#calm);
  }

  #say(lacking: Lacking): void {
    if (this.#said.has(lacking)) return;
    this.#said.add(lacking);
    this.#options.warn(wordsOf(lacking, this.#most));
  }
}

function wordsOf(lacking: Lacking, most: number): string {
  const goesOn = `No page is given up for it: the crawl goes on with at most ${formatCount(most)} requests in flight`;
  switch (lacking) {
    case "files": {
      const limit = descriptorLimit();
      const many = limit === undefined ? "as many as there may be" : `of ${formatCount(limit)} that there may be`;
      return `Too many files and connections are open, ${many}. ${goesOn}, and keeps no connection for the next. ` +
        `"ulimit -n" before the crawl allows more`;
    }
    case "memory":
      return `This machine has no memory, buffers or threads left for another connection. ${goesOn}. ` +
        "Other programs may take them; a lower concurrency needs fewer";
    case "ports":
      return "This machine has no port left for another connection to a host: what is for it waits. " +
        "A port comes free a minute after its connection has ended; net.ipv4.ip_local_port_range says how many there are";
  }
}
