// deno-lint-ignore-file no-control-regex
/**
 * What a body is: by its `Content-Type`, and where that says nothing by its beginning (MIME Sniffing Standard, 7).
 *
 * `X-Content-Type-Options: nosniff` changes nothing: it keeps a browser from running what was not meant to be run, and
 * here nothing is run.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { readContentType } from "./content_type.ts";

/** How much of a body is looked into, in bytes; and how much of XML, where much may stand before the first element. */
const headLength = 1445, xmlHeadLength = 64 * 1024;

/** Types that mean "I do not know" (MIME Sniffing, 7, step 1). */
const unknown: ReadonlySet<string> = new Set(["unknown/unknown", "application/unknown"]);

/** Said by servers of whatever has no ending that they know, so it is text only if it looks so (7.2). */
const saidOfAll = /^text\/plain(?:; charset=(?:iso-8859-1|utf-8))?$/i;

/** What may stand before the first element of a document in XML or HTML: how each begins and how it ends. */
const prolog: readonly (readonly [start: string, end: string])[] = [["<!--", "-->"], ["<!", ">"], ["<?", "?>"]];

const feedRoot = /^<(?:(rss)|(feed)|rdf:RDF)[\s>]/;
/** In XML a name may have the prefix of its namespace. */
const htmlRoot = /^<(?:[^\s<>/:"'=]+:)?html[\s/>]/i;

/** A piece of the declarations that a doctype has in brackets: in the first four a bracket is none. */
const declaration = /"[^"]*"|'[^']*'|<!--[^]*?-->|<\?[^]*?\?>|[^\]"'<]+|<(?!!--|\?)/y;

/**
 * The beginning of a page in HTML. The standard has the most frequent elements only, and browsers differ; any of HTML's
 * own will do, for a page is rather shown than lost.
 */
const html = new RegExp(
  String
    .raw`^<(?:!doctype\s+html|!--|(?:html|head|body|title|base|link|meta|style|script|noscript|template|section|nav|` +
    "article|aside|h[1-6]|header|footer|hgroup|address|main|search|p|hr|pre|blockquote|ol|ul|menu|li|dl|dt|dd|figure|" +
    "div|a|em|strong|small|b|i|s|u|q|span|code|abbr|br|img|picture|iframe|embed|object|video|audio|canvas|map|area|" +
    "table|caption|tbody|tr|td|th|form|label|input|button|select|textarea|fieldset|details|dialog|center|font|" +
    String.raw`frameset|frame|noframes|basefont|bgsound|applet|marquee)(?=[\s/>]|$))`,
  "i",
);

/** Files that begin in a way of their own (6.1, 6.4 and 7.1), byte for byte. */
const files: readonly (readonly [beginning: RegExp, type: string])[] = [
  [/^%PDF-/, "application/pdf"],
  [/^%!PS-Adobe-/, "application/postscript"],
  [/^GIF8[79]a/, "image/gif"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^RIFF[^]{4}WEBPVP/, "image/webp"],
  [/^BM[^]{4}\0\0\0\0/, "image/bmp"],
  [/^\x1f\x8b\x08/, "application/x-gzip"],
  [/^PK\x03\x04/, "application/zip"],
  [/^Rar!\x1a\x07\0/, "application/x-rar-compressed"],
];

/** The marks of UTF-8 and UTF-16 are those of a text, whatever follows. */
const byteOrderMark = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/;

/** What no text has (MIME Sniffing, 3, "binary data byte"). */
const binary = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/**
 * Returns the type of a body, in lower case and without parameters.
 *
 * The `Content-Type` header counts, with three exceptions: one that names no type, or an unknown one, leaves it to the
 * body; `text/html` that is a feed is a feed; `text/plain` with bytes that no text has is `application/octet-stream`.
 */
export function mimeTypeOf(contentType: string | null | undefined, body: Uint8Array): string {
  const { type } = readContentType(contentType);
  if (type === undefined || unknown.has(type)) return sniffed(headOf(body));
  if (type === "text/html") return feedIn(markupOf(headOf(body))) ?? type;
  return type === "text/plain" && saidOfAll.test(contentType ?? "") ? textOrBinary(headOf(body)) : type;
}

/**
 * Whether a body is a page in HTML: by its type, or in XML by its outermost element.
 *
 * @example
 * ```ts
 * import { isHtml } from "./mime_type.ts";
 *
 * isHtml("text/html; charset=utf-8", new Uint8Array(0)); // true
 * isHtml(undefined, new TextEncoder().encode("<!doctype html><title>A page</title>")); // true
 * ```
 */
export function isHtml(contentType: string | null | undefined, body: Uint8Array): boolean {
  const type = mimeTypeOf(contentType, body);
  if (/^(?:text\/html|application\/(?:vnd\.wap\.)?xhtml\+xml)$/.test(type)) return true;
  return /^(?:text|application)\/xml$/.test(type) && htmlRoot.test(rootOf(markupOf(headOf(body, xmlHeadLength))));
}

function sniffed(head: string): string {
  const markup = markupOf(head);
  const feed = feedIn(markup);
  if (feed !== undefined) return feed;
  if (html.test(markup)) return "text/html";
  if (markup.startsWith("<?xml")) return "text/xml";
  return files.find(([beginning]) => beginning.test(head))?.[1] ?? textOrBinary(head);
}

function feedIn(markup: string): string | undefined {
  const [root, rss, atom] = feedRoot.exec(rootOf(markup)) ?? [];
  if (root === undefined) return undefined;
  if (atom !== undefined) return "application/atom+xml";
  return rss !== undefined || markup.includes("http://purl.org/rss/1.0/") ? "application/rss+xml" : undefined;
}

/** Markup from its first element on. */
function rootOf(markup: string): string {
  let rest = markup;
  for (;;) {
    const [start, end] = prolog.find(([start]) => rest.startsWith(start)) ?? [];
    if (start === undefined || end === undefined) return rest;
    const at = rest.indexOf(end, start === "<!" ? declarationsEnd(rest) : start.length);
    if (at < 0) return "";
    rest = rest.slice(at + end.length).trimStart();
  }
}

/** Where the declarations end that a doctype has in brackets, at the beginning of markup; 0 where it has none. */
function declarationsEnd(markup: string): number {
  const open = /^[^>[]*\[/.exec(markup)?.[0];
  if (open === undefined) return 0;
  declaration.lastIndex = open.length;
  let end = open.length;
  while (declaration.test(markup)) end = declaration.lastIndex;
  return markup[end] === "]" ? end : 0;
}

function textOrBinary(head: string): string {
  return byteOrderMark.test(head) || !binary.test(head) ? "text/plain" : "application/octet-stream";
}

/** The beginning, byte for byte. */
function headOf(body: Uint8Array, length = headLength): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(length, body.byteLength)).toString("latin1");
}

/** The beginning from its first `<`, if that comes first; in UTF-16 the tags are ASCII with zeros in between. */
function markupOf(head: string): string {
  const isWide = /^(?:\xff\xfe|\xfe\xff|<\0|\0<)/.test(head);
  return (isWide ? head.replaceAll("\0", "") : head).replace(byteOrderMark, "").trimStart();
}
