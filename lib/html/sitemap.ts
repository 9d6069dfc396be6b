/**
 * What a sitemap names, in any of its forms.
 *
 * @module
 */

import { Parser } from "htmlparser2";
import { parseHtml } from "./parse.ts";
import { textContent } from "./text_content.ts";

/** A URL, as it is written there. */
export interface SitemapEntry {
  readonly url: string;
  /** When it last changed, where that is said as a date. */
  readonly lastmod: string | undefined;
}

/** The contents of a sitemap. */
export interface Sitemap {
  /** The name of the outermost element, such as `urlset` or `sitemapindex`; `text` for a list of URLs. */
  readonly type: string;
  readonly pages: readonly SitemapEntry[];
  /** Further sitemaps. */
  readonly sitemaps: readonly SitemapEntry[];
  /** It names more than were asked for. */
  readonly isCut: boolean;
}

/** What names a page or a sitemap, and the element in it that has the URL. */
const addressIn: ReadonlyMap<string, string> = new Map([
  ["url", "loc"],
  ["sitemap", "loc"],
  ["item", "link"],
  ["entry", "link"],
]);

/** Elements that a sitemap, or a feed of news, can begin with. */
const roots: ReadonlySet<string> = new Set(["urlset", "sitemapindex", "rss", "rdf", "feed"]);

/** Deeper than any sitemap goes. The parser takes the longer for each element the more are open. */
const deepest = 64;

/** The date, and perhaps the time, of ISO 8601 as the sitemaps' standard has it. */
const date = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?$/;

/** A reference to an entity that XML does not know by itself. */
const unknownEntity = /&[\w.:-]+;/g;

/**
 * What such a reference stands for: a character where HTML has the name, which is how many a program escapes a URL, and
 * else nothing. None is looked up in the document, however it defines it.
 */
function characterOf(reference: string): string {
  const text = textContent(parseHtml(reference));
  return text === reference ? "" : text;
}

/**
 * Returns the first `most` URLs of a sitemap in the order in which it names them, or `undefined` for a text that is no
 * sitemap.
 *
 * A sitemap is a `urlset` or a `sitemapindex` (whatever their namespace, and however broken the XML: what can be read
 * counts), a feed in RSS or Atom, or a plain list with a URL a line. Images, videos and translations that an entry
 * names besides are not pages.
 */
export function parseSitemap(text: string, most: number): Sitemap | undefined {
  const first = text.search(/\S/);
  return text[first] === "<" ? parseXml(text, most) : parseList(text, most);
}

/** A line that is not empty, from its first character that is no space. */
const line = /\S[^\r\n]*/g;

function parseList(text: string, most: number): Sitemap | undefined {
  const pages = [];
  // One line after the other: most texts are told by their first one, and may have ten million of them.
  for (const [written] of text.matchAll(line)) {
    const url = written.trimEnd();
    if (!/^https?:\/\/\S+$/i.test(url)) return undefined;
    if (pages.length === most) return { type: "text", pages, sitemaps: [], isCut: true };
    pages.push({ url, lastmod: undefined });
  }
  return pages.length === 0 ? undefined : { type: "text", pages, sitemaps: [], isCut: false };
}

/** Ends the reading of a document; it is caught where it is thrown. */
class Enough extends Error {}

function parseXml(text: string, most: number): Sitemap | undefined {
  const pages: SitemapEntry[] = [], sitemaps: SitemapEntry[] = [];
  /** The names of the open elements, outermost first. */
  const open: string[] = [];
  let type: string | undefined, isCut = false, inData = false;
  let entry = { isSitemap: false, url: "", lastmod: "" };
  /** The text of the element that is being read, where it counts. */
  let said: string | undefined;

  const endEntry = () => {
    const { isSitemap, url, lastmod } = entry;
    entry = { isSitemap, url: "", lastmod: "" };
    if (url === "") return;
    isCut = pages.length + sitemaps.length === most;
    if (isCut) throw new Enough();
    (isSitemap ? sitemaps : pages).push({ url, lastmod: date.test(lastmod) ? lastmod : undefined });
  };
  const parser = new Parser({
    onopentag(written, attributes) {
      const name = localName(written), parent = open.at(-1) ?? "";
      if (open.length === 0 && roots.has(name)) type ??= name;
      if (type === undefined || open.length === deepest) throw new Enough();
      open.push(name);
      said = undefined;
      if (addressIn.has(name)) {
        endEntry();
        entry.isSitemap = name === "sitemap";
      } else if (name === addressIn.get(parent)) {
        const { href, rel = "alternate" } = attributes;
        if (parent === "entry" && href !== undefined && rel === "alternate") entry.url ||= href.trim();
        else if (parent !== "entry") said = "";
      } else if (name === "lastmod" && addressIn.has(parent)) {
        said = "";
      }
    },
    ontext(text) {
      // A reference that XML knows comes as a text of its own.
      if (said !== undefined) said += inData ? text : text.replace(unknownEntity, characterOf);
    },
    oncdatastart: () => void (inData = true),
    oncdataend: () => void (inData = false),
    onclosetag() {
      const name = open.pop() ?? "";
      if (said !== undefined) entry[name === "lastmod" ? "lastmod" : "url"] ||= said.trim();
      said = undefined;
      if (addressIn.has(name)) endEntry();
    },
  }, { xmlMode: true });
  try {
    parser.end(text);
  } catch (thrown) {
    if (!(thrown instanceof Enough)) throw thrown;
  }
  return type === undefined ? undefined : { type, pages, sitemaps, isCut };
}

/** A name without its namespace's prefix, in lower case. */
function localName(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1).toLowerCase();
}
