/**
 * Where an answer sends us.
 *
 * Pure: it returns the next request and leaves it to others to send it.
 *
 * @module
 */

import type { Failure } from "../model/outcome.ts";
import { createRequest, type Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { printable } from "../text/safe.ts";
import { canonicalize } from "../url/canonical.ts";
import { resolve } from "../url/resolve.ts";

/** How many redirects one request may go through. */
const redirectLimit = 20;

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What belongs to the body that a request loses. */
const ofBody = /^content-(?:encoding|language|length|location|type)$/i;

/** The next request of a redirect, or why there is none. */
export type Redirect =
  | { readonly request: Request; readonly failure?: undefined }
  | { readonly request?: undefined; readonly failure: Failure };

/**
 * Returns the request that a redirect asks for, or `undefined` where the answer is no redirect or the request wants to
 * see it itself.
 *
 * It keeps callback, priority, meta and depth, starts without failed attempts, and remembers in `redirects` where it
 * came from. As browsers do, POST becomes GET on 301 and 302, everything but HEAD becomes GET on 303, and the body goes
 * with it. Credentials stay behind: `Authorization` at another origin, `Cookie` at another host and when encryption
 * ends. Coming back to a URL of its own chain is allowed (sites set a cookie that way), so such a request is not
 * filtered; `limit` ends what goes round for ever.
 */
export function redirectOf(request: Request, response: Response, limit = redirectLimit): Redirect | undefined {
  const { status, headers } = response;
  const location = headers.get("location");
  if (!redirecting.has(status) || location === null || request.handleStatuses.includes(status)) return undefined;
  const url = resolve(escaped(location), response.url);
  if (url === undefined) return refused(status, `Redirected to "${printable(location, 200)}", which is not a web page`);
  if (request.redirects.length >= limit) return refused(status, `Redirected more than ${limit} times, last to ${url}`);
  const redirects = [...request.redirects, request.url];
  const seen = canonicalize(url);
  const emptied = losesBody(request.method, status);
  return {
    request: createRequest(url, {
      ...request,
      headers: keptHeaders(request, url, emptied),
      redirects,
      attempt: 0,
      notBefore: 0,
      dontFilter: request.dontFilter || redirects.some((earlier) => canonicalize(earlier) === seen),
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
function escaped(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

function keptHeaders(request: Request, url: string, emptied: boolean): Readonly<Record<string, string>> {
  const from = new URL(request.url), to = new URL(url);
  const moved = from.origin !== to.origin;
  const exposed = from.hostname !== to.hostname || (from.protocol === "https:" && to.protocol === "http:");
  if (!emptied && !moved) return request.headers;
  return Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => {
      if (emptied && ofBody.test(name)) return false;
      const header = name.toLowerCase();
      return !(moved && (header === "authorization" || header === "host")) && !(exposed && header === "cookie");
    }),
  );
}
