/**
 * The text inside a node.
 *
 * @module
 */

import { type AnyNode, isText } from "domhandler";
import { nextNode } from "./walk.ts";

/**
 * Returns all text inside a node, that of scripts and styles included, exactly as the page has it; a text or comment is
 * its own text.
 */
export function textContent(node: AnyNode): string {
  if ("data" in node) return node.data;
  let text = "";
  for (let inner = nextNode(node, node); inner !== undefined; inner = nextNode(inner, node)) {
    if (isText(inner)) text += inner.data;
  }
  return text;
}
