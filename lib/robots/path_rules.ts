/**
 * Which of many rules decides about a path.
 *
 * @module
 */

import { longestPrefixAmong } from "./prefixes.ts";
import { spellPath } from "./spelling.ts";
import { matches, type Wildcard, wildcardOf } from "./wildcard.ts";

/** One `Allow` or `Disallow` line, its pattern as it is written there. */
export interface PathRule {
  readonly allow: boolean;
  readonly pattern: string;
}

/**
 * Returns a function that says whether rules allow a path with its query, which begins with a slash.
 *
 * The longest pattern that matches counts, and of two that are equally long the one that allows (RFC 9309, section
 * 2.2.2); what none matches is allowed. Patterns without wildcards are looked up: ten thousand cost little more than
 * ten.
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
    for (const wildcard of wildcards) {
      if (wildcard.weight < weight || (wildcard.weight === weight && allow)) break;
      if (matches(wildcard, path)) return wildcard.allow;
    }
    return allow;
  };
}
