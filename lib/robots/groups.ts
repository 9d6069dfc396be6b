/**
 * The lines of a robots.txt, and which of them are for us.
 *
 * @module
 */

import type { PathRule } from "./path_rules.ts";

/** What a robots.txt says to one crawler. */
export interface RobotsGroup {
  readonly rules: readonly PathRule[];
  /** The longest `Crawl-delay`, in seconds. */
  readonly crawlDelay: number | undefined;
  /** The sitemaps, which are for everybody, as they are written. */
  readonly sitemaps: readonly string[];
}

/**
 * A line that is meant as a rule: with the misspellings that Google's parser takes as well, and with the colon
 * forgotten where nothing but a key and a value stand there.
 *
 * The flag `s` lets a value go on behind U+2028, which ends no line here. Without it the end of such a line is looked
 * for anew from each of the spaces before the value.
 */
const rule =
  /^(user[- ]?agent|allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl-?delay|site-?map)(?:\s*:\s*(.*)|\s+(\S+))$/is;

/** As much of a line as Google's parser reads, in characters. */
const longestLine = 2083 * 8 - 1;

/**
 * Returns what the lines of a robots.txt say to a crawler: all groups that name it, else all groups for everyone.
 *
 * Only a rule ends the names at the head of a group; any other line stands between them without an effect (RFC 9309,
 * section 2.2.4). That goes for `Crawl-delay`, too, which itself is for the names since the last one.
 */
export function groupFor(text: string, userAgent: string): RobotsGroup {
  const name = productOf(userAgent);
  const ours: Group = { rules: [], crawlDelay: undefined }, everyones: Group = { rules: [], crawlDelay: undefined };
  const sitemaps: string[] = [];
  const ruled = new Set<Group>(), paced = new Set<Group>();
  let isNamed = false, endsRules = false, endsPace = false;
  for (const [key, value] of linesOf(text)) {
    if (key.startsWith("user")) {
      if (endsRules) ruled.clear();
      if (endsPace) paced.clear();
      endsRules = endsPace = false;
      const named = tokenOf(value);
      const group = named === name ? ours : named === "*" ? everyones : undefined;
      if (group === undefined) continue;
      ruled.add(group);
      paced.add(group);
      if (group === ours) isNamed = true;
    } else if (key.startsWith("site")) {
      if (value !== "") sitemaps.push(value);
    } else if (key.startsWith("crawl")) {
      endsPace = true;
      for (const group of paced) group.crawlDelay = longer(group.crawlDelay, value);
    } else {
      endsRules = endsPace = true;
      if (value === "") continue;
      const rules = rulesOf(key.startsWith("allow"), value);
      for (const group of ruled) group.rules.push(...rules);
    }
  }
  return { ...(isNamed ? ours : everyones), sitemaps };
}

interface Group {
  readonly rules: PathRule[];
  crawlDelay: number | undefined;
}

function* linesOf(text: string): Generator<readonly [key: string, value: string]> {
  for (const line of text.split(/[\r\n]+/)) {
    const comment = line.indexOf("#");
    const said = line.slice(0, Math.min(comment < 0 ? line.length : comment, longestLine)).trim();
    const [, key, value, bare] = rule.exec(said) ?? [];
    if (key !== undefined) yield [key.toLowerCase(), value ?? bare ?? ""];
  }
}

/** The beginning of the last part of a path that servers answer a folder with. */
const folderPage = "/index.htm";

/**
 * Returns the rules that a line makes: who allows `/shop/index.html` or `/shop/index.htm` allows `/shop/` itself, which
 * is the same page. RFC 9309 is silent about it; Google's parser has it so.
 */
function rulesOf(allow: boolean, pattern: string): readonly PathRule[] {
  const folder = pattern.lastIndexOf("/");
  const rule = { allow, pattern };
  if (!allow || !pattern.startsWith(folderPage, folder)) return [rule];
  return [rule, { allow, pattern: `${pattern.slice(0, folder + 1)}$` }];
}

function longer(delay: number | undefined, value: string): number | undefined {
  const seconds = /^[\d.]/.test(value) ? Number(value) : NaN;
  return Number.isFinite(seconds) ? Math.max(delay ?? 0, seconds) : delay;
}

/**
 * Returns the name by which a robots.txt may know a crawler: that after `compatible;` where it poses as a browser, else
 * the first word. `trawl/1.0 (+https://...)` is `trawl`.
 */
function productOf(userAgent: string): string {
  return tokenOf(/\(compatible; *([^\s;)]+)/i.exec(userAgent)?.[1] ?? userAgent) ?? "*";
}

/** The name at the beginning of a text; digits count, although RFC 9309 knows none. */
function tokenOf(text: string): string | undefined {
  const name = text.trim();
  return /^\*(?!\S)/.test(name) ? "*" : /^[\p{L}\p{N}_-]+/u.exec(name)?.[0].toLowerCase();
}
