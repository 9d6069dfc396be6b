/**
 * What CSS forbids and css-what reads without complaint.
 *
 * @module
 */

import { isTraversal, type Selector, SelectorType } from "css-what";

/**
 * Returns what is wrong with one complex selector whose `::text` or `::attr()` has been taken off, or `undefined`.
 *
 * `nested`: it stands in `:is()`, `:not()` or the like.
 */
export function wrongWith(tokens: readonly Selector[], nested = false, mayLead = false): string | undefined {
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined) return "it is empty";
  if (isTraversal(first) && !mayLead) {
    return nested
      ? "a combinator stands first in it"
      : 'a combinator stands first in it; ":scope > a" asks for children';
  }
  if (isTraversal(last)) return "nothing follows its last combinator";
  let compounds = 0;
  for (const [place, token] of tokens.entries()) {
    const before = tokens[place - 1];
    const starts = before === undefined || isTraversal(before);
    if (isTraversal(token)) compounds += 1;
    if ((token.type === SelectorType.Tag || token.type === SelectorType.Universal) && !starts) {
      return `the name ${token.type === SelectorType.Tag ? token.name : "*"} does not stand first in its part`;
    }
    if (token.type === SelectorType.PseudoElement) return `::${token.name} cannot be used there`;
    if (token.type !== SelectorType.Pseudo) continue;
    if (token.name === "scope" && compounds > 0 && !nested) return ":scope stands elsewhere than first";
    if (!Array.isArray(token.data)) continue;
    for (const inner of token.data) {
      const wrong = wrongWith(inner, true, token.name === "has");
      if (wrong !== undefined) return `in :${token.name}(), ${wrong}`;
    }
    if (token.data.length === 0) return `:${token.name}() is empty`;
  }
  return undefined;
}
