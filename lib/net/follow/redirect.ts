/**
 * Where an answer sends us.
 *
 * Pure: it returns the next request and leaves it to others to send it.
 *
 * @module
 */

import type { Failure } from "../../model/outcome.ts";
import { defaultReferrerPolicy, type ReferrerPolicy } from "../../model/referrer_policy.ts";
import { createRequest, type Request } from "../../model/request.ts";
import type { Response } from "../../model/response.ts";
import { printable } from "../../text/safe.ts";
import { canonicalize } from "../../url/canonical.ts";
import { resolve } from "../../url/resolve.ts";
import { shownLink, splitUserinfo } from "../../url/userinfo.ts";
import { valuesOf } from "../single_header.ts";
import { policyOf, refererOf } from "./referer.ts";
import { counted } from "../../text/count.ts";

/** How redirects are followed. */
export interface RedirectRules {
  /** How many redirects one request may go through. @default {20} */
  readonly maxRedirects?: number;
  /**
   * A page that sends elsewhere within so many seconds is a redirect and not a page; `false`: it is always a page.
   * @default {10}
   */
  readonly metaRefresh?: number | false;
  /** @default {"strict-origin-when-cross-origin"} */
  readonly referrerPolicy?: ReferrerPolicy;
  /** A page with more elements is not looked into. @default {100_000} */
  readonly maxElements?: number;
}

/** The next request of a redirect, or why there is none. */
export type Redirect =
  | { readonly request: Request; readonly failure?: undefined }
  | { readonly request?: undefined; readonly failure: Failure };

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Returns the request that a redirect asks for, or `undefined` where the answer is no redirect, says not where to, or the
 * request wants to see it itself. One that names several pages is refused, as browsers do it.
 *
 * As browsers do, POST becomes GET on 301 and 302, everything but HEAD becomes GET on 303, and the body goes with it.
 */
export function redirectOf(request: Request, response: Response, rules: RedirectRules = {}): Redirect | undefined {
  const { status, headers } = response;
  if (!redirecting.has(status) || request.handleStatuses.includes(status)) return undefined;
  const [location, ...others] = valuesOf(headers, "location");
  if (location === undefined) return undefined;
  const url = resolve(escaped(location), response.url);
  const other = others.find((other) => resolve(escaped(other), response.url) !== url);
  if (other !== undefined) {
    const both = `"${shown(location)}" and to "${shown(other)}"`;
    return refused(status, `Redirected to ${both} at once: there is more than one Location header`);
  }
  if (url === undefined) return refused(status, `Redirected to "${shown(location)}", which is not a web page`);
  const policy = policyOf(headers) ?? request.referrerPolicy;
  const from = refererSaid(request);
  const referer = from === "" ? "" : refererOf(policy ?? rules.referrerPolicy ?? defaultReferrerPolicy, from, url);
  const emptied = losesBody(request.method, status);
  return goOn(request, response, url, { emptied, referer, referrerPolicy: policy }, rules.maxRedirects);
}

/** Returns a target that is refused, as it can be shown. */
function shown(location: string): string {
  return printable(shownLink(location), 200);
}

/** How a request goes on elsewhere. */
export interface Onward extends Pick<Request, "referer" | "referrerPolicy"> {
  /** By GET, without its body. */
  readonly emptied: boolean;
}

/**
 * Returns the request with which another goes on at the URL that its answer names.
 *
 * It keeps callback, priority, meta, depth and jar, starts without failed attempts, and remembers in `redirects` where
 * it came from. Credentials stay behind: `Authorization` at another origin, `Cookie` at another host and when encryption
 * ends. Coming back to a URL of its own chain is allowed (sites set a cookie that way), so such a request is not
 * filtered; `maxRedirects` ends what goes round for ever.
 */
export function goOn(
  request: Request,
  { status }: Response,
  target: string,
  { emptied, referer, referrerPolicy }: Onward,
  maxRedirects = 20,
): Redirect {
  const { url } = splitUserinfo(target);
  if (request.redirects.length >= maxRedirects) {
    return refused(status, `Redirected more than ${counted(maxRedirects, "time")}, last to ${printable(url, 200)}`);
  }
  const redirects = [...request.redirects, request.url];
  const seen = canonicalize(url);
  const from = new URL(request.url), to = new URL(url);
  const moved = from.origin !== to.origin;
  const exposed = from.hostname !== to.hostname || (from.protocol === "https:" && to.protocol === "http:");
  return {
    request: createRequest(target, {
      ...request,
      headers: keptHeaders(request, { emptied, moved, exposed }),
      redirects,
      attempt: 0,
      waits: 0,
      notBefore: 0,
      wait: 0,
      dontFilter: request.dontFilter || redirects.some((earlier) => canonicalize(earlier) === seen),
      // Those that were given are in the jar by now.
      ...request.cookies !== false && { cookies: {} },
      referer,
      referrerPolicy,
      userinfo: moved ? "" : request.userinfo,
      ...emptied && { method: "GET", body: undefined },
    }),
  };
}

function refused(status: number, message: string): Redirect {
  return { failure: { kind: "redirect", message, status } };
}

function losesBody(method: string, status: number): boolean {
  return status === 303
    ? method !== "GET" && method !== "HEAD"
    : method === "POST" && (status === 301 || status === 302);
}

/** Header bytes above ASCII arrive as one character each. They are part of the URL as bytes, nearly always UTF-8. */
export function escaped(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Returns the `Referer` that went with a request, or an empty text: one among its own headers wins. */
export function refererSaid({ headers, referer }: Request): string {
  const own = Object.keys(headers).find((name) => ofPage.test(name));
  return own === undefined ? referer : headers[own]!;
}

/** What belongs to the body that a request loses, to its first origin, and to its first host. */
const ofBody = /^content-(?:encoding|language|length|location|type)$/i;
const ofOrigin = /^(?:authorization|host|proxy-authorization)$/i;
const ofHost = /^cookie$/i;
/** Was said of the page before, and is said anew. */
const ofPage = /^referer$/i;

function keptHeaders(
  { headers }: Request,
  lost: { readonly emptied: boolean; readonly moved: boolean; readonly exposed: boolean },
): Readonly<Record<string, string>> {
  const names = Object.keys(headers);
  const kept = names.filter((name) =>
    !ofPage.test(name) && !(lost.emptied && ofBody.test(name)) && !(lost.moved && ofOrigin.test(name)) &&
    !(lost.exposed && ofHost.test(name))
  );
  return kept.length === names.length ? headers : Object.fromEntries(kept.map((name) => [name, headers[name]!]));
}
