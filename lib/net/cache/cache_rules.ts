/**
 * What a cache for developing a spider keeps, and what it knows an answer by.
 *
 * Other than a browser's, it keeps what a server would rather not see kept (`Cache-Control: no-store`): it is there so
 * that the same pages can be had again and again without asking for them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Response } from "../../model/response.ts";
import { canonicalize } from "../../url/canonical.ts";
import type { Downloadable } from "../download.ts";
import { singleHeader } from "../single_header.ts";

/** Methods that only read. The answer to any other is never kept. */
const reading: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Headers with which a request speaks to caches itself: it wants the answer of the server. */
const ownTerms: ReadonlySet<string> = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
]);

/**
 * Returns the key of a request: 64 hex digits, from which nothing can be read; or `undefined` where it goes past the
 * cache: it does more than read, is conditional itself, asks for a part, or says `Cache-Control: no-cache` or
 * `no-store`.
 *
 * Two requests share a key when their methods, URLs (as {@linkcode canonicalize} spells them), bodies, own headers and
 * cookies, the names of their jars and how much of the answer is enough are the same. `Referer` and what the jar holds,
 * which is sent as `jarCookie`, do not count: they depend on the order of the pages. How often a request has been
 * through its own URL counts, so that a redirect that sets a cookie and comes back does not go round for ever.
 */
export function cacheKey(
  request: Downloadable,
  { jarCookie, atMost }: { readonly jarCookie?: string | undefined; readonly atMost?: number | undefined } = {},
): string | undefined {
  const { url, method, body, redirects = [], jar = "", cookies = {} } = request;
  if (!reading.has(method)) return undefined;
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value);
  for (const name of headers.keys()) if (ownTerms.has(name)) return undefined;
  if (/\bno-(?:cache|store)\b/i.test(headers.get("cache-control") ?? "")) return undefined;
  headers.delete("referer");
  if (headers.get("cookie") === jarCookie) headers.delete("cookie");
  const canonical = canonicalize(url);
  const passed = redirects.filter((earlier) => canonicalize(earlier) === canonical).length;
  const given = cookies && Object.entries(cookies).sort(byName);
  const parts = [method, canonical, passed, [...headers].sort(byName), jar, given, atMost];
  const hash = createHash("sha256").update(JSON.stringify(parts));
  if (body !== undefined) hash.update("\0").update(body);
  return hash.digest("hex");
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Whether an answer is worth keeping: a whole page or a redirect, never an error. That a site has no robots.txt is kept
 * as well, since a crawl could not do without it when there is no network.
 */
export function isStorable(url: string, { status, headers }: Pick<Response, "status" | "headers">): boolean {
  if (status >= 200 && status <= 299) return status !== 206;
  if (redirecting.has(status)) return singleHeader(headers, "location") !== undefined;
  return (status === 404 || status === 410) && isRobots(url);
}

/** Whether a URL is that of a robots.txt. */
export function isRobots(url: string): boolean {
  return new URL(url).pathname === "/robots.txt";
}

/**
 * Returns the headers that ask a server whether an answer of it still holds (RFC 9110, section 13.1), or `undefined`
 * where the answer cannot be asked about. An ETag goes back as it came, weak or strong.
 */
export function validatorsOf(headers: Headers): Readonly<Record<string, string>> | undefined {
  const etag = singleHeader(headers, "etag"), modified = singleHeader(headers, "last-modified");
  if (etag === undefined && modified === undefined) return undefined;
  return {
    ...etag !== undefined && { "if-none-match": etag },
    ...modified !== undefined && { "if-modified-since": modified },
  };
}

/**
 * What a 304 does not change (RFC 9111, section 3.2): what is about one connection, what describes the body that it
 * does not have, and the ETag, which must stay with the body that it names.
 */
const notRenewed =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|etag|content-(?:encoding|language|length|location|md5|range|type))$/;

/** Returns the headers of a stored answer, updated by those of the 304 that says that it still holds. */
export function renewedHeaders(stored: Headers, news: Headers): Headers {
  const renewed = new Headers(stored);
  const fresh = [...news].filter(([name]) => !notRenewed.test(name));
  for (const [name] of fresh) renewed.delete(name);
  for (const [name, value] of fresh) renewed.append(name, value);
  return renewed;
}
