import { tagEnd } from "../../text/tag_end.ts";

/** The beginning of a `<meta>`, or what one has that is a refresh. */
const mention = /<meta[\s/]|http-equiv\s*=\s*["']?\s*refresh/gi;

/**
 * Returns the beginning of a page up to the last tag that may be a refresh, or `undefined` where there is none, as in
 * nearly all pages.
 */
export function headWithRefresh(html: string): string | undefined {
  let meta: number | undefined, last: { readonly tag: number; readonly at: number } | undefined;
  for (const { 0: found, index } of html.matchAll(mention)) {
    if (found.startsWith("<")) meta = index;
    else if (meta !== undefined) last = { tag: meta, at: index };
  }
  if (last === undefined) return undefined;
  const end = tagEnd(html, last.tag);
  // A tag that ends before what was found stands in the quotes of another.
  return html.slice(0, end !== undefined && end <= last.at ? tagEnd(html, last.at) : end);
}
