/**
 * The nodes that XPath knows.
 *
 * @module
 */

import { type AnyNode, type ChildNode, type Element, isTag } from "domhandler";
import { textContent } from "../../html/text_content.ts";

/**
 * An attribute as a node of its own; the tree has only names and values. Two of them may be the same attribute: see
 * {@linkcode same}.
 */
export class AttributeNode {
  readonly type = "attribute";
  readonly parent: Element;
  readonly name: string;
  readonly value: string;
  /** Its place among the attributes of its element, counted from 0. */
  readonly place: number;

  constructor(parent: Element, name: string, value: string, place: number) {
    this.parent = parent;
    this.name = name;
    this.value = value;
    this.place = place;
  }
}

/** A node of a tree, or an attribute. */
export type XPathNode = AnyNode | AttributeNode;

/** Whether a node is an attribute. */
export function isAttribute(node: XPathNode): node is AttributeNode {
  return node.type === "attribute";
}

/** Whether two nodes are one. */
export function same(one: XPathNode, other: XPathNode): boolean {
  if (one === other) return true;
  return isAttribute(one) && isAttribute(other) && one.parent === other.parent && one.place === other.place;
}

/** Returns a node's string-value (XPath 1.0, section 5). */
export function stringValue(node: XPathNode): string {
  return isAttribute(node) ? node.value : textContent(node);
}

/** Returns the attributes of an element; none of any other node. */
export function attributesOf(node: XPathNode): AttributeNode[] {
  if (isAttribute(node) || !isTag(node)) return [];
  const found: AttributeNode[] = [];
  for (const name of Object.keys(node.attribs)) {
    found.push(new AttributeNode(node, name, node.attribs[name] ?? "", found.length));
  }
  return found;
}

/** Returns the outermost node of a node's tree. */
export function rootOf(node: XPathNode): AnyNode {
  let root: AnyNode = isAttribute(node) ? node.parent : node;
  while (root.parent !== null) root = root.parent;
  return root;
}

/** Returns the node beside a child, or `undefined`; an attribute has none. */
export function sibling(node: XPathNode, side: "next" | "prev"): ChildNode | undefined {
  return isAttribute(node) ? undefined : node[side] ?? undefined;
}
