/**
 * Asking for robots.txt: one at a time from an origin, and again after a failure.
 *
 * Nothing waits here. Between two requests the host is released, and waits among the others; the next of its requests
 * for which robots.txt must be known has it asked again.
 *
 * @module
 */

import { hostOf } from "../frontier/frontier.ts";
import type { Failure } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import { mostPortWaits } from "../net/follow/retry.ts";
import { originOf } from "../url/origin.ts";
import { proxyWait } from "./outage.ts";
import type { EngineParts } from "./parts.ts";
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
  /** Told of a failure for which this machine is to blame, and of when its attempt began. */
  readonly onShortage: (failure: Failure, beganAt: number) => void;
}

/** Asks the robots.txt of origins, whose hosts the scheduler holds until there is an answer. */
export class RobotsAsker {
  readonly #options: RobotsAskerOptions;
  #asking = 0;
  #isStopped = false;

  constructor(options: RobotsAskerOptions) {
    this.#options = options;
  }

  /** Whether an answer is awaited. */
  get isBusy(): boolean {
    return this.#asking > 0;
  }

  /** Sends one request for the robots.txt of a request's origin, and releases its host when that has ended. */
  ask(request: Request): void {
    void this.#ask(request);
  }

  /** What is answered from now on comes too late: nothing is made of it, and the hosts stay held. */
  stop(): void {
    this.#isStopped = true;
  }

  async #ask(request: Request): Promise<void> {
    const { parts: { robots, scheduler, clock }, maxRetryAfter, turn, fail } = this.#options;
    const { url } = request;
    const host = hostOf(url), beganAt = clock.now();
    this.#asking += 1;
    try {
      const outcome = await robots!.ask(url, isTrusted(request));
      if (this.#isStopped) return;
      const learned = robots!.learn(url, outcome);
      const asked = learned.kind === "moved" ? 0 : Math.min(learned.wait, maxRetryAfter);
      // A 429 allows everything, and the page that comes next is for the same server that asked to wait.
      const wait = learned.kind === "failed" ? await this.#afterFailure(url, learned.failure, asked, beganAt) : asked;
      if (!this.#isStopped) scheduler.release(host, robots!.crawlDelay(url), wait);
    } catch (error) {
      fail(error);
    } finally {
      this.#asking -= 1;
      turn();
    }
  }

  /** Returns how many seconds to wait after a failure, which counts unless the network or this machine has failed. */
  async #afterFailure(url: string, failure: Failure, asked: number, beganAt: number): Promise<number> {
    const { parts: { robots, outage }, retries, onShortage } = this.#options;
    if (failure.kind === "shortage") {
      onShortage(failure, beganAt);
      if (failure.lacking !== "ports") return 0;
    }
    const at = robots!.at(url);
    if (await outage.isOutage(hostOf(at), at, failure, beganAt, `${originOf(url)}/robots.txt`)) {
      // While the network is down, the crawl asks for nothing at all.
      return failure.kind === "proxy" && failure.final !== true ? proxyWait : 0;
    }
    if (this.#isStopped) return 0;
    const attempts = robots!.attempts(url);
    if (failure.final || attempts >= retries + (failure.lacking === "ports" ? mostPortWaits : 0)) {
      robots!.refuse(url, failure);
      return 0;
    }
    robots!.countFailure(url);
    return Math.max(2 ** attempts, asked);
  }
}
