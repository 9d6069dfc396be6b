/**
 * Document order.
 *
 * @module
 */

import type { AnyNode } from "domhandler";
import { nextNode } from "../../html/walk.ts";
import { isAttribute, rootOf, same, type XPathNode } from "./node.ts";

/** The place of every node of a tree, counted once a tree and only when a query needs it. */
const counted = new WeakMap<AnyNode, ReadonlyMap<AnyNode, number>>();

function placesIn(root: AnyNode): ReadonlyMap<AnyNode, number> {
  const known = counted.get(root);
  if (known !== undefined) return known;
  const places = new Map<AnyNode, number>();
  for (let node: AnyNode | undefined = root; node !== undefined; node = nextNode(node, root)) {
    places.set(node, places.size);
  }
  counted.set(root, places);
  return places;
}

/**
 * Returns nodes in document order, each once. Nodes of other trees than the first node's come last, in the order they
 * have.
 */
export function inDocumentOrder(nodes: readonly XPathNode[]): XPathNode[] {
  const [first] = nodes;
  if (first === undefined) return [];
  if (nodes.length === 1) return [first];
  const places = placesIn(rootOf(first));
  const placed = nodes.map((node) => {
    const place = places.get(isAttribute(node) ? node.parent : node) ?? Number.MAX_SAFE_INTEGER;
    // Attributes follow their element and precede what it holds.
    return { node, place, within: isAttribute(node) ? node.place + 1 : 0 };
  });
  placed.sort((one, other) => one.place - other.place || one.within - other.within);
  const ordered: XPathNode[] = [];
  for (const { node } of placed) {
    const last = ordered.at(-1);
    if (last === undefined || !same(last, node)) ordered.push(node);
  }
  return ordered;
}
