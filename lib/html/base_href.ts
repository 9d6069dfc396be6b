/**
 * The `<base>` of a page.
 *
 * @module
 */

import { type AnyNode, type Document, isTag } from "domhandler";
import { nextNode } from "./walk.ts";

/** What of a page could be a `<base>`; parsing a page only to find that it has none would be a waste. */
const mention = /<base[\s/]/i;

/** Whether a page may have a `<base>` that says something. */
export function mentionsBase(html: string): boolean {
  return mention.test(html);
}

/**
 * Returns the `href` of the first `<base>` that has one, or `undefined`; those that follow it count for nothing (HTML
 * Standard, 4.2.3).
 *
 * It is an element of HTML only outside of `<svg>` and `<math>`, and a part of the page only outside of `<template>`. One
 * in `<noscript>` counts, since no scripts are run.
 */
export function baseHref(document: Document): string | undefined {
  for (let node: AnyNode | undefined = document; node !== undefined; node = nextNode(node, document)) {
    if (!isTag(node) || node.name !== "base") continue;
    const href = node.attribs["href"];
    if (href !== undefined && counts(node)) return href;
  }
  return undefined;
}

/** Elements in which SVG and MathML hold HTML (HTML Standard, 13.2.6.5, "integration points"). */
const holdHtml: ReadonlySet<string> = new Set([
  "annotation-xml",
  "desc",
  "foreignobject",
  "mi",
  "mn",
  "mo",
  "ms",
  "mtext",
  "title",
]);

function counts(base: AnyNode): boolean {
  let isHtml = false;
  for (let outer = base.parent; outer !== null; outer = outer.parent) {
    if (!isTag(outer)) continue;
    if (outer.name === "template") return false;
    if (holdHtml.has(outer.name.toLowerCase())) isHtml = true;
    else if (outer.name === "svg" || outer.name === "math") {
      if (!isHtml) return false;
      isHtml = false;
    }
  }
  return true;
}
