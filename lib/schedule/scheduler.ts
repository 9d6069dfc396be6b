/**
 * Decides which request is next, and when a host may be asked again.
 *
 * It never sleeps, fetches or stores: `next` gives a request that may be sent now, and `wait` says how long until there
 * may be one. A host that must wait holds no place: among the hosts that may be asked, the request of the highest
 * priority comes first, then the one that came first.
 *
 * With a delay, one request at a time goes to a host, and the delay counts from the end of the last: so the gap in the
 * server's own log is never shorter, whatever the network does in between.
 *
 * @module
 */

import TinyQueue from "tinyqueue";
import { type Frontier, type Head, hostOf } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import type { Clock } from "../time/clock.ts";
import { HostQueue } from "./host_queue.ts";
import { adjust, initialPace, type Observation, type Pace, pushesBack } from "./throttle.ts";

/** Times in seconds. */
export interface SchedulerOptions {
  readonly frontier: Frontier;
  readonly clock: Clock;
  /** Requests in flight to all hosts together. */
  readonly concurrency: number;
  /** Requests in flight to one host. While several hosts have work, none takes more than its share of `concurrency`. */
  readonly concurrencyPerHost: number;
  /** Least time between two requests to one host. */
  readonly delay: number;
  /** Makes each delay longer by up to a half, at random. */
  readonly randomizeDelay: boolean;
  /** Slow down a host that pushes back. */
  readonly throttle: boolean;
  /** What `snapshot` gave in an earlier process: then every host waits its delay before its first request. */
  readonly snapshot?: SchedulerSnapshot;
  /** A number from 0 to below 1. @default {Math.random} */
  readonly random?: () => number;
}

/** The hosts that have a delay of their own, or asked to be left alone until a time in milliseconds since 1970. */
export interface SchedulerSnapshot {
  readonly hosts: readonly {
    readonly host: string;
    /** Seconds by which it was slowed down. */
    readonly delay: number;
    /** Seconds that its robots.txt asks for. */
    readonly crawlDelay?: number;
    readonly notBefore: number;
  }[];
}

/** Why no request is next although some wait. */
export interface Waiting {
  readonly reason: "delay" | "throttle" | "retry-after" | "robots" | "retry";
  readonly host: string;
  /** Seconds until it is over; undefined when an answer decides. */
  readonly seconds: number | undefined;
}

interface Host {
  inFlight: number;
  /** Earliest time of the next request, in the clock's milliseconds. */
  readyAt: number;
  /** The server's own word (`Retry-After`) until when to wait, in the clock's milliseconds. */
  pausedUntil: number;
  /** `Crawl-delay` from robots.txt, in seconds. */
  crawlDelay: number;
  pace: Pace;
  /** When the pace was last made slower, in the clock's milliseconds. */
  slowedAt: number;
  /** Nothing is sent until robots.txt is known. */
  held: boolean;
}

/** Pending requests in, the next one to send out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #frontier: Frontier;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hosts = new Map<string, Host>();
  readonly #ready = new HostQueue<Head>((a, b) => b.priority - a.priority || a.arrival - b.arrival);
  readonly #later = new HostQueue<number>((a, b) => a - b);
  /** Hosts that may be asked but have their share in flight. */
  readonly #full = new Set<string>();
  /** Hosts with a request waiting or in flight. */
  readonly #active = new Set<string>();
  /** Requests whose own time has not come, by that time. */
  readonly #retries = new TinyQueue<Request>([], (a, b) => a.notBefore - b.notBefore);
  readonly #begin: number;
  /** Requests in flight, each with the clock's time at which it was sent. */
  readonly #sent = new Map<Request, number>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#frontier = options.frontier;
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
    // Keeps P5 over a kill: when the last process asked a host is not known, but it was before now.
    this.#begin = options.snapshot === undefined ? -Infinity : options.clock.now();
    for (const { host, delay, crawlDelay = 0, notBefore } of options.snapshot?.hosts ?? []) {
      const state = this.#host(host);
      state.crawlDelay = crawlDelay;
      state.pace = { ...initialPace, delay };
      state.pausedUntil = options.clock.now() + notBefore - options.clock.wall();
      state.readyAt = this.#begin + 1000 * this.#delay(state);
    }
    for (const host of options.frontier.hosts()) this.#queue(host);
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#frontier.waiting + this.#retries.length;
  }

  /** Requests sent and not ended. */
  get inFlight(): number {
    return this.#sent.size;
  }

  /** Adds a request unless it is known; returns whether it was added. */
  add(request: Request): boolean {
    const added = this.#frontier.add(request);
    if (added) this.#queue(hostOf(request.url));
    return added;
  }

  /** Adds another attempt of a request that is done with. */
  addAgain(request: Request): void {
    this.#frontier.addAgain(request);
    this.#queue(hostOf(request.url));
  }

  /** Takes the next request that may be sent now; undefined when there is none. */
  next(): Request | undefined {
    this.#wake();
    while (this.#sent.size < this.#options.concurrency) {
      const host = this.#ready.pop();
      if (host === undefined) return undefined;
      const state = this.#host(host);
      const request = this.#frontier.take(host);
      if (request === undefined) {
        // Only a queue that cannot give its request just now comes here: ask again in a second.
        if (this.#frontier.head(host) !== undefined) this.#later.set(host, this.#clock.now() + 1000);
        continue;
      }
      if (request.notBefore > this.#clock.wall()) {
        this.#retries.push(request);
        this.#queue(host);
        continue;
      }
      state.inFlight += 1;
      this.#sent.set(request, this.#clock.now());
      this.#queue(host);
      return request;
    }
    return undefined;
  }

  /**
   * Milliseconds until `next` may give something that it does not give now; undefined when only an answer can bring
   * that about.
   */
  wait(): number | undefined {
    const later = this.#later.peek();
    const retry = this.#retries.peek();
    const times = [
      ...(later === undefined ? [] : [later.key - this.#clock.now()]),
      ...(retry === undefined ? [] : [retry.notBefore - this.#clock.wall()]),
    ];
    return times.length === 0 ? undefined : Math.max(0, Math.min(...times));
  }

  /**
   * Ends a request in flight and takes note of how its host answered; without an observation nothing was sent, and no
   * delay begins. `retryAfter`: the seconds that the host asked for.
   */
  ended(request: Request, observation: Observation | undefined, retryAfter = 0): void {
    const host = hostOf(request.url);
    const state = this.#host(host);
    if (observation !== undefined) {
      if (this.#options.throttle) this.#adjust(state, observation, this.#sent.get(request) ?? -Infinity);
      this.#rest(state);
    }
    if (retryAfter > 0) state.pausedUntil = Math.max(state.pausedUntil, this.#clock.now() + 1000 * retryAfter);
    state.inFlight -= 1;
    this.#sent.delete(request);
    this.#queue(host);
    if (this.#full.size === 0) return;
    const full = [...this.#full];
    this.#full.clear();
    for (const each of full) this.#queue(each);
  }

  /** Puts a request that has ended, and is not done, back before the others of its host. */
  putBack(request: Request): void {
    this.#frontier.giveBack(request);
    this.#queue(hostOf(request.url));
  }

  /** Seconds to wait between two requests to a host. */
  delayOf(host: string): number {
    return this.#delay(this.#host(host));
  }

  /** Sends nothing to a host until `release`. */
  hold(host: string): void {
    this.#host(host).held = true;
    this.#ready.delete(host);
    this.#later.delete(host);
  }

  /** Ends `hold`. The robots.txt that was asked for counts as a request; `crawlDelay`, in seconds, is what it says. */
  release(host: string, crawlDelay = 0): void {
    const state = this.#host(host);
    state.held = false;
    state.crawlDelay = Math.max(state.crawlDelay, crawlDelay);
    this.#rest(state);
    this.#queue(host);
  }

  /** Why nothing is next, as far as one host explains it. */
  waitingFor(): Waiting | undefined {
    const later = this.#later.peek();
    if (later !== undefined) {
      const state = this.#host(later.host);
      const seconds = Math.max(0, (later.key - this.#clock.now()) / 1000);
      const reason = state.pausedUntil >= later.key
        ? "retry-after"
        : state.pace.delay > Math.max(this.#options.delay, state.crawlDelay)
        ? "throttle"
        : "delay";
      return { reason, host: later.host, seconds };
    }
    const retry = this.#retries.peek();
    if (retry !== undefined) {
      const seconds = Math.max(0, (retry.notBefore - this.#clock.wall()) / 1000);
      return { reason: "retry", host: hostOf(retry.url), seconds };
    }
    for (const host of this.#active) {
      if (this.#hosts.get(host)?.held) return { reason: "robots", host, seconds: undefined };
    }
    return undefined;
  }

  snapshot(): SchedulerSnapshot {
    const now = this.#clock.now(), wall = this.#clock.wall();
    const hosts = [];
    for (const [host, { pace, crawlDelay, pausedUntil }] of this.#hosts) {
      if (pace.delay === 0 && crawlDelay === 0 && pausedUntil <= now) continue;
      hosts.push({
        host,
        delay: pace.delay,
        ...(crawlDelay > 0 && { crawlDelay }),
        notBefore: Math.max(0, Math.round(wall + pausedUntil - now)),
      });
    }
    return { hosts };
  }

  #host(host: string): Host {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = {
        inFlight: 0,
        readyAt: -Infinity,
        pausedUntil: -Infinity,
        crawlDelay: 0,
        pace: initialPace,
        slowedAt: -Infinity,
        held: false,
      };
      state.readyAt = this.#begin + 1000 * this.#delay(state);
      this.#hosts.set(host, state);
    }
    return state;
  }

  #delay({ crawlDelay, pace }: Host): number {
    const delay = Math.max(this.#options.delay, crawlDelay, pace.delay);
    return this.#options.randomizeDelay ? delay * (1 + this.#random() / 2) : delay;
  }

  /** How many requests may be in flight to a host now. */
  #limit(state: Host): number {
    if (this.#options.delay > 0 || state.crawlDelay > 0 || state.pace.delay > 0) return 1;
    const share = Math.ceil(this.#options.concurrency / Math.max(1, this.#active.size));
    return Math.min(this.#options.concurrencyPerHost, share);
  }

  /** Begins the delay after a request has ended. */
  #rest(state: Host): void {
    const delay = this.#delay(state);
    if (delay > 0) state.readyAt = this.#clock.now() + 1000 * delay;
  }

  /** Several requests that were on their way when a host first pushed back say the same, and slow it down once. */
  #adjust(state: Host, observation: Observation, sentAt: number): void {
    const slower = pushesBack(observation.status);
    if (slower && sentAt <= state.slowedAt) return;
    state.pace = adjust(state.pace, observation, this.#options.concurrencyPerHost);
    if (slower) state.slowedAt = this.#clock.now();
  }

  /** Gives a host its place: among those that may be asked now, or later, or when one of its requests has ended. */
  #queue(host: string): void {
    const head = this.#frontier.head(host);
    const state = this.#host(host);
    if (head === undefined) {
      this.#ready.delete(host);
      this.#later.delete(host);
      this.#full.delete(host);
      if (state.inFlight === 0) this.#active.delete(host);
      return;
    }
    this.#active.add(host);
    if (state.held) return;
    const at = Math.max(state.readyAt, state.pausedUntil);
    if (state.inFlight >= this.#limit(state)) {
      this.#full.add(host);
      this.#ready.delete(host);
    } else if (at > this.#clock.now()) {
      this.#later.set(host, at);
      this.#ready.delete(host);
    } else {
      this.#ready.set(host, head);
    }
  }

  /** Moves what has waited long enough. */
  #wake(): void {
    for (let retry = this.#retries.peek(); retry !== undefined && retry.notBefore <= this.#clock.wall();) {
      this.#retries.pop();
      this.putBack(retry);
      retry = this.#retries.peek();
    }
    for (let later = this.#later.peek(); later !== undefined && later.key <= this.#clock.now();) {
      this.#later.pop();
      this.#queue(later.host);
      later = this.#later.peek();
    }
  }
}
