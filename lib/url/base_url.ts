import { inPageEncoding } from "./page_query.ts";
import { parseUrl } from "./parse_url.ts";

/**
 * Returns the absolute URL that the links of a page are relative to: what the `href` of its `<base>` means, or `url`, the
 * page's own, where it has none.
 *
 * One that is no URL, or a `data:` or `javascript:` one, counts for nothing (HTML Standard, 4.2.3, "set the frozen base
 * URL"). `encoding` gives that of the page, as in {@linkcode resolve}.
 */
export function baseUrl(href: string | undefined, url: string, encoding: () => string): string {
  if (href === undefined) return url;
  const base = parseUrl(inPageEncoding(href, encoding), url);
  return base === null || base.protocol === "data:" || base.protocol === "javascript:" ? url : base.href;
}
