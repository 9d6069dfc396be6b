/**
 * Where a CSS query looks, told to the matchers of css-select.
 *
 * css-select binds a query to its context when it compiles it, which would mean compiling anew for every element of a loop. So the
 * two questions that depend on the context are pseudo-classes of ours, which look at the context of the run under way.
 *
 * @module
 */

import { type AnyNode, type Element, isDocument } from "domhandler";

/** `:scope`: the element that the query is asked of; of a document, its outermost element. */
export const scopePseudo = "-trawl-scope";

/** Any element at or below the one that the query is asked of. */
export const insidePseudo = "-trawl-inside";

let asked: ReadonlySet<AnyNode> = new Set();

/** Runs `find` with `nodes` as what the query is asked of. */
export function askedOf<Found>(nodes: readonly AnyNode[], find: () => Found): Found {
  const before = asked;
  asked = new Set(nodes);
  try {
    return find();
  } finally {
    asked = before;
  }
}

/** The two pseudo-classes, in the form that css-select takes. */
export const scopePseudos: Record<string, (element: Element) => boolean> = {
  [scopePseudo]: (element) =>
    asked.has(element) || (element.parent !== null && isDocument(element.parent) && asked.has(element.parent)),
  [insidePseudo]: (element) => {
    for (let node: AnyNode | null = element; node !== null; node = node.parent) if (asked.has(node)) return true;
    return false;
  },
};
