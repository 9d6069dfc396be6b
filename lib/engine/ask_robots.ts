/**
 * Asking for robots.txt: one at a time from an origin, again after a failure, and later when the network is down.
 *
 * @module
 */

import { hostOf } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import { proxyWait } from "./outage.ts";
import type { EngineParts } from "./parts.ts";
import { rest } from "./rest.ts";
import { isTrusted } from "./trusted.ts";

/** What asking needs of the crawl around it. */
export interface RobotsAskerOptions {
  readonly parts: Pick<EngineParts, "robots" | "scheduler" | "outage" | "clock">;
  /** Further attempts after a failed one. */
  readonly retries: number;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
  /** Called when something may have become possible. */
  readonly turn: () => void;
  readonly fail: (thrown: unknown) => void;
}

/** Asks the robots.txt of origins, whose hosts the scheduler holds until it is known. */
export class RobotsAsker {
  readonly #options: RobotsAskerOptions;
  /** Origins to ask when the network is back. */
  #later: { readonly request: Request; readonly attempt: number }[] = [];
  #asking = 0;
  readonly #stop = new AbortController();

  constructor(options: RobotsAskerOptions) {
    this.#options = options;
  }

  /** Whether an answer is awaited. */
  get isBusy(): boolean {
    return this.#asking > 0;
  }

  /** Asks the robots.txt of a request's origin, and releases its host when it is known. */
  ask(request: Request): void {
    void this.#ask(request, 0);
  }

  /**
   * Asks nothing from now on: what rests ends at once, and its origin stays unknown. A request in flight may still be
   * answered. Its host is not released, so the requests that wait for it stay pending, and the next run asks for them.
   */
  stop(): void {
    this.#stop.abort();
  }

  /** Asks again what an outage has kept from being answered. */
  resume(): void {
    const later = this.#later;
    this.#later = [];
    for (const { request, attempt } of later) void this.#ask(request, attempt);
  }

  async #ask(request: Request, attempt: number): Promise<void> {
    const { parts: { robots, scheduler, outage, clock }, retries, maxRetryAfter, turn, fail } = this.#options;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const host = hostOf(request.url);
    const beganAt = clock.now();
    let asked = 0;
    this.#asking += 1;
    try {
      const failure = await robots!.ask(request.url, {
        trusted: isTrusted(request),
        rest: () => this.#rest(host, 0),
        onRetryAfter: (seconds) => asked = Math.min(seconds, maxRetryAfter),
      });
      if (failure !== undefined && await outage.isOutage(host, request.url, failure, beganAt)) {
        // An answer may have ended the outage while it was being looked into, or a proxy is awaited.
        const wait = failure.kind === "proxy" && failure.final !== true ? proxyWait : 0;
        if (outage.down !== undefined) this.#later.push({ request, attempt });
        else void this.#askAfter(wait, request, attempt);
      } else if (failure === undefined || failure.final || attempt >= retries) {
        if (failure !== undefined) robots!.refuse(request.url, failure);
        // A 429 allows everything, and the page that comes next is for the same server that asked to wait.
        else if (asked > 0) await this.#rest(host, asked);
        scheduler.release(host, robots!.crawlDelay(request.url));
      } else {
        void this.#askAfter(Math.max(2 ** attempt, asked), request, attempt + 1);
      }
    } catch (error) {
      if (error !== signal.reason) fail(error);
    } finally {
      this.#asking -= 1;
      turn();
    }
  }

  /** Asks after so many seconds, unless `stop` comes before, which is all that can end the rest otherwise. */
  #askAfter(seconds: number, request: Request, attempt: number): Promise<void> {
    return this.#rest(hostOf(request.url), seconds).then(() => this.#ask(request, attempt), () => {});
  }

  /** Returns after so many seconds, or after the delay of the host when that is longer; rejects when `stop` is called. */
  #rest(host: string, seconds: number): Promise<void> {
    const { scheduler, clock } = this.#options.parts;
    const wait = 1000 * Math.max(seconds, scheduler.delayOf(host));
    return rest(wait, clock, this.#stop.signal);
  }
}
