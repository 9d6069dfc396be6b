/**
 * What is known of robots.txt files, in memory and, for the next process, in a log.
 *
 * @module
 */

import type { KeyedLog } from "../disk/keyed_log.ts";
import type { Failure } from "../model/outcome.ts";
import type { RobotsGroup } from "../robots/groups.ts";
import { robotsFor, robotsLifetime, type RobotsRules, type RobotsVerdict, rulesOf } from "../robots/rules.ts";
import type { Clock } from "../time/clock.ts";

/** What is known of an origin. */
export interface Known {
  readonly rules: RobotsRules;
  /** The clock's time from which on it must be asked again. */
  readonly until: number;
  /** Why its robots.txt cannot be read. */
  readonly failure: Failure | undefined;
}

/** How far the asking for a robots.txt has come. */
export interface Progress {
  /** Where a redirect has led, unless that is the beginning. */
  readonly at?: string;
  readonly hops: number;
  /** Attempts that have failed. */
  readonly attempts: number;
}

export interface RobotsMemoryOptions {
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log?: KeyedLog | undefined;
}

/** What the log says of an origin. */
interface Kept {
  /** For whom the rules are. */
  readonly userAgent: string;
  /** Until when they count, in milliseconds since 1970. */
  readonly until: number;
  readonly said: RobotsGroup;
  readonly failure?: Failure;
}

/** What an earlier process kept, until somebody wants to know. */
interface Unread {
  readonly kept: Kept;
}

/**
 * Origins that are remembered, and bytes of memory for what their files say; the oldest is forgotten first, and asked
 * again if need be.
 */
const mostOrigins = 20_000, mostBytes = 64_000_000;

const beginning: Progress = { hops: 0, attempts: 0 };

/** Remembers origins, the oldest first. */
export class RobotsMemory {
  readonly #options: RobotsMemoryOptions;
  readonly #known = new Map<string, Known | Unread>();
  readonly #progress = new Map<string, Progress>();
  #bytes = 0;

  constructor(options: RobotsMemoryOptions) {
    this.#options = options;
    options.log?.each((key, value) => {
      if (isProgress(key)) this.#progress.set(key.slice(1), value as Progress);
      else if ((value as Kept).userAgent === options.userAgent) this.#known.set(key, { kept: value as Kept });
    });
  }

  get(origin: string): Known | undefined {
    const known = this.#known.get(origin);
    return known !== undefined && "kept" in known ? this.#read(origin, known.kept) : known;
  }

  /** Takes in what an origin says, or that it cannot say. */
  set(origin: string, { rules, said, askAgainAfter }: RobotsVerdict, failure: Failure | undefined): void {
    const { userAgent, clock, log } = this.#options;
    this.setProgress(origin, beginning);
    const until = Math.ceil(clock.wall() + 1000 * askAgainAfter);
    log?.set(origin, { userAgent, until, said, ...failure && { failure } } satisfies Kept);
    log?.flush();
    this.#put(origin, { rules, until: clock.now() + 1000 * askAgainAfter, failure });
  }

  /** Lets what an origin said count for so many seconds from now on. */
  prolong(origin: string, seconds: number): void {
    const known = this.get(origin);
    this.setProgress(origin, beginning);
    if (known !== undefined) this.#put(origin, { ...known, until: this.#options.clock.now() + 1000 * seconds });
  }

  progress(origin: string): Progress {
    return this.#progress.get(origin) ?? beginning;
  }

  setProgress(origin: string, progress: Progress): void {
    const { log } = this.#options;
    if (progress !== beginning) {
      this.#progress.set(origin, progress);
      log?.set(progressKey(origin), progress);
    } else if (this.#progress.delete(origin)) log?.delete(progressKey(origin));
    log?.flush();
  }

  #read(origin: string, { until, said, failure }: Kept): Known {
    const { clock, userAgent } = this.#options;
    // However the calendar was set since, no longer than it counts at first.
    const left = Math.min(until - clock.wall(), 1000 * robotsLifetime);
    const file = `${origin}/robots.txt`;
    const rules = failure === undefined ? rulesOf(file, said) : robotsFor(file, { failure }, userAgent).rules;
    const known = { rules, until: clock.now() + left, failure };
    this.#put(origin, known);
    return known;
  }

  #put(origin: string, known: Known): void {
    this.#forget(origin);
    this.#known.set(origin, known);
    this.#bytes += known.rules.size;
    while (this.#known.size > 1 && (this.#known.size > mostOrigins || this.#bytes > mostBytes)) {
      const [oldest] = this.#known.keys();
      this.#forget(oldest!);
      this.#options.log?.delete(oldest!);
    }
  }

  #forget(origin: string): void {
    const known = this.#known.get(origin);
    if (known !== undefined && !("kept" in known)) this.#bytes -= known.rules.size;
    this.#known.delete(origin);
  }
}

/** An origin begins with a letter. */
const mark = "?";
const progressKey = (origin: string) => mark + origin;
const isProgress = (key: string) => key.startsWith(mark);
