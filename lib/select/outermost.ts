/**
 * Nodes that hold others.
 *
 * @module
 */

import type { AnyNode } from "domhandler";

/**
 * Returns nodes without those that are inside another of them, in the order they have; the same array where none is.
 */
export function outermost<Node extends { readonly parent: AnyNode | null }>(nodes: readonly Node[]): readonly Node[] {
  if (nodes.length < 2) return nodes;
  const all = new Set<unknown>(nodes);
  const kept = nodes.filter(({ parent }) => {
    for (let outer = parent; outer !== null; outer = outer.parent) if (all.has(outer)) return false;
    return true;
  });
  return kept.length === nodes.length ? nodes : kept;
}
