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
 * @module
 */

import TinyQueue from "tinyqueue";
import { type Frontier, hostOf } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import type { Clock } from "../time/clock.ts";
import { Claims } from "./claims.ts";
import { HostQueue } from "./host_queue.ts";
import { InFlight } from "./in_flight.ts";
import { Pacing, type PacingOptions, type PacingSnapshot } from "./pacing.ts";
import { ReadyHosts } from "./ready_hosts.ts";
import { afterStall, type Standing, takesPlaces } from "./standing.ts";
import type { Observation } from "./throttle.ts";

/** Times in seconds. */
export interface SchedulerOptions extends PacingOptions {
  readonly frontier: Frontier;
  /** Requests in flight to all hosts together, those to robots.txt included and those that have stalled left out. */
  readonly concurrency: number;
  /** Requests in flight to one host. While several hosts can be asked, none takes more than its share of `concurrency`. */
  readonly concurrencyPerHost: number;
  /** What `snapshot` gave in an earlier process: then every host waits its delay before its first request. */
  readonly snapshot?: SchedulerSnapshot;
}

/** The hosts that have a delay of their own, or asked to be left alone. */
export interface SchedulerSnapshot {
  readonly hosts: readonly (PacingSnapshot & { readonly host: string })[];
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
  standing: Standing;
  readonly pacing: Pacing;
}

/** What is in flight: a request, or the host itself for its robots.txt. */
type Sent = Request | Host;

/** Pending requests in, the next one to send out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #frontier: Frontier;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, Host>();
  /** Hosts that may be asked now. */
  readonly #ready = new ReadyHosts();
  readonly #later = new HostQueue<number>((a, b) => a - b);
  /** Hosts that may be asked but have their share in flight. */
  readonly #full = new Set<string>();
  readonly #claims = new Claims();
  /** Hosts that wait for their robots.txt. */
  readonly #held = new Set<Host>();
  /** Requests whose own time has not come, by that time. */
  readonly #retries = new TinyQueue<Request>([], (a, b) => a.notBefore - b.notBefore);
  /** When every host was last asked, as far as is known, in the clock's milliseconds. */
  readonly #lastAsked: number;
  readonly #inFlight: InFlight<Sent>;
  /** A host that has work is in one of these at most. */
  readonly #queues: readonly { delete(host: string): void }[] = [this.#ready, this.#later, this.#full];

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#frontier = options.frontier;
    this.#clock = options.clock;
    this.#inFlight = new InFlight(options.concurrency, options.clock);
    // Keeps P5 over a kill: when the last process asked a host is not known, but it was before now.
    this.#lastAsked = options.snapshot === undefined ? -Infinity : options.clock.now();
    for (const { host, ...pacing } of options.snapshot?.hosts ?? []) this.#host(host, pacing);
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
    const stall = this.#isShort ? this.#inFlight.stallsIn() : undefined;
    const times = [
      ...(stall === undefined ? [] : [stall]),
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
      state.pacing.observe(observation, this.#inFlight.sentAt(request));
      state.pacing.rest();
      this.#learn(request, state);
    }
    if (retryAfter > 0) state.pacing.pause(retryAfter);
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
    return this.#host(host).pacing.delay;
  }

  /** Sends nothing to a host until `release`: its robots.txt is in flight instead. */
  hold(host: string): void {
    const state = this.#host(host);
    this.#held.add(state);
    this.#send(state, state);
    this.#leave(state);
  }

  /** Ends `hold`. The robots.txt that was asked for counts as a request; `crawlDelay`, in seconds, is what it says. */
  release(host: string, crawlDelay = 0): void {
    const state = this.#host(host);
    this.#held.delete(state);
    this.#learn(state, state);
    this.#back(state, state);
    state.pacing.keepCrawlDelay(crawlDelay);
    state.pacing.rest();
    this.#queue(host);
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
      const seconds = Math.max(0, (retry.notBefore - this.#clock.wall()) / 1000);
      return { reason: "retry", host: hostOf(retry.url), seconds };
    }
    const [held] = this.#held;
    return held && { reason: "robots", host: held.name, seconds: undefined };
  }

  snapshot(): SchedulerSnapshot {
    const hosts = [];
    for (const { name, pacing } of this.#hosts.values()) {
      const snapshot = pacing.snapshot();
      if (snapshot !== undefined) hosts.push({ host: name, ...snapshot });
    }
    return { hosts };
  }

  #host(name: string, snapshot?: PacingSnapshot): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      const pacing = new Pacing(this.#options, this.#lastAsked, snapshot);
      host = { name, inFlight: 0, placed: 0, standing: "new", pacing };
      this.#hosts.set(name, host);
    }
    return host;
  }

  /** How many requests of one host may be in flight, so that others that could be asked have places too. */
  get #share(): number {
    return this.#claims.share(this.#options.concurrency, this.#inFlight.takesRisks);
  }

  /** Gives a host its place: among those that may be asked now, or later, or when one of its requests has ended. */
  #queue(name: string): void {
    const head = this.#frontier.head(name);
    const host = this.#host(name);
    if (head === undefined || this.#held.has(host)) {
      this.#leave(host);
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
    return "url" in sent ? this.#host(hostOf(sent.url)) : sent;
  }

  #send(sent: Sent, state: Host): void {
    const isPlaced = takesPlaces(state.standing);
    this.#inFlight.begin(sent, isPlaced);
    state.inFlight += 1;
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
