import { checkPackable } from "../disk/pack.ts";
import { referrerPolicies, type ReferrerPolicy } from "../model/referrer_policy.ts";
import { createRequest, type Request, type RequestOptions } from "../model/request.ts";
import { isPolicy, refererOf } from "../net/follow/referer.ts";
import { kindOf } from "../text/kind.ts";
import { suggest } from "../text/nearest.ts";
import { originOf } from "../url/origin.ts";
import { splitUserinfo } from "../url/userinfo.ts";
import { isPlain } from "./is_plain.ts";
import { wrongOption } from "./wrong_option.ts";
import { wrongCookie } from "./wrong_cookie.ts";
import { wrongHeader } from "./wrong_header.ts";

/** Priorities go from minus this to this. Each one in use has a file of its own. */
export const highestPriority = 100;

/** What a request has from the page that it is made on, unless it says otherwise. */
export interface MadeOn extends Pick<Request, "url" | "jar" | "userinfo"> {
  readonly referrerPolicy: ReferrerPolicy;
  /** The policy of pages that say nothing of it. */
  readonly usual: ReferrerPolicy;
}

/** Says what in a request's options cannot be sent; nothing when all can. */
function unsendable(options: RequestOptions): string | undefined {
  const { method, headers, body, handleStatuses, repeatable, jar, cookies, referrerPolicy } = options;
  if (method !== undefined && !(typeof method === "string" && /^[A-Za-z]+$/.test(method))) {
    return `method ${String(method)} is not a method such as "POST"`;
  }
  if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) {
    return "body is neither text nor bytes; use JSON.stringify(...) or String(new URLSearchParams(...))";
  }
  if (headers !== undefined) {
    if (!isPlain(headers)) return "headers is not a plain object";
    for (const [name, value] of Object.entries(headers)) {
      const wrong = wrongHeader(name, value);
      if (wrong !== undefined) return wrong;
    }
  }
  if (handleStatuses !== undefined && !(Array.isArray(handleStatuses) && handleStatuses.every(isStatus))) {
    return "handleStatuses is not a list of statuses";
  }
  if (repeatable !== undefined && typeof repeatable !== "boolean") return "repeatable is neither true nor false";
  if (jar !== undefined && typeof jar !== "string") return `jar is ${kindOf(jar)}, not a name`;
  if (referrerPolicy !== undefined && !isPolicy(referrerPolicy)) {
    const name = String(referrerPolicy);
    return `there is no referrerPolicy "${name}"; ${suggest(name, referrerPolicies)}`;
  }
  return cookies === undefined || cookies === false ? undefined : wrongCookie(cookies);
}

/**
 * Returns the request for an absolute URL with a spider's options, or throws: a `RangeError` for a callback or a
 * priority that does not exist, a `SerializationError` that names the key for `meta` that cannot be stored, a
 * `TypeError` for what cannot be sent.
 */
export function makeRequest(
  link: string,
  options: RequestOptions,
  depth: number,
  callbacks: readonly string[],
  page?: MadeOn,
): Request {
  const { url } = splitUserinfo(link);
  const mistake = wrongOption(options);
  if (mistake !== undefined) throw new TypeError(`Cannot request ${url}: ${mistake}`);
  const { callback, priority, meta, method, headers, cookies } = options;
  if (callback !== undefined && !callbacks.includes(callback)) {
    throw new RangeError(
      `Cannot request ${url}: the spider has no callback "${callback}"; ${suggest(String(callback), callbacks)}`,
    );
  }
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= highestPriority)) {
    throw new RangeError(
      `Cannot request ${url}: priority ${priority} is not a whole number from -${highestPriority} to ${highestPriority}`,
    );
  }
  if (meta !== undefined) checkPackable(meta, "meta");
  const problem = unsendable(options);
  if (problem !== undefined) throw new TypeError(`Cannot request ${url}: ${problem}`);
  return createRequest(link, {
    ...options,
    ...(page && inherited(page, url, options)),
    ...(method !== undefined && { method: method.toUpperCase() }),
    // Copies: what the spider does to its objects later must not reach a request that may be on disk already.
    ...(meta !== undefined && { meta: structuredClone(meta) }),
    ...(headers !== undefined && { headers: { ...headers } }),
    ...(cookies !== undefined && { cookies: structuredClone(cookies) }),
    depth,
  });
}

function inherited(page: MadeOn, url: string, { jar = page.jar, ...said }: RequestOptions): Partial<Request> {
  const isSameOrigin = page.userinfo !== "" && originOf(page.url) === originOf(url);
  const { referrerPolicy = page.referrerPolicy } = said;
  return {
    jar,
    referrer: page.url,
    referer: refererOf(referrerPolicy, page.url, url),
    // It counts for what the request is redirected to. Nearly always it goes without saying, and takes no room.
    ...said.referrerPolicy === undefined && referrerPolicy !== page.usual && { referrerPolicy },
    userinfo: isSameOrigin ? page.userinfo : "",
  };
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
}
