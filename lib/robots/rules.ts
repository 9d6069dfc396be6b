/**
 * What a site's robots.txt says to us.
 *
 * Pure: fetching it, following its redirects and remembering it is for others.
 *
 * @module
 */

import type { Outcome } from "../model/outcome.ts";
import { originOf } from "../url/origin.ts";
import { groupFor, type RobotsGroup } from "./groups.ts";
import { createPathRules, type PathRule } from "./path_rules.ts";
import { spellPath } from "./spelling.ts";
import { robotsText } from "./text.ts";

/** What one robots.txt says to one crawler. */
export interface RobotsRules {
  /** Whether a URL of the site, which is absolute and has no fragment, may be fetched. */
  allows(url: string): boolean;
  /** Least time between two requests in seconds, where the file names one. */
  readonly crawlDelay: number | undefined;
  /** The sitemaps that the file names, as they are written there. */
  readonly sitemaps: readonly string[];
  /** About how many bytes of memory this takes. */
  readonly size: number;
}

/** Rules, and for how long they count. */
export interface RobotsVerdict {
  readonly rules: RobotsRules;
  /** What the rules were made of, as plain data; {@linkcode rulesOf} makes them again. */
  readonly said: RobotsGroup;
  /** Seconds after which robots.txt should be asked again. */
  readonly askAgainAfter: number;
}

/** How long an answer counts, in seconds (RFC 9309, section 2.4). */
export const robotsLifetime = 24 * 60 * 60;

/** How soon a site that could not say is asked again, in seconds. */
export const robotsSoon = 10 * 60;

const nothing: RobotsGroup = { rules: [], crawlDelay: undefined, sitemaps: [] };
const allowAll: RobotsRules = { allows: () => true, crawlDelay: undefined, sitemaps: [], size: 0 };
const denyAll: RobotsRules = { allows: () => false, crawlDelay: undefined, sitemaps: [], size: 0 };
const allowed: RobotsVerdict = { rules: allowAll, said: nothing, askAgainAfter: robotsLifetime };
const denied: RobotsVerdict = { rules: denyAll, said: nothing, askAgainAfter: robotsSoon };

/**
 * Returns what a robots.txt, which was asked for at `url`, says to a crawler.
 *
 * The crawler is known by its product's name: `trawl/1.0 (+https://...)` is `trawl`. The longest pattern that matches
 * counts, and of two that are equally long the one that allows. Lines that are no rules are passed over, so an error
 * page allows all. robots.txt itself is always allowed. The rules say nothing about URLs of other sites, and allow them.
 * A URL for which thousands of patterns with wildcards would have to be searched is refused where that takes too long,
 * as {@linkcode createPathRules} has it.
 */
export function parseRobots(url: string, text: string, userAgent: string): RobotsRules {
  return rulesOf(url, groupFor(text, userAgent), text.length);
}

/**
 * Returns the rules of a robots.txt, which was asked for at `url`, from what it says. `length`: that of the text which
 * the patterns are parts of.
 */
export function rulesOf(url: string, said: RobotsGroup, length = lengthOf(said)): RobotsRules {
  const { rules, crawlDelay, sitemaps } = said;
  const origin = originOf(url);
  const isAllowed = createPathRules(rules);
  const allows = (asked: string) => {
    if (!asked.startsWith(origin)) return true;
    const path = asked.slice(origin.length);
    // What goes on with another character is another host or port.
    return !path.startsWith("/") || path === "/robots.txt" || isAllowed(path);
  };
  return {
    allows: rules.length === 0 ? () => true : allows,
    crawlDelay,
    sitemaps,
    size: sizeOf(length, rules, sitemaps),
  };
}

/**
 * Returns the rules that follow from asking for a robots.txt (RFC 9309, section 2.3.1).
 *
 * A file counts with its first 500 KiB. A site that has none (any 4xx, or redirects that lead nowhere) allows all. A
 * site that cannot say (5xx, or an error of the network) allows nothing for now, and should be asked again soon.
 */
export function robotsFor(url: string, { response, failure }: Outcome, userAgent: string): RobotsVerdict {
  if (failure !== undefined) return failure.kind === "redirect" ? allowed : denied;
  const { status, body } = response;
  if (status >= 200 && status <= 299) {
    const text = robotsText(body);
    const said = groupFor(text, userAgent);
    return { rules: rulesOf(url, said, text.length), said, askAgainAfter: robotsLifetime };
  }
  return status >= 300 && status <= 499 ? allowed : denied;
}

function lengthOf({ rules, sitemaps }: RobotsGroup): number {
  return [...rules.map(({ pattern }) => pattern), ...sitemaps].reduce((sum, { length }) => sum + length, 0);
}

/**
 * Returns about how many bytes of memory a file and the rules that come of it take, as measured with V8.
 *
 * The patterns are parts of the file's text and keep all of it, but for those that are spelled anew. A file of short
 * rules takes seven times its bytes, one of wildcards fifteen times.
 */
function sizeOf(length: number, rules: readonly PathRule[], sitemaps: readonly string[]): number {
  let size = 1000 + length + 20 * sitemaps.length;
  for (const { pattern } of rules) {
    const spelled = spellPath(pattern);
    // Of a long piece between two wildcards there is a table, with four bytes for each character.
    if (spelled.includes("*")) size += 160 + 4 * spelled.length;
    else size += 60 + (spelled === pattern ? 0 : spelled.length);
  }
  return size;
}
