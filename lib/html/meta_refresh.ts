/**
 * Pages that send their readers to another page: `<meta http-equiv="refresh" content="0; url=/there">`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type AnyNode, type Document, isTag } from "domhandler";
import { baseUrl } from "./base_url.ts";
import { elementsNamed } from "./elements.ts";

/** Where a page sends its readers, and when. */
export interface Refresh {
  readonly seconds: number;
  /** Absolute, of any scheme. */
  readonly url: string;
}

/**
 * Returns what the first refresh of a page says, or `undefined` where there is none, or it only reloads the page.
 *
 * It is read as browsers read it (HTML Standard, 4.2.5.3, "shared declarative refresh steps"), relative to the page's
 * `<base>`. One inside `<noscript>` or `<template>` does not count: the first is for readers that the page turns away.
 */
export function metaRefresh(document: Document, url: string): Refresh | undefined {
  for (const meta of elementsNamed(document, "meta")) {
    if (meta.attribs["http-equiv"]?.trim().toLowerCase() !== "refresh" || isInert(meta)) continue;
    const [, seconds, target = ""] = order.exec(meta.attribs["content"] ?? "") ?? [];
    if (seconds === undefined) continue;
    const link = unquoted(target.replace(/^url\s*=\s*/i, ""));
    const found = link === "" || link.startsWith("#") ? null : URL.parse(link, baseUrl(document, url));
    return found === null ? undefined : { seconds: Number.parseFloat(`0${seconds}`), url: found.href };
  }
  return undefined;
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

/** How far into a page a refresh is looked for, in bytes: a page that only sends elsewhere is short. */
const within = 4096;

/**
 * Returns what the beginning of a page says of a refresh, up to the end of a tag, or `undefined` where it cannot hold one,
 * as nearly all pages cannot: finding that out costs less than a microsecond.
 */
export function headWithRefresh(body: Uint8Array): Uint8Array | undefined {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(within, body.byteLength));
  // One character a byte: what is looked for is ASCII, and so it is in every encoding but UTF-16.
  if (!/http-equiv\s*=\s*["']?\s*refresh/i.test(head.toString("latin1"))) return undefined;
  return body.byteLength <= within ? body : body.subarray(0, head.lastIndexOf(">") + 1);
}
