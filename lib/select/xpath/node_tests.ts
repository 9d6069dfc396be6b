/**
 * The tests that a step puts to the nodes of its axis (XPath 1.0, section 2.3).
 *
 * @module
 */

import { isComment, isDirective, isTag, isText } from "domhandler";
import { isAttribute, type XPathNode } from "./node.ts";

/** Whether a node passes. */
export type NodeTest = (node: XPathNode) => boolean;

/** The tests by kind of node, which are written like calls. */
export const kindTests: ReadonlyMap<string, NodeTest> = new Map<string, NodeTest>([
  // The doctype is no node to XPath.
  ["node", (node) => isAttribute(node) || !isDirective(node) || !node.name.startsWith("!")],
  ["text", (node) => !isAttribute(node) && isText(node)],
  ["comment", (node) => !isAttribute(node) && isComment(node)],
  ["processing-instruction", (node) => !isAttribute(node) && isDirective(node) && node.name.startsWith("?")],
]);

/**
 * Returns the test for a name: `p`, `*`, `svg:path` or `svg:*`.
 *
 * A page has no namespaces, so a prefix is a part of the name. The tree of a page has its names in lower case, so a
 * name in the query may be written either way.
 */
export function nameTest(written: string, axis: string): NodeTest {
  const principal: (node: XPathNode) => node is XPathNode & { readonly name: string } = axis === "attribute"
    ? isAttribute
    : (node) => !isAttribute(node) && isTag(node);
  if (written === "*") return principal;
  if (written.endsWith(":*")) {
    const prefix = written.slice(0, -1);
    return (node) => principal(node) && node.name.startsWith(prefix);
  }
  const lower = written.toLowerCase();
  return (node) => principal(node) && (node.name === lower || node.name === written);
}
