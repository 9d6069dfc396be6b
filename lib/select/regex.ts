/**
 * What a pattern finds in a text.
 *
 * @module
 */

/** Returns a pattern that finds every match and starts at the first character, whatever its flags and its history. */
export function everyMatch(pattern: RegExp | string): RegExp {
  if (typeof pattern === "string") return new RegExp(pattern, "g");
  return new RegExp(pattern.source, pattern.global ? pattern.flags : `${pattern.flags}g`);
}

/**
 * Yields what a pattern from {@linkcode everyMatch} finds: of each match its groups, or the whole match where the
 * pattern has no group.
 *
 * A group that took no part is an empty string. A group named `extract` is the only one that counts, and only its first
 * match. Both as in Parsel.
 */
export function* extract(pattern: RegExp, text: string): Generator<string> {
  for (const match of text.matchAll(pattern)) {
    if (match.groups !== undefined && Object.hasOwn(match.groups, "extract")) {
      const found = match.groups["extract"];
      if (found !== undefined) yield found;
      return;
    }
    if (match.length === 1) yield match[0];
    else for (const group of match.slice(1)) yield group ?? "";
  }
}
