/**
 * From a link in a page to the URL that it means.
 *
 * @module
 */

import { inPageEncoding } from "./page_query.ts";
import { parseUrl } from "./parse_url.ts";

/**
 * A path, perhaps with a query, that the WHATWG parser copies as it is: nothing to escape, no backslash, and no `%`,
 * which could hide a "." segment. Segments that begin with a dot are looked for apart.
 */
const plainPath = /^\/(?:[\w.~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@\/-]*)?(?:\?[\w.~!$&()*+,;=:@\/?%-]*)?$/;
/** The same without the leading slash; no colon, so it cannot begin with a scheme. */
const plainName = /^[\w~-][\w.~!$&'()*+,;=@\/-]*(?:\?[\w.~!$&()*+,;=:@\/?%-]*)?$/;

/** The links of one page come one after the other, so the last base is nearly always the one asked for. */
let last: { readonly base: string; readonly origin: string; readonly folder: string } | undefined;

/**
 * Returns the absolute http or https URL that a link means, without a fragment, or `undefined` for any other link.
 *
 * Exactly what the WHATWG parser says; the plain links that make up most of a page are put together without it.
 * `encoding` gives that of the page, in which browsers send what is not ASCII in a query; without it that is UTF-8.
 */
export function resolve(link: string, base: string, encoding?: () => string): string | undefined {
  const hash = link.indexOf("#");
  const target = hash < 0 ? link : link.slice(0, hash);
  if (last?.base !== base) last = remembered(base);
  if (last !== undefined && target !== "" && !target.includes("/.")) {
    if (plainPath.test(target)) return last.origin + target;
    if (plainName.test(target)) return last.folder + target;
    if (target.startsWith(last.origin)) {
      const path = target.slice(last.origin.length);
      if (plainPath.test(path)) return target;
    }
  }
  const parsed = parseUrl(encoding === undefined ? link : inPageEncoding(link, encoding), base);
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) return undefined;
  const { href } = parsed;
  const end = href.indexOf("#");
  return end < 0 ? href : href.slice(0, end);
}

function remembered(base: string): typeof last {
  const href = URL.parse(base)?.href;
  if (href === undefined || !/^https?:/.test(href)) return undefined;
  const path = href.indexOf("/", href.indexOf("//") + 2);
  const end = href.search(/[?#]/);
  const whole = end < 0 ? href : href.slice(0, end);
  return { base, origin: href.slice(0, path), folder: whole.slice(0, whole.lastIndexOf("/") + 1) };
}
