/**
 * Which origins' robots.txt is known, and what it says.
 *
 * Each call of `ask` is one request; what comes of it is `learn`ed. How far the asking has come is kept with what is
 * known, for the next process too: it may take several requests with a delay between them, and a time slice may have
 * room for only one.
 *
 * @module
 */

import type { KeyedLog } from "../disk/keyed_log.ts";
import type { Failure, Outcome } from "../model/outcome.ts";
import { createRequest } from "../model/request.ts";
import { redirectOf } from "../net/follow/redirect.ts";
import { retryAfterSeconds } from "../net/follow/retry_after.ts";
import { robotsFor, robotsSoon } from "../robots/rules.ts";
import { pushesBack } from "../schedule/throttle.ts";
import { formatDuration } from "../text/duration.ts";
import type { Clock } from "../time/clock.ts";
import { originOf } from "../url/origin.ts";
import { RobotsMemory } from "./robots_memory.ts";

export interface RobotsGateOptions {
  /** Whether what robots.txt says is kept to; otherwise it is asked for sitemaps only. @default {true} */
  readonly obey?: boolean;
  readonly userAgent: string;
  readonly clock: Clock;
  /**
   * Downloads a robots.txt; of a longer one no more than `robotsSize` and a byte need be there. `trusted`: it is the one
   * of a site that the user asked for.
   */
  readonly download: (url: string, trusted: boolean) => Promise<Outcome>;
  readonly warn: (message: string, url: string) => void;
  /** Keeps what is known for the next process, and has what the last one knew. @default {nothing is kept} */
  readonly log?: KeyedLog | undefined;
}

/** The most redirects from one robots.txt (RFC 9309, 2.3.1.2). */
const mostRedirects = 5;
/** The longest `Crawl-delay` that is kept, in seconds: as long as `Retry-After` may make a host wait. */
const mostDelay = 600;

/** What an answer to `ask` came to, or its absence. `wait`: the seconds that a 429 or 503 asks for. */
export type Learned =
  | { readonly kind: "known"; readonly wait: number }
  /** It is elsewhere: that is what the next `ask` asks for. */
  | { readonly kind: "moved" }
  | { readonly kind: "failed"; readonly failure: Failure; readonly wait: number };

const forbiddance = "robots.txt forbids it";

/** Whether a failure, as it is listed, is robots.txt forbidding a page, and not that it could not be read. */
export function forbids({ kind, message }: { readonly kind?: unknown; readonly message?: unknown }): boolean {
  return kind === "robots" && typeof message === "string" && message.endsWith(`/${forbiddance}`);
}

/** Remembers what each origin says, for as long as it counts. */
export class RobotsGate {
  readonly #options: RobotsGateOptions;
  readonly #memory: RobotsMemory;

  constructor(options: RobotsGateOptions) {
    this.#options = options;
    this.#memory = new RobotsMemory(options);
  }

  /** Whether robots.txt must be asked before a URL is; `forSitemaps`: it is to say which sitemaps there are. */
  mustAsk(url: string, forSitemaps = false): boolean {
    if (this.#options.obey === false && !forSitemaps) return false;
    const known = this.#memory.get(originOf(url));
    return known === undefined || known.until <= this.#options.clock.now();
  }

  /**
   * Why a URL may not be fetched; undefined when it may. Where nobody can be asked at all (no such host, a certificate
   * that is not valid, an address that is out of bounds), that is why.
   */
  refusal(url: string): Failure | undefined {
    if (this.#options.obey === false) return undefined;
    const origin = originOf(url);
    const known = this.#memory.get(origin);
    if (known === undefined || known.rules.allows(url)) return undefined;
    if (known.failure?.final) return known.failure;
    const message = known.failure === undefined
      ? `${origin}/${forbiddance}`
      : `${origin}/robots.txt cannot be read, which counts as a refusal: ${known.failure.message}`;
    return { kind: "robots", message };
  }

  /** Seconds between two requests that the robots.txt of a URL's host asks for, by http or https, up to ten minutes. */
  crawlDelay(url: string): number {
    if (this.#options.obey === false) return 0;
    const [, host] = originOf(url).split("//");
    const delays = ["http", "https"].map((scheme) => this.#memory.get(`${scheme}://${host}`)?.rules.crawlDelay ?? 0);
    return Math.min(Math.max(...delays), mostDelay);
  }

  /** The sitemaps that a URL's robots.txt names, as they are written there. */
  sitemaps(url: string): readonly string[] {
    return this.#memory.get(originOf(url))?.rules.sitemaps ?? [];
  }

  /** Attempts at the robots.txt of a URL's origin that have failed since the last answer. */
  attempts(url: string): number {
    return this.#memory.progress(originOf(url)).attempts;
  }

  /** Returns where the robots.txt of a URL's origin is asked for next: redirects may have led to another host. */
  at(url: string): string {
    const origin = originOf(url);
    return this.#memory.progress(origin).at ?? `${origin}/robots.txt`;
  }

  /**
   * Sends the next request for the robots.txt of a URL's origin; `learn` must have what comes of it. `trusted`: it is
   * asked because of a request that the user made, and not a page.
   */
  ask(url: string, trusted = false): Promise<Outcome> {
    const { hops } = this.#memory.progress(originOf(url));
    return this.#options.download(this.at(url), trusted && hops === 0);
  }

  /** Takes in what came of `ask`. A failure that is the server's or the network's fault is not remembered. */
  learn(url: string, outcome: Outcome): Learned {
    const { clock } = this.#options;
    const origin = originOf(url);
    const { hops, attempts } = this.#memory.progress(origin);
    const { response } = outcome;
    const moved = response && redirectOf(createRequest(this.at(url)), response)?.request;
    if (moved !== undefined && hops < mostRedirects) {
      this.#memory.setProgress(origin, { at: moved.url, hops: hops + 1, attempts });
      return { kind: "moved" };
    }
    if (response === undefined) return { kind: "failed", failure: outcome.failure, wait: 0 };
    const { status, headers, cached } = response;
    // One from the cache was meant for whoever asked then.
    const asks = pushesBack(status) && !cached;
    const wait = asks ? retryAfterSeconds(headers.get("retry-after"), clock.wall()) ?? 0 : 0;
    if (status >= 500) {
      return { kind: "failed", failure: { kind: "status", status, message: `status ${status}` }, wait };
    }
    this.#remember(origin, outcome, undefined);
    return { kind: "known", wait };
  }

  /** Counts a failure of `ask`: the next one begins anew. */
  countFailure(url: string): void {
    const origin = originOf(url);
    this.#memory.setProgress(origin, { hops: 0, attempts: this.attempts(url) + 1 });
  }

  /**
   * Goes on without a robots.txt that could not be read, until it is asked again: what it said before counts (RFC 9309,
   * 2.4); where it said nothing yet, it is taken for a refusal (2.3.1.4).
   */
  refuse(url: string, failure: Failure): void {
    const origin = originOf(url);
    const known = this.#memory.get(origin);
    if (known === undefined || known.failure !== undefined) this.#remember(origin, { failure }, failure);
    else this.#memory.prolong(origin, robotsSoon);
  }

  #remember(origin: string, outcome: Outcome, failure: Failure | undefined): void {
    const { userAgent, warn } = this.#options;
    const verdict = robotsFor(`${origin}/robots.txt`, outcome, userAgent);
    this.#memory.set(origin, verdict, failure);
    const { crawlDelay = 0 } = verdict.rules;
    if (crawlDelay > mostDelay && this.#options.obey !== false) warn(tooSlow(crawlDelay), `${origin}/robots.txt`);
  }
}

function tooSlow(seconds: number): string {
  return `it asks for ${formatDuration(seconds)} between two requests (Crawl-delay: ${seconds}), and gets ` +
    `${formatDuration(mostDelay)}, the longest that is kept. Leave the site out where that is too slow`;
}
