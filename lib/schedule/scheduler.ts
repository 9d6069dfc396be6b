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
 * A request that takes several times as long as usual has stalled: it gives up its place, so that slow hosts do not
 * hold up the others, and its host gets no place until it has answered in time again. Its requests go out beside the
 * others instead, and there is a limit to those too.
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
  /** Requests in flight to all hosts together, those to robots.txt included and those that have stalled left out. */
  readonly concurrency: number;
  /** Requests in flight to one host. While several hosts can be asked, none takes more than its share of `concurrency`. */
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
  readonly name: string;
  inFlight: number;
  /** How many of them hold a place. */
  placed: number;
  /** Its last request has stalled: it gets no place. */
  stalls: boolean;
  /** Earliest time of the next request, in the clock's milliseconds. */
  readyAt: number;
  /** The server's own word (`Retry-After`) until when to wait, in the clock's milliseconds. */
  pausedUntil: number;
  /** `Crawl-delay` from robots.txt, in seconds. */
  crawlDelay: number;
  pace: Pace;
  /** When the pace was last made slower, in the clock's milliseconds. */
  slowedAt: number;
}

/** What is in flight: a request, or the host itself for its robots.txt. */
type Sent = Request | Host;

/** A request has stalled when it takes so many times as long as usual, within these bounds in milliseconds. */
const stallFactor = 3, leastPatience = 500, mostPatience = 5000;
/** Stalled requests, and those to hosts that stall: at most so many for each place. */
const stalledEach = 8;

/** The highest priority first, then what came first. */
function byTurn(a: Head, b: Head): number {
  return b.priority - a.priority || a.arrival - b.arrival;
}

/** Pending requests in, the next one to send out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #frontier: Frontier;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hosts = new Map<string, Host>();
  readonly #ready = new HostQueue<Head>(byTurn);
  /** Those of the hosts that may be asked whose last request has stalled. */
  readonly #stalled = new HostQueue<Head>(byTurn);
  readonly #later = new HostQueue<number>((a, b) => a - b);
  /** Hosts that may be asked but have their share in flight. */
  readonly #full = new Set<string>();
  /** Hosts that hold a place or could take one. */
  readonly #claiming = new Set<string>();
  /** Hosts that wait for their robots.txt. */
  readonly #held = new Set<Host>();
  /** Requests whose own time has not come, by that time. */
  readonly #retries = new TinyQueue<Request>([], (a, b) => a.notBefore - b.notBefore);
  readonly #begin: number;
  /** What is in flight, each with the clock's time at which it was sent. */
  readonly #sent = new Map<Sent, number>();
  /** What of it holds a place, oldest first. */
  readonly #placed = new Set<Sent>();
  /** How long a request usually takes, in milliseconds. */
  #usual = leastPatience / stallFactor;

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

  /** Requests sent and not ended, those to robots.txt among them. */
  get inFlight(): number {
    return this.#sent.size;
  }

  /** How many of these are requests to robots.txt. */
  get asking(): number {
    return this.#held.size;
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
    for (let host = this.#nextHost(); host !== undefined; host = this.#nextHost()) {
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
      this.#send(request, this.#host(host));
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
    const oldest = this.#isShort && this.#mayStall ? this.#placed.values().next().value : undefined;
    const times = [
      ...(oldest === undefined ? [] : [this.#sent.get(oldest)! + this.#patience - this.#clock.now()]),
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
      const sentAt = this.#sent.get(request) ?? -Infinity;
      if (this.#options.throttle) this.#adjust(state, observation, sentAt);
      this.#learn(state, this.#clock.now() - sentAt);
      this.#rest(state);
    }
    if (retryAfter > 0) state.pausedUntil = Math.max(state.pausedUntil, this.#clock.now() + 1000 * retryAfter);
    this.#back(request, state);
    this.#queue(host);
    this.#queueFull();
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

  /** Sends nothing to a host until `release`: its robots.txt is in flight instead. */
  hold(host: string): void {
    const state = this.#host(host);
    this.#held.add(state);
    this.#send(state, state);
    this.#unqueue(host);
  }

  /** Ends `hold`. The robots.txt that was asked for counts as a request; `crawlDelay`, in seconds, is what it says. */
  release(host: string, crawlDelay = 0): void {
    const state = this.#host(host);
    this.#held.delete(state);
    this.#learn(state, this.#clock.now() - (this.#sent.get(state) ?? 0));
    this.#back(state, state);
    state.crawlDelay = Math.max(state.crawlDelay, crawlDelay);
    this.#rest(state);
    this.#queue(host);
    this.#queueFull();
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
    const [held] = this.#held;
    return held && { reason: "robots", host: held.name, seconds: undefined };
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
        name: host,
        inFlight: 0,
        placed: 0,
        stalls: false,
        readyAt: -Infinity,
        pausedUntil: -Infinity,
        crawlDelay: 0,
        pace: initialPace,
        slowedAt: -Infinity,
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
    return Math.min(this.#options.concurrencyPerHost, this.#share);
  }

  /** The places that one of the hosts gets that hold or want some. */
  get #share(): number {
    return Math.ceil(this.#options.concurrency / Math.max(1, this.#claiming.size));
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
    this.#unqueue(host);
    if (head === undefined || this.#held.has(state)) return;
    const at = Math.max(state.readyAt, state.pausedUntil);
    if (state.inFlight >= this.#limit(state)) {
      this.#full.add(host);
    } else if (at > this.#clock.now()) {
      this.#later.set(host, at);
    } else if (state.stalls) {
      this.#stalled.set(host, head);
    } else {
      this.#ready.set(host, head);
      this.#claiming.add(host);
    }
  }

  #unqueue(host: string): void {
    this.#ready.delete(host);
    this.#stalled.delete(host);
    this.#later.delete(host);
    this.#full.delete(host);
    if (this.#host(host).placed === 0) this.#claiming.delete(host);
  }

  /** Looks again at the hosts that have their share in flight: it may have grown. */
  #queueFull(): void {
    if (this.#full.size === 0) return;
    for (const host of [...this.#full]) this.#queue(host);
  }

  /** Whether another request may be in flight without a place. */
  get #mayStall(): boolean {
    return this.#sent.size - this.#placed.size < stalledEach * this.#options.concurrency;
  }

  get #isFull(): boolean {
    return this.#placed.size >= this.#options.concurrency;
  }

  /** Whether somebody waits for a place. */
  get #isShort(): boolean {
    return this.#isFull || (this.#full.size > 0 && this.#share < this.#options.concurrencyPerHost);
  }

  /** Takes the host that may be asked next out of its queue. */
  #nextHost(): string | undefined {
    const host = this.#isFull ? undefined : this.#ready.pop();
    if (host !== undefined) return host;
    return this.#mayStall ? this.#stalled.pop() : undefined;
  }

  #send(sent: Sent, state: Host): void {
    state.inFlight += 1;
    this.#sent.set(sent, this.#clock.now());
    if (state.stalls) return;
    state.placed += 1;
    this.#placed.add(sent);
    this.#claiming.add(state.name);
  }

  #back(sent: Sent, state: Host): void {
    state.inFlight -= 1;
    this.#sent.delete(sent);
    if (this.#placed.delete(sent)) state.placed -= 1;
  }

  /** How long a request may hold its place, in milliseconds. */
  get #patience(): number {
    return Math.min(mostPatience, Math.max(leastPatience, stallFactor * this.#usual));
  }

  /** Takes note of how long a request took, in milliseconds. */
  #learn(state: Host, took: number): void {
    state.stalls = took >= this.#patience;
    this.#usual += 0.05 * (Math.min(took, this.#patience) - this.#usual);
  }

  /** Takes their places from the requests that have stalled. */
  #displace(): void {
    let any = false;
    for (const sent of this.#placed) {
      if (!this.#mayStall || this.#sent.get(sent)! + this.#patience > this.#clock.now()) break;
      const state = "name" in sent ? sent : this.#host(hostOf(sent.url));
      this.#placed.delete(sent);
      state.placed -= 1;
      state.stalls = true;
      this.#queue(state.name);
      any = true;
    }
    if (any) this.#queueFull();
  }

  /** Moves what has waited long enough. */
  #wake(): void {
    if (this.#isShort) this.#displace();
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
