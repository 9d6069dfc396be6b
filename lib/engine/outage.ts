/**
 * Tells a dead host from a dead network, and waits for the network.
 *
 * A failure to connect is the host's when another host has answered since the attempt began, or when the host that
 * answered last can still be reached; as long as none has answered, when another host that waits can be. Otherwise it is
 * the network's: the crawl takes no request until a probe gets through, and no request has used up an attempt. Since the
 * host that answered last may be dead by then, others are probed as well.
 *
 * But a page can crash the only server there is, and that looks the same. So a request that may have arrived, and with
 * which an outage begins for the third time, has failed by itself.
 *
 * @module
 */

import type { Failure, FailureKind } from "../model/outcome.ts";
import { unsent } from "../net/follow/retry.ts";
import type { Clock } from "../time/clock.ts";

export interface OutageOptions {
  readonly clock: Clock;
  /**
   * Returns whether a connection to the host of a URL can be made; undefined where this machine could not try.
   * `isGuess`: nothing but the host is known, so that a proxy which answers in its place says nothing.
   */
  readonly reach: (url: string, isGuess?: boolean) => Promise<boolean | undefined>;
  /** Hosts that requests wait for: witnesses as long as none has answered, and during an outage. @default {none} */
  readonly hosts?: () => Iterable<string>;
  /** The schemes that a witness is tried with: each may go another way. @default {["http"]} */
  readonly schemes?: readonly string[];
  /** The `lastAnswer` of an earlier process. */
  readonly lastAnswer?: string | undefined;
  /**
   * Where proxies are a detour that some hosts need, and not the network: since when none of them works, in the clock's
   * milliseconds. Then a host waits for them without an outage, and `timeout` counts all the same.
   */
  readonly detourDownSince?: (() => number | undefined) | undefined;
  /** Seconds of outage after which `onTimeout` is called. */
  readonly timeout: number;
  /** The network failed, or a probe did: the next probe is in so many seconds. */
  readonly onDown: (url: string, failure: Failure, seconds: number) => void;
  readonly onUp: () => void;
  readonly onTimeout: () => void;
}

/** Failures that an outage may be behind. */
const suspects: readonly FailureKind[] = ["dns", "connect", "timeout", "reset", "cut-short", "proxy"];

const longestPause = 30;
/** How many hosts that requests wait for are looked at, at a time. */
const mostWitnesses = 5;
/** After how many seconds what needs a detour of which no proxy works is tried again. It costs nothing until one may. */
export const proxyWait = 5;
/**
 * A host that refuses a connection and takes the next is just coming back: so often, and no more, without an answer.
 */
const mostReturns = 5;
/** An outage that begins with the same request for so many times is told to be its fault. */
const mostBegun = 3;
/** Requests of which it is remembered how many outages began with them; the oldest is forgotten first. */
const mostRemembered = 1000;

/** An answer: from which host, with what URL, and when. */
interface Answer {
  readonly host: string;
  readonly url: string;
  readonly at: number;
}

/** Watches what succeeds and what fails. */
export class Outage {
  readonly #options: OutageOptions;
  #last: Answer | undefined;
  /** The last answer of another host than `#last`'s. */
  #other: Answer | undefined;
  #down: { readonly since: number; pause: number; readonly url: string; readonly failure: Failure } | undefined;
  #returns = 0;
  /** How many of the hosts that wait the probes of this outage have asked: the next one goes on from there. */
  #asked = 0;
  /** How many outages began with a request, by what tells it from others. */
  readonly #begun = new Map<string, number>();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: OutageOptions) {
    this.#options = options;
    const { lastAnswer: url } = options;
    if (url !== undefined) this.#last = { host: new URL(url).host, url, at: -Infinity };
  }

  /** A URL that has answered, or that of another host that a probe has reached since; undefined before any has. */
  get lastAnswer(): string | undefined {
    return this.#last?.url;
  }

  /** What is wrong, and since when in the clock's milliseconds; undefined while the network is up. */
  get down(): { readonly since: number; readonly url: string; readonly failure: Failure } | undefined {
    return this.#down;
  }

  /** Notes that a host has answered. */
  answered(host: string, url: string): void {
    const answer = { host, url, at: this.#options.clock.now() };
    if (this.#last !== undefined && this.#last.host !== host) this.#other = this.#last;
    this.#last = answer;
    this.#returns = 0;
    this.#begun.delete(url);
    if (this.#down !== undefined) this.#up();
  }

  /**
   * Returns whether a failure is the network's; if so, the outage has begun. `beganAt`: the start of the attempt, in
   * the clock's milliseconds; `key`: what tells its request from others.
   */
  async isOutage(host: string, url: string, failure: Failure, beganAt: number, key = url): Promise<boolean> {
    if (!suspects.includes(failure.kind)) return false;
    if (this.#down !== undefined) return true;
    const isProxy = failure.kind === "proxy";
    if (isProxy && this.#options.detourDownSince !== undefined) return this.#isDetour(this.#options.detourDownSince());
    const control = this.#last?.host === host ? this.#other : this.#last;
    // Without a network no name exists: only where nothing has ever answered is a missing name taken at its word.
    if (failure.final === true && this.#last === undefined && !isProxy) return false;
    // An answer that came meanwhile says nothing of proxies: none was left for this request.
    if (control !== undefined && control.at > beganAt && !isProxy) return false;
    if (control === undefined && !isProxy && await this.#reachedOf(this.#waiting(host, 0)) !== undefined) return false;
    const reachable = await this.#options.reach(control?.url ?? url);
    if (this.#stopped || this.#down !== undefined) return true;
    if (reachable === undefined) return false;
    const mayBeBack = isProxy || (control === undefined && failure.kind === "connect");
    const isBack = mayBeBack && this.#returns < mostReturns;
    if (reachable && !isBack) return false;
    if (reachable) this.#returns += 1;
    this.#asked = 0;
    this.#down = { since: this.#options.clock.now(), pause: 1, url: control?.url ?? url, failure };
    this.#wait();
    return unsent.has(failure.kind) || this.#begins(key) < mostBegun;
  }

  /** Ends all waiting. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Whether a request waits for a detour; ends the crawl where that has taken too long. */
  #isDetour(downSince: number | undefined): boolean {
    const { clock, timeout, onTimeout } = this.#options;
    if (downSince !== undefined && clock.now() - downSince >= 1000 * timeout) onTimeout();
    return true;
  }

  /** Counts an outage that begins with a request, and returns how many have. */
  #begins(key: string): number {
    const times = (this.#begun.get(key) ?? 0) + 1;
    this.#begun.delete(key);
    this.#begun.set(key, times);
    if (this.#begun.size > mostRemembered) this.#begun.delete(this.#begun.keys().next().value!);
    return times;
  }

  #wait(): void {
    const down = this.#down;
    if (down === undefined || this.#stopped) return;
    const { clock, timeout, onDown, onTimeout } = this.#options;
    const left = timeout - (clock.now() - down.since) / 1000;
    if (left <= 0) {
      onTimeout();
      return;
    }
    const pause = Math.min(down.pause, left);
    onDown(down.url, down.failure, pause);
    this.#cancel = clock.after(1000 * pause, () => void this.#probe());
    down.pause = Math.min(longestPause, down.pause * 2);
  }

  async #probe(): Promise<void> {
    const down = this.#down;
    if (down === undefined) return;
    const reached = await this.#options.reach(down.url) ? down.url : await this.#witness(down);
    // While the probe was under way a request in flight may have been answered.
    if (this.#down !== down || this.#stopped) return;
    if (reached === undefined) return this.#wait();
    if (reached !== down.url && this.#last !== undefined) {
      // The host that answered last is dead, and would begin the next outage as well. It is no answer, so it has no time.
      this.#last = { host: new URL(reached).host, url: reached, at: -Infinity };
      if (this.#other?.host === this.#last.host) this.#other = undefined;
    }
    this.#up();
  }

  /** Returns a URL of another host than the one that the outage is told by which can be reached. */
  async #witness({ url, failure }: { readonly url: string; readonly failure: Failure }): Promise<string | undefined> {
    // Other hosts may need no proxy.
    if (failure.kind === "proxy") return undefined;
    const { host } = new URL(url);
    const answered = [this.#last, this.#other].flatMap((each) => each && each.host !== host ? [each.url] : []);
    const waiting = this.#waiting(host, this.#asked);
    this.#asked = waiting.length < mostWitnesses ? 0 : this.#asked + mostWitnesses;
    return await this.#reachedOf(waiting, answered);
  }

  /** Hosts that requests wait for, without the given one and the first `skipped`. */
  #waiting(host: string, skipped: number): string[] {
    const { hosts = () => [] } = this.#options;
    const others: string[] = [];
    let passed = 0;
    for (const other of hosts()) {
      if (others.length >= mostWitnesses) break;
      if (other !== host && passed++ >= skipped) others.push(other);
    }
    return others;
  }

  /** Returns the first that can be reached of some URLs and hosts. */
  async #reachedOf(hosts: readonly string[], known: readonly string[] = []): Promise<string | undefined> {
    const { schemes = ["http"], reach } = this.#options;
    // Which of the schemes a host has is not known; most that speak https take a connection for http as well.
    const guesses = hosts.flatMap((host) => schemes.map((scheme) => `${scheme}://${host}/`));
    const urls = [...known, ...guesses];
    const reached = await Promise.all(urls.map((url, at) => reach(url, at >= known.length)));
    return urls.find((_, at) => reached[at] === true);
  }

  #up(): void {
    this.#cancel();
    this.#down = undefined;
    this.#options.onUp();
  }
}
