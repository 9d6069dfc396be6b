/**
 * CSS selectors and what they take, taken apart.
 *
 * @module
 */

import { isTraversal, parse, type PseudoElement, type Selector, SelectorType } from "css-what";
import { misplaced } from "./css_characters.ts";
import { wrongWith } from "./css_check.ts";
import { SelectorError } from "./selector_error.ts";

/** What is taken of an element that matches: itself, the texts that are its children, or an attribute by name. */
export type Take = "element" | "text" | { readonly attribute: string };

/** The selectors of a comma list that take the same thing. */
export interface CssGroup {
  readonly take: Take;
  /** Selectors of elements: `::text` and `::attr()` have been taken off. */
  readonly selectors: Selector[][];
}

/** Returns the groups of a comma list, or throws a {@linkcode SelectorError}. */
export function parseCss(query: string): CssGroup[] {
  const groups = new Map<string, CssGroup>();
  for (const tokens of parsed(query)) {
    const { take, selectors } = takenApart(query, tokens);
    for (const selector of selectors) {
      const wrong = wrongWith(selector);
      if (wrong !== undefined) throw new SelectorError("CSS selector", query, wrong);
    }
    const key = typeof take === "string" ? take : `@${take.attribute}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { take, selectors });
    else group.selectors.push(...selectors);
  }
  return [...groups.values()];
}

/** css-what's words for what is wrong, where they are not ours. */
const plainly: Readonly<Record<string, string>> = {
  "Empty sub-selector": "a selector is missing",
  "Did not expect successive traversals.": "two combinators stand side by side",
};

function parsed(query: string): Selector[][] {
  const wrong = misplaced(query);
  if (wrong !== undefined) throw new SelectorError("CSS selector", query, wrong.reason, wrong.at);
  let selectors: Selector[][];
  try {
    selectors = parse(query);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // css-what says where it stopped by quoting the rest of the query.
    const rest = /^(?:Unmatched selector: |Expected name, found )(.*)$/s.exec(message)?.[1];
    if (rest === undefined) throw new SelectorError("CSS selector", query, plainly[message] ?? message);
    const what = message.startsWith("Unmatched") ? "this cannot follow" : "a name is missing before";
    const reason = rest === "" ? "it ends where a name is missing" : `${what} ${rest}`;
    throw new SelectorError("CSS selector", query, reason, query.length - rest.length);
  }
  if (selectors.length === 0) throw new SelectorError("CSS selector", query, "it is empty");
  return selectors;
}

/** Takes `::text` or `::attr(name)` off a selector. */
function takenApart(query: string, tokens: Selector[]): CssGroup {
  const last = tokens.at(-1);
  if (last?.type !== SelectorType.PseudoElement) return { take: "element", selectors: [tokens] };
  const take = takes(query, last);
  const before = tokens.at(-2);
  const rest = tokens.slice(0, -1);
  if (before !== undefined && !isTraversal(before)) return { take, selectors: [rest] };
  const any: Selector = { type: SelectorType.Universal, namespace: null };
  // "p ::text" is every text inside a p, those that are its children too: "p::text, p *::text".
  const own = before?.type === SelectorType.Descendant ? [tokens.slice(0, -2)] : [];
  return { take, selectors: [...own, [...structuredClone(rest), any]] };
}

function takes(query: string, { name, data }: PseudoElement): Take {
  if (name === "text" && data === null) return "text";
  if (name === "attr") {
    const attribute = data?.trim() ?? "";
    if (/^[^\s"'<>/=()]+$/.test(attribute)) return { attribute: attribute.toLowerCase() };
    throw new SelectorError("CSS selector", query, "::attr() needs the name of an attribute, as in ::attr(href)");
  }
  const written = data === null ? name : `${name}(${data})`;
  throw new SelectorError("CSS selector", query, `there is ::text and ::attr(name), but no ::${written}`);
}
