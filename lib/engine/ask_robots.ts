/**
 * Asking for robots.txt: one at a time from an origin, again after a failure, and later when the network is down.
 *
 * @module
 */

import { hostOf } from "../frontier/frontier.ts";
import type { Request } from "../model/request.ts";
import { proxyWait } from "./outage.ts";
import type { EngineParts } from "./parts.ts";
import { isTrusted } from "./trusted.ts";

/** What asking needs of the crawl around it. */
export interface RobotsAskerOptions {
  readonly parts: Pick<EngineParts, "robots" | "scheduler" | "outage" | "clock">;
  /** Further attempts after a failed one. */
  readonly retries: number;
  readonly isOver: () => boolean;
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

  /** Asks again what an outage has kept from being answered. */
  resume(): void {
    const later = this.#later;
    this.#later = [];
    for (const { request, attempt } of later) void this.#ask(request, attempt);
  }

  async #ask(request: Request, attempt: number): Promise<void> {
    const { parts: { robots, scheduler, outage, clock }, retries, isOver, turn, fail } = this.#options;
    const host = hostOf(request.url);
    const beganAt = clock.now();
    this.#asking += 1;
    try {
      const failure = await robots!.ask(request.url, {
        trusted: isTrusted(request),
        rest: () => this.#rest(host, 0),
      });
      if (failure !== undefined && await outage.isOutage(host, request.url, failure, beganAt)) {
        // An answer may have ended the outage while it was being looked into, or a proxy is awaited.
        const wait = failure.kind === "proxy" && failure.final !== true ? proxyWait : 0;
        if (outage.down !== undefined) this.#later.push({ request, attempt });
        else void this.#rest(host, wait).then(() => isOver() ? undefined : this.#ask(request, attempt));
      } else if (failure === undefined || failure.final || attempt >= retries) {
        if (failure !== undefined) robots!.refuse(request.url, failure);
        scheduler.release(host, robots!.crawlDelay(request.url));
      } else {
        void this.#rest(host, 2 ** attempt).then(() => isOver() ? undefined : this.#ask(request, attempt + 1));
      }
    } catch (error) {
      fail(error);
    } finally {
      this.#asking -= 1;
      turn();
    }
  }

  /** Returns after so many seconds, or after the delay of the host when that is longer. */
  #rest(host: string, seconds: number): Promise<void> {
    const { scheduler, clock } = this.#options.parts;
    const wait = 1000 * Math.max(seconds, scheduler.delayOf(host));
    return wait === 0 ? Promise.resolve() : new Promise((resolve) => clock.after(wait, resolve));
  }
}
