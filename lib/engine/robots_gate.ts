/**
 * Which origins' robots.txt is known, and what it says.
 *
 * @module
 */

import type { Failure, Outcome } from "../model/outcome.ts";
import { createRequest } from "../model/request.ts";
import { redirectOf } from "../net/follow/redirect.ts";
import { retryAfterSeconds } from "../net/follow/retry_after.ts";
import { robotsFor, type RobotsRules, robotsSoon } from "../robots/rules.ts";
import { pushesBack } from "../schedule/throttle.ts";
import { formatDuration } from "../text/duration.ts";
import type { Clock } from "../time/clock.ts";
import { originOf } from "../url/origin.ts";

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
}

/** The most redirects from one robots.txt (RFC 9309, 2.3.1.2). */
const mostRedirects = 5;
/** The longest `Crawl-delay` that is kept, in seconds: as long as `Retry-After` may make a host wait. */
const mostDelay = 600;
/**
 * Origins that are remembered, and bytes of memory for what their files say; the oldest is forgotten first, and asked
 * again if need be.
 */
const mostOrigins = 20_000, mostBytes = 64_000_000;

/** How a robots.txt is asked for. */
export interface Asking {
  /** It is asked because of a request that the user made, and not a page. @default {false} */
  readonly trusted?: boolean;
  /** Awaited before each redirect is followed; where it rejects, `ask` rejects too, and nothing more is sent. */
  readonly rest?: () => Promise<void>;
  /** Told how many seconds the answer that counts asks to wait (`Retry-After` of a 429 or 503). */
  readonly onRetryAfter?: (seconds: number) => void;
}

/** What is known of an origin. */
interface Known {
  readonly rules: RobotsRules;
  /** The clock's time from which on it must be asked again. */
  readonly until: number;
  /** Why its robots.txt cannot be read. */
  readonly failure: Failure | undefined;
  /** Bytes of memory for what its file says. */
  readonly bytes: number;
}

/** Remembers what each origin says, for as long as it counts. */
export class RobotsGate {
  readonly #options: RobotsGateOptions;
  readonly #known = new Map<string, Known>();
  #bytes = 0;

  constructor(options: RobotsGateOptions) {
    this.#options = options;
  }

  /** Whether robots.txt must be asked before a URL is; `forSitemaps`: it is to say which sitemaps there are. */
  mustAsk(url: string, forSitemaps = false): boolean {
    if (this.#options.obey === false && !forSitemaps) return false;
    const known = this.#known.get(originOf(url));
    return known === undefined || known.until <= this.#options.clock.now();
  }

  /**
   * Why a URL may not be fetched; undefined when it may. Where nobody can be asked at all (no such host, a certificate
   * that is not valid, an address that is out of bounds), that is why.
   */
  refusal(url: string): Failure | undefined {
    if (this.#options.obey === false) return undefined;
    const origin = originOf(url);
    const known = this.#known.get(origin);
    if (known === undefined || known.rules.allows(url)) return undefined;
    if (known.failure?.final) return known.failure;
    const message = known.failure === undefined
      ? `${origin}/robots.txt forbids it`
      : `${origin}/robots.txt cannot be read, which counts as a refusal: ${known.failure.message}`;
    return { kind: "robots", message };
  }

  /** Seconds between two requests that a URL's robots.txt asks for, up to ten minutes. */
  crawlDelay(url: string): number {
    if (this.#options.obey === false) return 0;
    return Math.min(this.#known.get(originOf(url))?.rules.crawlDelay ?? 0, mostDelay);
  }

  /** The sitemaps that a URL's robots.txt names, as they are written there. */
  sitemaps(url: string): readonly string[] {
    return this.#known.get(originOf(url))?.rules.sitemaps ?? [];
  }

  /**
   * Fetches the robots.txt of a URL's origin, and returns why it could not be read when that is the server's or the
   * network's fault.
   */
  async ask(url: string, { trusted = false, rest, onRetryAfter }: Asking = {}): Promise<Failure | undefined> {
    let request = createRequest(`${originOf(url)}/robots.txt`);
    let outcome = await this.#options.download(request.url, trusted);
    for (let hops = 0; hops < mostRedirects && outcome.response !== undefined; hops++) {
      const redirect = redirectOf(request, outcome.response);
      if (redirect?.request === undefined) break;
      request = redirect.request;
      await rest?.();
      outcome = await this.#options.download(request.url, false);
    }
    if (outcome.failure !== undefined) return outcome.failure;
    const { status, headers, cached } = outcome.response;
    // One from the cache was meant for whoever asked then.
    if (pushesBack(status) && !cached) {
      onRetryAfter?.(retryAfterSeconds(headers.get("retry-after"), this.#options.clock.wall()) ?? 0);
    }
    if (status >= 500) return { kind: "status", status, message: `status ${status}` };
    this.#remember(url, outcome, undefined);
    return undefined;
  }

  /**
   * Goes on without a robots.txt that could not be read, until it is asked again: what it said before counts (RFC 9309,
   * 2.4); where it said nothing yet, it is taken for a refusal (2.3.1.4).
   */
  refuse(url: string, failure: Failure): void {
    const origin = originOf(url);
    const known = this.#known.get(origin);
    if (known === undefined || known.failure !== undefined) this.#remember(url, { failure }, failure);
    else this.#set(origin, { ...known, until: this.#options.clock.now() + 1000 * robotsSoon });
  }

  #remember(url: string, outcome: Outcome, failure: Failure | undefined): void {
    const { userAgent, clock, warn } = this.#options;
    const origin = originOf(url);
    const { rules, askAgainAfter } = robotsFor(`${origin}/robots.txt`, outcome, userAgent);
    this.#set(origin, { rules, until: clock.now() + 1000 * askAgainAfter, failure, bytes: rules.size });
    const { crawlDelay = 0 } = rules;
    if (crawlDelay > mostDelay && this.#options.obey !== false) warn(tooSlow(crawlDelay), `${origin}/robots.txt`);
  }

  #set(origin: string, known: Known): void {
    this.#forget(origin);
    this.#known.set(origin, known);
    this.#bytes += known.bytes;
    while (this.#known.size > 1 && (this.#known.size > mostOrigins || this.#bytes > mostBytes)) {
      this.#forget(this.#known.keys().next().value!);
    }
  }

  #forget(origin: string): void {
    this.#bytes -= this.#known.get(origin)?.bytes ?? 0;
    this.#known.delete(origin);
  }
}

function tooSlow(seconds: number): string {
  return `it asks for ${formatDuration(seconds)} between two requests (Crawl-delay: ${seconds}), and gets ` +
    `${formatDuration(mostDelay)}, the longest that is kept. Leave the site out where that is too slow`;
}
