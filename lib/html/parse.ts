/**
 * From text to a tree.
 *
 * @module
 */

import type { Document } from "domhandler";
import { parseDocument } from "htmlparser2";

/**
 * Returns the tree of an HTML page that is decoded already; every text has one, however broken it is.
 *
 * The tree holds what the page says: no `html`, `head`, `body` or `tbody` is put in where the page has none. Tag and
 * attribute names are in lower case, entities are decoded, and NUL characters are dropped, as browsers do it.
 */
export function parseHtml(text: string): Document {
  return parseDocument(text.includes("\0") ? text.replaceAll("\0", "") : text);
}
