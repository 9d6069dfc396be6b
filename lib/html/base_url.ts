/**
 * What the links of a page are relative to.
 *
 * @module
 */

import { type AnyNode, type Document, isTag } from "domhandler";
import { nextNode } from "./walk.ts";

/**
 * Returns the absolute URL that the links of a page are relative to: the first `<base href>`, or `url`, the page's own.
 *
 * A `<base>` that is no URL, or a `data:` or `javascript:` one, counts for nothing, and so do those that follow it
 * (HTML Standard, 4.2.3, "set the frozen base URL").
 */
export function baseUrl(document: Document, url: string): string {
  for (let node: AnyNode | undefined = document; node !== undefined; node = nextNode(node, document)) {
    if (!isTag(node) || node.name !== "base") continue;
    const href = node.attribs["href"];
    if (href === undefined) continue;
    const base = URL.parse(href, url);
    return base === null || base.protocol === "data:" || base.protocol === "javascript:" ? url : base.href;
  }
  return url;
}
