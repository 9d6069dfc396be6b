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
 * others instead, and there is a limit to those too. Any number of the hosts that are not known yet may be dead: they
 * get half of the places while others want them, and none while many have stalled.
 *
 * A host that has no work is forgotten as soon as its rest is over.
 *
 * @module
 */

import type { KeyedLog } from "../disk/keyed_log.ts";
import { type Frontier, hostOf } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import type { Clock } from "../time/clock.ts";
import { Claims } from "./claims.ts";
import { HostLog, type OlderHost } from "./host_log.ts";
import { HostQueue } from "./host_queue.ts";
import { InFlight } from "./in_flight.ts";
import { Pacing, type PacingOptions, type PacingRecord, sinceThen } from "./pacing.ts";
import { ReadyHosts } from "./ready_hosts.ts";
import { Retries } from "./retries.ts";
import { afterStall, type Standing, takesPlaces } from "./standing.ts";
import type { Observation } from "./throttle.ts";

/** Times in seconds. */
export interface SchedulerOptions extends PacingOptions {
  readonly frontier: Frontier;
  /** Requests in flight to all hosts together, those to robots.txt included and those that have stalled left out. */
  readonly concurrency: number;
  /** Requests in flight to one host. While several hosts can be asked, none takes more than its share of `concurrency`. */
  readonly concurrencyPerHost: number;
  /** The longest wait that a server gets with `Retry-After`. */
  readonly maxRetryAfter: number;
  /** Keeps what must be known of hosts in the next process, and has what the last one kept. @default {nothing is kept} */
  readonly log?: KeyedLog | undefined;
  /** What `snapshot` gave in an earlier process. */
  readonly snapshot?: SchedulerSnapshot;
}

/** What a checkpoint says of the scheduler; what it says of hosts is in the log. */
export interface SchedulerSnapshot {
  /** The configured delay, in seconds. */
  readonly delay?: number;
  /** When a host may have been asked of which nothing is kept, in milliseconds since 1970. */
  readonly asked?: number;
  /** The hosts that have a delay of their own, or asked to be left alone, in a checkpoint of format 1 or 2. */
  readonly hosts?: readonly OlderHost[];
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
  /** How many requests to it are taken, and neither done nor put back. */
  open: number;
  standing: Standing;
  readonly pacing: Pacing;
  /** What is to be asked of it before its own requests, for others. */
  readonly errands: Errand[];
}

/** A request to another host, for the robots.txt of one. */
export interface Elsewhere {
  /** The host that is asked. */
  readonly host: string;
  readonly priority: number;
  /** Called by `next` when that host may be asked: the request is sent. */
  readonly begin: () => void;
}

interface Errand extends Omit<Elsewhere, "host"> {
  readonly at: Host;
}

/** What is in flight: a request, the host itself for its robots.txt, or what is asked of it for another's. */
type Sent = Request | Host | Errand;

/** Hosts without work that are remembered because they stall; the oldest is forgotten first. */
const mostStalled = 10_000;

/** Pending requests in, the next one to send out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #frontier: Frontier;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Host>();
  /** Hosts that may be asked now. */
  readonly #ready = new ReadyHosts();
  readonly #later = new HostQueue<number>((a, b) => a - b);
  /** Hosts without work, by the time at which they are forgotten. */
  readonly #leaving = new HostQueue<number>((a, b) => a - b);
  /** Hosts that may be asked but have their share in flight. */
  readonly #full = new Set<string>();
  readonly #claims = new Claims();
  /** Hosts that were forgotten and had stalled. */
  readonly #stalled = new Map<string, Standing>();
  /** Hosts that wait for their robots.txt. */
  readonly #held = new Set<Host>();
  /** Those of them whose robots.txt is at another host. */
  readonly #errands = new Map<Host, Errand>();
  /** How many of these are not sent yet. */
  #unsent = 0;
  readonly #retries: Retries;
  readonly #log: HostLog;
  /** When a host was last asked of which nothing is kept, in the clock's milliseconds. */
  readonly #lastAsked: number;
  readonly #inFlight: InFlight<Sent>;
  /** A host is in one of these at most. */
  readonly #queues: readonly { delete(host: string): void }[] = [this.#ready, this.#later, this.#full, this.#leaving];

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#frontier = options.frontier;
    this.#clock = options.clock;
    this.#inFlight = new InFlight(options.concurrency, options.clock);
    this.#log = new HostLog(options.log);
    this.#retries = new Retries(options.clock, options.maxRetryAfter);
    const { snapshot, delay, clock } = options;
    // Where no delay was kept, or a shorter one, any host may have been asked just now.
    const isSlower = snapshot !== undefined && delay > (snapshot.delay ?? 0);
    this.#lastAsked = clock.now() - (isSlower ? 0 : sinceThen(snapshot?.asked, clock));
    for (const { name, record, isNew } of this.#log.restore(snapshot?.hosts ?? [], options.maxRetryAfter, clock)) {
      const host = this.#host(name, record);
      if (isNew) this.#keep(host);
      this.#queue(name);
    }
    for (const host of options.frontier.hosts()) this.#queue(host);
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#frontier.waiting + this.#retries.length;
  }

  /** Requests sent and not ended, those to robots.txt among them. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** How many of these are requests to robots.txt. */
  get asking(): number {
    return this.#held.size - this.#unsent;
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
      const errand = this.#host(host).errands.shift();
      if (errand !== undefined) {
        this.#unsent -= 1;
        this.#send(errand, errand.at);
        this.#queue(host);
        errand.begin();
        continue;
      }
      const request = this.#frontier.take(host);
      if (request === undefined) {
        // Only a queue that cannot give its request just now comes here: ask again in a second.
        if (this.#frontier.head(host) !== undefined) this.#later.set(host, this.#clock.now() + 1000);
        continue;
      }
      const state = this.#host(host);
      state.open += 1;
      const left = this.#retries.left(request);
      if (left > 0) this.#retries.add(this.#frontier.park(request, state.name), left);
      else this.#send(request, state);
      this.#queue(host);
      if (left <= 0) return request;
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
    const stall = this.#isShort ? this.#inFlight.stallsIn() : undefined;
    const times = [
      ...(stall === undefined ? [] : [stall]),
      ...(later === undefined ? [] : [later.key - this.#clock.now()]),
      ...(retry === undefined ? [] : [retry.ms]),
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
      state.pacing.observe(observation, this.#inFlight.sentAt(request));
      state.pacing.rest();
      this.#learn(request, state);
    }
    if (retryAfter > 0) state.pacing.pause(retryAfter);
    this.#back(request, state);
    this.#keep(state);
    this.#queue(host);
    this.#queueFull();
  }

  /** Allows so many requests in flight, from now on, and no more than `concurrency`. */
  limit(most: number): void {
    this.#inFlight.places = Math.min(most, this.#options.concurrency);
    this.#queueFull();
  }

  /** Slows a host down as one that pushes back: it went away while a request was in flight that began at that time. */
  slowDown(host: string, beganAt: number): void {
    const state = this.#host(host);
    state.pacing.observe({ latency: 0, status: "timeout" }, beganAt);
    this.#keep(state);
    this.#queue(host);
  }

  /** Puts a request that has ended, and is not done, back before the others of its host. */
  putBack(request: Request): void {
    this.#frontier.giveBack(request);
    this.#close(hostOf(request.url));
  }

  /** Forgets a request that has ended, and its host when that was the last one. */
  done(request: Request): void {
    this.#frontier.done(request);
    this.#close(hostOf(request.url));
  }

  /** Seconds to wait between two requests to a host. */
  delayOf(host: string): number {
    return this.#hosts.get(host)?.pacing.delay ?? this.#options.delay;
  }

  /**
   * Keeps the delay that the robots.txt of a host asks for, in seconds: a host that was forgotten meanwhile does not
   * know it any more.
   */
  keepCrawlDelay(host: string, seconds: number): void {
    if (seconds === 0) return;
    const state = this.#host(host);
    if (!state.pacing.keepCrawlDelay(seconds)) return;
    this.#keep(state);
    this.#queue(host);
  }

  /**
   * Sends nothing to a host until `release`: its robots.txt is in flight instead. One that is `elsewhere` is asked for
   * when that host may be asked, before the requests that wait there.
   */
  hold(host: string, elsewhere?: Elsewhere): void {
    const state = this.#host(host);
    this.#held.add(state);
    if (elsewhere === undefined) this.#send(state, state);
    this.#leave(state);
    if (elsewhere === undefined) return;
    const { host: name, ...rest } = elsewhere;
    const at = this.#host(name), errand = { ...rest, at };
    this.#errands.set(state, errand);
    this.#unsent += 1;
    at.errands.push(errand);
    this.#queue(name);
  }

  /**
   * Ends `hold`. The robots.txt that was asked for counts as a request to the host that was asked; `crawlDelay`, in
   * seconds, is what it says, and both hosts wait for `seconds` at least.
   */
  release(host: string, crawlDelay = 0, seconds = 0): void {
    const state = this.#host(host);
    const errand = this.#errands.get(state);
    const asked = errand?.at ?? state;
    this.#held.delete(state);
    this.#errands.delete(state);
    this.#learn(errand ?? state, asked);
    this.#back(errand ?? state, asked);
    state.pacing.keepCrawlDelay(crawlDelay);
    asked.pacing.rest();
    for (const each of new Set([state, asked])) {
      if (seconds > 0) each.pacing.pause(seconds, "robots");
      this.#keep(each);
      this.#queue(each.name);
    }
    this.#queueFull();
  }

  /** Why nothing is next, as far as one host explains it. */
  waitingFor(): Waiting | undefined {
    const later = this.#later.peek();
    if (later !== undefined) {
      const { reason } = this.#host(later.host).pacing;
      const seconds = Math.max(0, (later.key - this.#clock.now()) / 1000);
      return { reason, host: later.host, seconds };
    }
    const retry = this.#retries.peek();
    if (retry !== undefined) {
      return { reason: "retry", host: retry.host, seconds: retry.ms / 1000 };
    }
    const [held] = this.#held;
    return held && { reason: "robots", host: held.name, seconds: undefined };
  }

  snapshot(): SchedulerSnapshot {
    const { delay, clock } = this.#options;
    const since = clock.now() - this.#lastAsked;
    return { delay, ...since < Infinity && { asked: Math.ceil(clock.wall() - since) } };
  }

  #host(name: string, record?: PacingRecord): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      const pacing = new Pacing(this.#options, this.#lastAsked, record);
      host = { name, inFlight: 0, placed: 0, open: 0, standing: this.#stalled.get(name) ?? "new", pacing, errands: [] };
      this.#hosts.set(name, host);
    }
    return host;
  }

  #keep({ name, inFlight, pacing }: Host): void {
    this.#log.keep(name, pacing.record(), inFlight > 0);
  }

  #close(name: string): void {
    this.#host(name).open -= 1;
    this.#queue(name);
  }

  /** Forgets a host that has nothing left to do, now or when its rest is over. */
  #retire({ name, pacing, standing }: Host): void {
    const { forgottenAt } = pacing;
    if (forgottenAt > this.#clock.now()) {
      this.#leaving.set(name, forgottenAt);
      return;
    }
    this.#hosts.delete(name);
    this.#log.keep(name, undefined, false);
    this.#stalled.delete(name);
    if (takesPlaces(standing)) return;
    this.#stalled.set(name, standing);
    if (this.#stalled.size > mostStalled) this.#stalled.delete(this.#stalled.keys().next().value!);
  }

  /** How many requests of one host may be in flight, so that others that could be asked have places too. */
  get #share(): number {
    return this.#claims.share(this.#inFlight.places, this.#inFlight.takesRisks);
  }

  /** Gives a host its place: among those that may be asked now, or later, or when one of its requests has ended. */
  #queue(name: string): void {
    const host = this.#host(name);
    const [errand] = host.errands;
    const head = errand ? { priority: errand.priority, arrival: -1 } : this.#frontier.head(name);
    const isHeld = this.#held.has(host);
    if (head === undefined || (isHeld && errand === undefined)) {
      this.#leave(host);
      if (host.inFlight === 0 && host.open === 0 && !isHeld) this.#retire(host);
    } else if (host.inFlight >= Math.min(host.pacing.mostInFlight, this.#share)) {
      this.#leave(host, this.#full);
      this.#full.add(name);
    } else if (host.pacing.readyAt > this.#clock.now()) {
      this.#leave(host, this.#later);
      this.#later.set(name, host.pacing.readyAt);
    } else {
      this.#leave(host, this.#ready);
      this.#ready.set(name, host.standing, head);
      if (takesPlaces(host.standing)) this.#claims.set(name, host.standing, true);
    }
  }

  /** Takes a host out of the queues but one. */
  #leave(host: Host, but?: { delete(host: string): void }): void {
    for (const queue of this.#queues) {
      if (queue !== but) queue.delete(host.name);
    }
    this.#claims.set(host.name, host.standing, host.placed > 0);
  }

  /** Looks again at the hosts that have their share in flight: it may have grown. */
  #queueFull(): void {
    if (this.#full.size === 0) return;
    for (const host of [...this.#full]) this.#queue(host);
  }

  /** Whether somebody waits for a place. */
  get #isShort(): boolean {
    return this.#inFlight.isFull || (this.#full.size > 0 && this.#share < this.#options.concurrencyPerHost);
  }

  /** Takes the host that may be asked next out of its queue. */
  #nextHost(): string | undefined {
    return this.#ready.pop(
      this.#inFlight,
      () => this.#inFlight.isHalf((sent) => this.#hostOf(sent).standing === "new"),
    );
  }

  /** Takes note of how long something took that is in flight. */
  #learn(sent: Sent, host: Host): void {
    host.standing = this.#inFlight.learn(sent) ? afterStall(host.standing) : "prompt";
  }

  #hostOf(sent: Sent): Host {
    if ("url" in sent) return this.#host(hostOf(sent.url));
    return "at" in sent ? sent.at : sent;
  }

  #send(sent: Sent, state: Host): void {
    const isPlaced = takesPlaces(state.standing);
    this.#inFlight.begin(sent, isPlaced);
    state.pacing.begin();
    state.inFlight += 1;
    this.#keep(state);
    if (!isPlaced) return;
    state.placed += 1;
    this.#claims.set(state.name, state.standing, true);
  }

  #back(sent: Sent, state: Host): void {
    state.inFlight -= 1;
    if (this.#inFlight.end(sent)) state.placed -= 1;
  }

  /** Takes their places from the requests that have stalled. */
  #displace(): void {
    let any = false;
    for (let sent = this.#inFlight.displace(); sent !== undefined; sent = this.#inFlight.displace()) {
      const state = this.#hostOf(sent);
      state.placed -= 1;
      state.standing = afterStall(state.standing);
      this.#queue(state.name);
      any = true;
    }
    if (any) this.#queueFull();
  }

  /** Moves what has waited long enough. */
  #wake(): void {
    if (this.#isShort) this.#displace();
    const now = this.#clock.now();
    for (let retry = this.#retries.pop(); retry !== undefined; retry = this.#retries.pop()) {
      this.#frontier.unpark(retry);
      this.#close(retry.host);
    }
    for (let leaving = this.#leaving.peek(); leaving !== undefined && leaving.key <= now;) {
      this.#leaving.pop();
      this.#queue(leaving.host);
      leaving = this.#leaving.peek();
    }
    for (let later = this.#later.peek(); later !== undefined && later.key <= now;) {
      this.#later.pop();
      this.#queue(later.host);
      later = this.#later.peek();
    }
  }
}
