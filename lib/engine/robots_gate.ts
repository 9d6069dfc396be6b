/**
 * Which origins' robots.txt is known, and what it says.
 *
 * @module
 */

import type { Failure, Outcome } from "../model/outcome.ts";
import { createRequest } from "../model/request.ts";
import { redirectOf } from "../net/redirect.ts";
import { robotsFor, type RobotsVerdict } from "../robots/rules.ts";
import type { Clock } from "../time/clock.ts";

export interface RobotsGateOptions {
  readonly userAgent: string;
  readonly clock: Clock;
  readonly download: (url: string) => Promise<Outcome>;
}

/** The most redirects from one robots.txt (RFC 9309, 2.3.1.2). */
const mostRedirects = 5;
/** Origins that are remembered; the oldest is forgotten first, and asked again if need be. */
const mostOrigins = 20_000;

/** Remembers what each origin says, for as long as it counts. */
export class RobotsGate {
  readonly #options: RobotsGateOptions;
  readonly #known = new Map<
    string,
    RobotsVerdict & { readonly until: number; readonly failure: Failure | undefined }
  >();

  constructor(options: RobotsGateOptions) {
    this.#options = options;
  }

  /** Whether robots.txt must be asked before a URL is. */
  mustAsk(url: string): boolean {
    const known = this.#known.get(originOf(url));
    return known === undefined || known.until <= this.#options.clock.now();
  }

  /** Why a URL may not be fetched; undefined when it may. */
  refusal(url: string): string | undefined {
    const origin = originOf(url);
    const known = this.#known.get(origin);
    if (known === undefined || known.rules.allows(url)) return undefined;
    return known.failure === undefined
      ? `${origin}/robots.txt forbids it`
      : `${origin}/robots.txt cannot be read, which counts as a refusal: ${known.failure.message}`;
  }

  /** Seconds between two requests that a URL's robots.txt asks for. */
  crawlDelay(url: string): number {
    return this.#known.get(originOf(url))?.rules.crawlDelay ?? 0;
  }

  /**
   * Fetches the robots.txt of a URL's origin, and returns why it could not be read when that is the server's or the
   * network's fault. `rest` is awaited before each redirect is followed.
   */
  async ask(url: string, rest: () => Promise<void> = () => Promise.resolve()): Promise<Failure | undefined> {
    let request = createRequest(`${originOf(url)}/robots.txt`);
    let outcome = await this.#options.download(request.url);
    for (let hops = 0; hops < mostRedirects && outcome.response !== undefined; hops++) {
      const redirect = redirectOf(request, outcome.response);
      if (redirect?.request === undefined) break;
      request = redirect.request;
      await rest();
      outcome = await this.#options.download(request.url);
    }
    if (outcome.failure !== undefined) return outcome.failure;
    const { status } = outcome.response;
    if (status >= 500) return { kind: "status", status, message: `status ${status}` };
    this.#remember(url, outcome, undefined);
    return undefined;
  }

  /** Takes a robots.txt that could not be read for a refusal, until it is asked again (RFC 9309, 2.3.1.4). */
  refuse(url: string, failure: Failure): void {
    this.#remember(url, { failure }, failure);
  }

  #remember(url: string, outcome: Outcome, failure: Failure | undefined): void {
    const origin = originOf(url);
    const verdict = robotsFor(`${origin}/robots.txt`, outcome, this.#options.userAgent);
    const until = this.#options.clock.now() + 1000 * verdict.askAgainAfter;
    this.#known.delete(origin);
    this.#known.set(origin, { ...verdict, until, failure });
    if (this.#known.size > mostOrigins) this.#known.delete(this.#known.keys().next().value!);
  }
}

function originOf(url: string): string {
  const end = url.indexOf("/", url.indexOf("//") + 2);
  return end < 0 ? url : url.slice(0, end);
}
