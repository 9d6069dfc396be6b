/**
 * What a site's robots.txt says to us.
 *
 * Pure: fetching it, following its redirects and remembering it is for others.
 *
 * @module
 */

import robotsParser from "robots-parser";
import type { Outcome } from "../model/outcome.ts";
import { tidied, unreserved } from "./tidy.ts";

// Its types describe a module with a default export; it is a function.
const parse = robotsParser as unknown as typeof robotsParser.default;

/** What one robots.txt says to one crawler. */
export interface RobotsRules {
  /** Whether a URL of the site may be fetched. */
  allows(url: string): boolean;
  /** Least time between two requests in seconds, where the file names one. */
  readonly crawlDelay: number | undefined;
  /** The sitemaps that the file names, as they are written there. */
  readonly sitemaps: readonly string[];
}

/** Rules, and for how long they count. */
export interface RobotsVerdict {
  readonly rules: RobotsRules;
  /** Seconds after which robots.txt should be asked again. */
  readonly askAgainAfter: number;
}

/** No more of a file than this counts, in bytes (RFC 9309, section 2.5). */
const maxSize = 500 * 1024;

/**
 * How long an answer counts, and how soon a site that could not say is asked again, in seconds (RFC 9309, section 2.4).
 */
const day = 24 * 60 * 60, soon = 10 * 60;

const allowAll: RobotsRules = { allows: () => true, crawlDelay: undefined, sitemaps: [] };
const denyAll: RobotsRules = { allows: () => false, crawlDelay: undefined, sitemaps: [] };

/**
 * Returns what a robots.txt, which was asked for at `url`, says to a crawler.
 *
 * The crawler is known by the first word of its name, up to a slash: `trawl/1.0 (+https://...)` is `trawl`. The longest
 * pattern that matches counts, and of two that are equally long the one that allows. Lines that are no rules are passed
 * over, so an error page allows all. The rules say nothing about URLs of other sites, and allow them.
 */
export function parseRobots(url: string, text: string, userAgent: string): RobotsRules {
  const robots = parse(url, tidied(text));
  const name = userAgent.trim().replace(/[\s/].*$/s, "");
  const delay = robots.getCrawlDelay(name);
  return {
    allows: (asked) => robots.isAllowed(unreserved(asked), name) ?? true,
    crawlDelay: delay !== undefined && delay >= 0 && Number.isFinite(delay) ? delay : undefined,
    sitemaps: robots.getSitemaps(),
  };
}

/**
 * Returns the rules that follow from asking for a robots.txt (RFC 9309, section 2.3.1).
 *
 * A file counts with its first 500 KiB. A site that has none (any 4xx, or redirects that lead nowhere) allows all. A
 * site that cannot say (5xx, or an error of the network) allows nothing for now, and should be asked again soon.
 */
export function robotsFor(url: string, { response, failure }: Outcome, userAgent: string): RobotsVerdict {
  if (failure !== undefined) {
    return failure.kind === "redirect"
      ? { rules: allowAll, askAgainAfter: day }
      : { rules: denyAll, askAgainAfter: soon };
  }
  const { status, body } = response;
  if (status >= 200 && status <= 299) {
    return { rules: parseRobots(url, textOf(body), userAgent), askAgainAfter: day };
  }
  return status >= 300 && status <= 499
    ? { rules: allowAll, askAgainAfter: day }
    : { rules: denyAll, askAgainAfter: soon };
}

function textOf(body: Uint8Array): string {
  if (body.length <= maxSize) return new TextDecoder().decode(body);
  // Up to the last whole line: the first half of a pattern would be another rule.
  const part = body.subarray(0, maxSize);
  const end = Math.max(part.lastIndexOf(0x0a), part.lastIndexOf(0x0d));
  return new TextDecoder().decode(part.subarray(0, end + 1));
}
