/**
 * What a query selects on a page.
 *
 * @module
 */

import { type AnyNode, isTag } from "domhandler";
import { textContent } from "../html/text_content.ts";
import { findCss } from "./css_find.ts";
import { cssQuery } from "./css_query.ts";
import { linkOf } from "./links.ts";
import { outerHtml } from "./outer_html.ts";
import { everyMatch, extract } from "./regex.ts";
import { findXPath } from "./xpath_find.ts";

/**
 * Elements and strings of a page, in document order; possibly none.
 *
 * A query is asked of each of them and what it selects is one selection again, with nothing in it twice. A selection
 * never changes.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHtml } from "../html/parse.ts";
 * import { Selection } from "./selection.ts";
 *
 * const page = new Selection([parseHtml(`<ul><li><a href="/a">One</a><li><a href="/b">Two</a></ul>`)]);
 * assert.deepEqual(page.css("a::text").getAll(), ["One", "Two"]);
 * assert.equal(page.xpath("//li[2]/a/@href").get(), "/b");
 * const links = [...page.css("li")].map((item) => item.css("a").attr("href"));
 * assert.deepEqual(links, ["/a", "/b"]);
 * ```
 */
export class Selection implements Iterable<Selection> {
  readonly #found: readonly (AnyNode | string)[];

  /** `found`: nodes of one tree, in document order, each once, and strings. */
  constructor(found: readonly (AnyNode | string)[]) {
    this.#found = found;
  }

  /** How many elements and strings are selected. */
  get length(): number {
    return this.#found.length;
  }

  /**
   * Selects by CSS at and below what is selected: an element itself may match, and nothing outside it counts.
   *
   * `::text` selects the texts that are children of the elements before it, so `p ::text` every text inside a `p`;
   * `::attr(name)` selects an attribute's value. `:scope` is what is asked, as in `:scope > li`. Throws a
   * `SelectorError`.
   */
  css(query: string): Selection {
    return new Selection(findCss(cssQuery(query), this.#nodes()));
  }

  /**
   * Selects by XPath 1.0, asked of each element: `.//a` looks inside it, `//a` in the whole page.
   *
   * `variables` are the values of the query's `$name`s. `re:test()`, `re:match()`, `re:replace()`, `set:difference()`
   * and its like, and `has-class()` can be called. Numbers and truths become strings, a truth `"1"` or `"0"`. Throws a
   * `SelectorError`.
   */
  xpath(query: string, variables: Readonly<Record<string, string | number | boolean>> = {}): Selection {
    return new Selection(findXPath(query, this.#nodes(), variables));
  }

  /** Returns the first that is selected as a string, an element as its outer HTML; `fallback` when nothing is. */
  get(): string | undefined;
  get<Fallback>(fallback: Fallback): string | Fallback;
  get(fallback?: unknown): unknown {
    const [first] = this.#found;
    return first === undefined ? fallback : asString(first);
  }

  /** Returns all that is selected as strings, elements as their outer HTML. */
  getAll(): string[] {
    return this.#found.map(asString);
  }

  /**
   * Returns the whole text inside the first that is selected, every run of white space folded to a space and none at
   * the ends; `""` for none.
   */
  text(): string {
    const [first] = this.#found;
    if (first === undefined) return "";
    // A single space is the rule, and need not be replaced by another.
    return (typeof first === "string" ? first : textContent(first)).replace(/ \s+|[^\S ]\s*/g, " ").trim();
  }

  /** Returns an attribute of the first element, or `undefined` when there is no element or it has no such attribute. */
  attr(name: string): string | undefined {
    const element = this.#found.find((found) => typeof found !== "string" && isTag(found));
    if (element === undefined || typeof element === "string" || !isTag(element)) return undefined;
    const key = name.toLowerCase();
    return Object.hasOwn(element.attribs, key) ? element.attribs[key] : undefined;
  }

  /**
   * Returns what a pattern finds in each string of {@linkcode Selection.getAll | getAll()}: of each match its groups,
   * or the whole match where the pattern has no group.
   */
  re(pattern: RegExp | string): string[] {
    const every = everyMatch(pattern);
    return this.#found.flatMap((found) => [...extract(every, asString(found))]);
  }

  /** Returns the first of what {@linkcode Selection.re | re()} returns; `fallback` when there is none. */
  reFirst(pattern: RegExp | string): string | undefined;
  reFirst<Fallback>(pattern: RegExp | string, fallback: Fallback): string | Fallback;
  reFirst(pattern: RegExp | string, fallback?: unknown): unknown {
    const every = everyMatch(pattern);
    for (const found of this.#found) {
      for (const text of extract(every, asString(found))) return text;
    }
    return fallback;
  }

  /**
   * Yields the link that each element (its `href`, or its `src` when it has none) or string is, as written but for
   * spaces at its ends.
   */
  *links(): Generator<string> {
    for (const found of this.#found) {
      const link = linkOf(found);
      if (link !== undefined) yield link;
    }
  }

  /** Yields a selection of each element and string alone. */
  *[Symbol.iterator](): Generator<Selection> {
    for (const found of this.#found) yield new Selection([found]);
  }

  #nodes(): AnyNode[] {
    return this.#found.filter((found) => typeof found !== "string");
  }
}

function asString(found: AnyNode | string): string {
  return typeof found === "string" ? found : outerHtml(found);
}
