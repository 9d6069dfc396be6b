/**
 * The links that something selected holds.
 *
 * @module
 */

import { type AnyNode, isTag, isText } from "domhandler";

/** Returns where a node points to: an element's `href`, or its `src` when it has no `href`; a text is a link itself. */
export function linkOf(found: AnyNode | string): string | undefined {
  if (typeof found === "string") return stripSpace(found);
  if (isText(found)) return stripSpace(found.data);
  if (!isTag(found)) return undefined;
  const link = found.attribs["href"] ?? found.attribs["src"];
  return link === undefined ? undefined : stripSpace(link);
}

/** Returns a text without the spaces and control characters at its ends (URL Standard, 4.4, step 1.2). */
function stripSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
