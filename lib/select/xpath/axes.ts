/**
 * The axes of XPath: which nodes lie in a direction (XPath 1.0, section 2.2).
 *
 * An axis is two steps: to its nearest node, and from one of its nodes to the next. So nothing is collected that is not
 * asked for, and depth costs no stack. Attributes are not reached by steps: see `step.ts`.
 *
 * @module
 */

import type { AnyNode } from "domhandler";
import { firstChild, nextNode, nodeAfter } from "../../html/walk.ts";
import { isAttribute, sibling, type XPathNode } from "./node.ts";

/** A direction in the tree. */
export interface Axis {
  readonly name: string;
  /** Returns the nearest node. */
  readonly first: (origin: XPathNode) => XPathNode | undefined;
  /** Returns the node after `node`, which lies on the axis of `origin`. */
  readonly next: (node: XPathNode, origin: XPathNode) => XPathNode | undefined;
  /** Whether it leads against document order. */
  readonly reverse: boolean;
  /** Whether two of them that meet in a node go on together. */
  readonly merges: boolean;
}

const nothing = (): undefined => undefined;
const itself = (node: XPathNode): XPathNode => node;
const parent = (node: XPathNode): XPathNode | undefined => node.parent ?? undefined;
const nextSibling = (node: XPathNode): XPathNode | undefined => sibling(node, "next");
const previousSibling = (node: XPathNode): XPathNode | undefined => sibling(node, "prev");

function child(node: XPathNode): XPathNode | undefined {
  return isAttribute(node) ? undefined : firstChild(node);
}

function descendant(node: XPathNode, origin: XPathNode): XPathNode | undefined {
  return isAttribute(node) || isAttribute(origin) ? undefined : nextNode(node, origin);
}

function onward(node: XPathNode): XPathNode | undefined {
  return isAttribute(node) ? undefined : nextNode(node, null);
}

function following(node: XPathNode): XPathNode | undefined {
  // What an element holds follows its attributes.
  return isAttribute(node) ? nextNode(node.parent, null) : nodeAfter(node, null);
}

function preceding(node: XPathNode, origin: XPathNode): XPathNode | undefined {
  let found = isAttribute(node) ? node.parent : before(node);
  while (found !== undefined && holds(found, origin)) found = before(found);
  return found;
}

/** Returns the node before in document order, which may be one that holds `node`. */
function before(node: AnyNode): AnyNode | undefined {
  if (node.prev === null) return node.parent ?? undefined;
  let found: AnyNode = node.prev;
  while ("children" in found) {
    const last = found.children.at(-1);
    if (last === undefined) break;
    found = last;
  }
  return found;
}

function holds(outer: AnyNode, inner: XPathNode): boolean {
  for (let node: AnyNode | null = inner.parent; node !== null; node = node.parent) if (node === outer) return true;
  return false;
}

const rows: readonly [name: string, first: Axis["first"], next: Axis["next"], reverse?: "reverse", apart?: "apart"][] =
  [
    ["self", itself, nothing],
    ["child", child, nextSibling],
    ["parent", parent, nothing],
    ["descendant", child, descendant],
    ["descendant-or-self", itself, descendant],
    ["ancestor", parent, parent, "reverse"],
    ["ancestor-or-self", itself, parent, "reverse"],
    ["following-sibling", nextSibling, nextSibling],
    ["preceding-sibling", previousSibling, previousSibling, "reverse"],
    ["following", following, onward],
    // Two that meet may yet part: what holds one origin may precede the other.
    ["preceding", (origin) => preceding(origin, origin), preceding, "reverse", "apart"],
    ["attribute", nothing, nothing],
    // A page has no namespaces.
    ["namespace", nothing, nothing],
  ];

/** Every axis by its name. */
export const axes: ReadonlyMap<string, Axis> = new Map(
  rows.map(([name, first, next, reverse, apart]) => [
    name,
    { name, first, next, reverse: reverse !== undefined, merges: apart === undefined },
  ]),
);
