/**
 * Pseudo-classes of ours, for what css-select does otherwise.
 *
 * css-select binds a query to its context when it compiles it, which would mean compiling anew for every element of a
 * loop. So the questions that depend on the context look at the context of the run under way.
 *
 * @module
 */

import { type AnyNode, type Element, isDocument } from "domhandler";

/** `:scope`: the element that the query is asked of; of a document, its outermost element. */
export const scopePseudo = "-trawl-scope";

/** Any element at or below those that the query is asked of. */
export const insidePseudo = "-trawl-inside";

/** An element whose name, in lower case, is the argument: SVG has names such as `linearGradient`. */
export const namedPseudo = "-trawl-named";

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

/** The pseudo-classes, in the form that css-select takes. */
export const ownPseudos: Record<string, (element: Element, value?: string | null) => boolean> = {
  [scopePseudo]: (element) =>
    asked.has(element) || (element.parent !== null && isDocument(element.parent) && asked.has(element.parent)),
  [insidePseudo]: (element) => {
    for (let node: AnyNode | null = element; node !== null; node = node.parent) if (asked.has(node)) return true;
    return false;
  },
  [namedPseudo]: (element, name) => element.name.toLowerCase() === name,
};
