/**
 * Steps through a tree in document order.
 *
 * Steps, not recursion: a page may be nested deeper than the call stack.
 *
 * @module
 */

import type { AnyNode, ChildNode } from "domhandler";

/** Returns a node's first child, or `undefined`. */
export function firstChild(node: AnyNode): ChildNode | undefined {
  return "children" in node ? node.children[0] : undefined;
}

/**
 * Returns the node after `node` in document order that is still inside `within` (`null`: anywhere): its first child
 * where it has one.
 */
export function nextNode(node: AnyNode, within: AnyNode | null): ChildNode | undefined {
  return firstChild(node) ?? nodeAfter(node, within);
}

/** Returns the first node after `node` and all that it holds, still inside `within` (`null`: anywhere). */
export function nodeAfter(node: AnyNode, within: AnyNode | null): ChildNode | undefined {
  for (let outer: AnyNode | null = node; outer !== null && outer !== within; outer = outer.parent) {
    if (outer.next !== null) return outer.next;
  }
  return undefined;
}
