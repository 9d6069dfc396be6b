/**
 * Pages that send their readers to another page: `<meta http-equiv="refresh" content="0; url=/there">`.
 *
 * @module
 */

import { type AnyNode, type Document, isTag } from "domhandler";
import { elementsNamed } from "./elements.ts";

/** Where a page sends its readers, and when. */
export interface Refresh {
  readonly seconds: number;
  /** As it is written; `undefined` where the page is only to be loaded again. */
  readonly link: string | undefined;
}

/**
 * Returns what the first refresh of a page says that can be read, or `undefined` where there is none.
 *
 * One inside `<noscript>` or `<template>` does not count: the first is for readers that the page turns away.
 */
export function metaRefresh(document: Document): Refresh | undefined {
  for (const meta of elementsNamed(document, "meta")) {
    if (meta.attribs["http-equiv"]?.trim().toLowerCase() !== "refresh" || isInert(meta)) continue;
    const refresh = parseRefresh(meta.attribs["content"] ?? "");
    if (refresh !== undefined) return refresh;
  }
  return undefined;
}

/**
 * Returns what a refresh says, whether in a `<meta>` or in the header `Refresh`, or `undefined` where it is none; it is
 * read as browsers read it (HTML Standard, 4.2.5.3, "shared declarative refresh steps").
 */
export function parseRefresh(content: string): Refresh | undefined {
  const [, seconds, target = ""] = order.exec(content) ?? [];
  if (seconds === undefined) return undefined;
  const link = unquoted(target.replace(/^url\s*=\s*/i, ""));
  return {
    seconds: Number.parseFloat(`0${seconds}`),
    link: link === "" || link.startsWith("#") ? undefined : link,
  };
}

/** A number of seconds, and behind a separator the rest. */
const order = /^\s*(\d[\d.]*|\.[\d.]*)(?:$|(?=[;,\s])\s*[;,]?\s*(.*)$)/s;

function isInert(node: AnyNode): boolean {
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    if (isTag(outer) && (outer.name === "noscript" || outer.name === "template")) return true;
  }
  return false;
}

function unquoted(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text.trim();
  const end = text.indexOf(quote, 1);
  return text.slice(1, end < 0 ? undefined : end).trim();
}
