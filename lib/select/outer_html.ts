/**
 * From a tree back to text.
 *
 * @module
 */

import { type AnyNode, isText } from "domhandler";
import { render } from "dom-serializer";

// Attributes keep their `=""` and other scripts stay readable: this is what a browser's outerHTML says.
const options = { encodeEntities: "utf8", emptyAttrs: true } as const;

/** Returns a node as markup, as a browser's `outerHTML` has it; a text node as its text, with nothing escaped. */
export function outerHtml(node: AnyNode): string {
  return isText(node) ? node.data : render(node, options);
}
