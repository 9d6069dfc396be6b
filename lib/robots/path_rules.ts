/**
 * Which of many rules decides about a path.
 *
 * @module
 */

import { longestPrefixAmong } from "./prefixes.ts";
import { CountedText } from "./search.ts";
import { spellPath } from "./spelling.ts";
import { matches, type Wildcard, wildcardOf } from "./wildcard.ts";

/** One `Allow` or `Disallow` line, its pattern as it is written there. */
export interface PathRule {
  readonly allow: boolean;
  readonly pattern: string;
}

/** How much of a path is searched in all for the pieces of patterns, in characters. At worst that takes 0.2 s. */
const mostSearched = 20_000_000;

/**
 * Returns a function that says whether rules allow a path with its query, which begins with a slash.
 *
 * The longest pattern that matches counts, and of two that are equally long the one that allows (RFC 9309, section
 * 2.2.2); what none matches is allowed. Patterns without wildcards are looked up: ten thousand cost little more than
 * ten. A pattern with wildcards that begins as the path does has to be searched for in it, and after 20,000,000
 * characters of searching the path is refused: a site could choose both so that it takes seconds. No ordinary file
 * comes near that; 10,000 such patterns and a path of 1,000 characters are half of it at most.
 */
export function createPathRules(rules: readonly PathRule[]): (path: string) => boolean {
  const beginnings = new Map<string, boolean>(), whole = new Map<string, boolean>();
  const wildcards: (Wildcard & { readonly allow: boolean; readonly weight: number })[] = [];
  for (const { allow, pattern } of rules) {
    const ends = pattern.endsWith("$");
    const spelled = spellPath(ends ? pattern.slice(0, -1) : pattern);
    if (spelled.includes("*")) {
      wildcards.push({ ...wildcardOf(spelled, ends), allow, weight: spelled.length + (ends ? 1 : 0) });
    } else {
      const same = ends ? whole : beginnings;
      same.set(spelled, allow || same.get(spelled) === true);
    }
  }
  wildcards.sort((a, b) => b.weight - a.weight || Number(b.allow) - Number(a.allow));
  const longest = longestPrefixAmong([...beginnings.keys()]);

  return (written) => {
    let path = spellPath(written);
    // In a path it is a character like others; a rule means that with its escape.
    if (path.includes("*")) path = path.replaceAll("*", "%2A");
    let allow = whole.get(path), weight = path.length + 1;
    if (allow === undefined) {
      const beginning = longest(path);
      allow = beginning === undefined || beginnings.get(beginning) === true;
      weight = beginning?.length ?? 0;
    }
    const counted = new CountedText(path);
    for (const wildcard of wildcards) {
      if (wildcard.weight < weight || (wildcard.weight === weight && allow)) break;
      if (counted.searched > mostSearched) return false;
      if (matches(wildcard, counted)) return wildcard.allow;
    }
    return allow;
  };
}
