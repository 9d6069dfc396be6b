/**
 * Pages that are redirects: they hold little more than the word that another page is to take their place.
 *
 * @module
 */

import { headWithRefresh, metaRefresh } from "../../html/meta_refresh.ts";
import { parseHtml } from "../../html/parse.ts";
import type { Request } from "../../model/request.ts";
import type { Response } from "../../model/response.ts";
import { decode } from "../../text/charset.ts";
import { canonicalize } from "../../url/canonical.ts";
import { resolve } from "../../url/resolve.ts";
import { goOn, type Redirect, type RedirectRules } from "./redirect.ts";

/**
 * How often one request may come to the same page: a page that sets a cookie and sends back to itself is followed, one
 * that reloads itself for ever is a page.
 */
const mostRounds = 3;

/**
 * Returns the request that a page asks for with `<meta http-equiv="refresh">`, or `undefined` where it asks for none, does
 * so later than `rules.metaRefresh` says, or the request wants to see it itself.
 *
 * The limit is ten seconds unless said otherwise: a page that says "you are being taken elsewhere" gives no longer to read
 * that, and one that reloads or changes later than that is there to be read.
 */
export function refreshOf(request: Request, response: Response, rules: RedirectRules = {}): Redirect | undefined {
  const { metaRefresh: longest = 10 } = rules;
  const head = longest === false || request.method === "HEAD" ? undefined : headWithRefresh(response.body);
  if (head === undefined || request.handleStatuses.includes(response.status)) return undefined;
  const type = response.headers.get("content-type") ?? undefined;
  if (type !== undefined && !/\bx?html\b/i.test(type)) return undefined;
  const refresh = metaRefresh(parseHtml(decode(head, type).text), response.url);
  if (refresh === undefined || refresh.seconds > Number(longest)) return undefined;
  const url = resolve(refresh.url, refresh.url);
  if (url === undefined) return undefined;
  const target = canonicalize(url);
  const rounds = [...request.redirects, request.url].filter((before) => canonicalize(before) === target).length;
  return rounds < mostRounds ? goOn(request, response, url, request.method !== "GET", rules) : undefined;
}
