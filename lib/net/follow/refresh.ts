/**
 * Pages that are redirects: they hold little more than the word that another page is to take their place.
 *
 * @module
 */

import { baseHref } from "../../html/base_href.ts";
import { metaRefresh, parseRefresh } from "../../html/meta_refresh.ts";
import { headWithRefresh } from "./head_with_refresh.ts";
import { parseHtml, TooManyElementsError } from "../../html/parse.ts";
import { defaultReferrerPolicy } from "../../model/referrer_policy.ts";
import type { Request } from "../../model/request.ts";
import type { Response } from "../../model/response.ts";
import { decode } from "../../text/charset.ts";
import { isHtml } from "../../text/mime_type.ts";
import { baseUrl } from "../../url/base_url.ts";
import { canonicalize } from "../../url/canonical.ts";
import { resolve } from "../../url/resolve.ts";
import { valuesOf } from "../single_header.ts";
import { escaped, goOn, type Redirect, type RedirectRules, refererSaid } from "./redirect.ts";
import { policyOf, refererOf } from "./referer.ts";

/**
 * How often one request may come to the same page: a page that sets a cookie and sends back to itself is followed, one
 * that reloads itself for ever is a page.
 */
const mostRounds = 3;

/**
 * Returns the request that a page asks for with the header `Refresh` or with `<meta http-equiv="refresh">`, or `undefined`
 * where it asks for none, does so later than `rules.metaRefresh` says, or the request wants to see it itself.
 *
 * The limit is ten seconds unless said otherwise: a page that says "you are being taken elsewhere" gives no longer to read
 * that, and one that reloads or changes later than that is there to be read. As in browsers the header comes first.
 */
export function refreshOf(request: Request, response: Response, rules: RedirectRules = {}): Redirect | undefined {
  const { metaRefresh: longest = 10, referrerPolicy = defaultReferrerPolicy, maxRedirects, maxElements = 100_000 } =
    rules;
  if (longest === false || request.method === "HEAD" || request.handleStatuses.includes(response.status)) {
    return undefined;
  }
  const { seconds, url } = inHeader(response) ?? inPage(response, maxElements) ?? {};
  if (seconds === undefined || seconds > longest || url === undefined) return undefined;
  const target = canonicalize(url);
  const rounds = [...request.redirects, request.url].filter((before) => canonicalize(before) === target).length;
  if (rounds >= mostRounds) return undefined;
  const asked = policyOf(response.headers);
  const policy = asked ?? request.referrerPolicy;
  // Browsers disagree: as with a first page, nothing is said where nothing was said before, unless the page says how.
  const isSaid = asked !== undefined || refererSaid(request) !== "";
  const onward = {
    emptied: request.method !== "GET",
    // The page has been there, so other than after a redirect it is the one that links.
    referer: isSaid ? refererOf(policy ?? referrerPolicy, response.url, url) : "",
    referrerPolicy: policy,
  };
  return goOn(request, response, url, onward, maxRedirects);
}

interface Found {
  readonly seconds: number;
  /** Undefined where it is no page of the web, or the same one. */
  readonly url: string | undefined;
}

function inHeader({ url, headers }: Response): Found | undefined {
  const [value] = valuesOf(headers, "refresh");
  const refresh = value === undefined ? undefined : parseRefresh(value);
  if (refresh === undefined) return undefined;
  const { seconds, link } = refresh;
  return { seconds, url: link === undefined ? undefined : resolve(escaped(link), url) };
}

function inPage({ url, headers, body }: Response, maxElements: number): Found | undefined {
  const type = headers.get("content-type") ?? undefined;
  if (!isHtml(type, body)) return undefined;
  const { text, encoding } = decode(body, type);
  const head = headWithRefresh(text);
  if (head === undefined) return undefined;
  try {
    const document = parseHtml(head, maxElements);
    const refresh = metaRefresh(document);
    if (refresh === undefined) return undefined;
    const { seconds, link } = refresh;
    const base = baseUrl(baseHref(document), url, () => encoding);
    return { seconds, url: link === undefined ? undefined : resolve(link, base, () => encoding) };
  } catch (error) {
    // Whoever looks for something in the page hears of it.
    if (error instanceof TooManyElementsError) return undefined;
    throw error;
  }
}
