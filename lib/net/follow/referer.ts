/**
 * What a request says of the page that its URL was found on (W3C Referrer Policy).
 *
 * @module
 */

import { referrerPolicies, type ReferrerPolicy } from "../../model/referrer_policy.ts";

/** A longer URL is cut down to its origin, in characters (Referrer Policy, 8.3, step 6). */
const longest = 4096;

/** A page, and what of it may be sent. */
interface Referrer {
  readonly from: string;
  readonly page: string;
  /** With a slash at its end. */
  readonly origin: string;
  readonly isEncrypted: boolean;
}

/** The links of one page come one after the other, so the last page is nearly always the one asked for. */
let last: Referrer | undefined;

/**
 * Returns the `Referer` header for a request to the URL `to` that was found on the page `from`, or an empty text for
 * none. `to` is spelled as the URL parser spells it; of `from` neither userinfo nor fragment is ever sent.
 *
 * @example
 * ```ts
 * import { refererOf } from "./referer.ts";
 *
 * refererOf("strict-origin-when-cross-origin", "https://a.com/b?c", "https://a.com/"); // "https://a.com/b?c"
 * refererOf("strict-origin-when-cross-origin", "https://a.com/b?c", "https://d.com/"); // "https://a.com/"
 * refererOf("strict-origin-when-cross-origin", "https://a.com/b?c", "http://a.com/"); // ""
 * ```
 */
export function refererOf(policy: ReferrerPolicy, from: string, to: string): string {
  if (last?.from !== from) last = referrer(from);
  if (last === undefined) return "";
  const { page, origin, isEncrypted } = last;
  const isSame = to.startsWith(origin);
  const isDowngrade = isEncrypted && !encrypted.test(to);
  switch (policy) {
    case "no-referrer":
      return "";
    case "no-referrer-when-downgrade":
      return isDowngrade ? "" : page;
    case "same-origin":
      return isSame ? page : "";
    case "origin":
      return origin;
    case "strict-origin":
      return isDowngrade ? "" : origin;
    case "origin-when-cross-origin":
      return isSame ? page : origin;
    case "strict-origin-when-cross-origin":
      return isSame ? page : isDowngrade ? "" : origin;
    case "unsafe-url":
      return page;
  }
}

const encrypted = /^(?:https|ftps):/;

function referrer(from: string): Referrer | undefined {
  const parsed = URL.parse(from);
  if (parsed === null || !/^(?:http|ftp)s?:$/.test(parsed.protocol)) return undefined;
  const { protocol, host, pathname, search } = parsed;
  const origin = `${protocol}//${host}/`;
  const page = `${protocol}//${host}${pathname}${search}`;
  return { from, page: page.length > longest ? origin : page, origin, isEncrypted: encrypted.test(protocol) };
}

/**
 * Returns the policy that an answer asks for with its `Referrer-Policy` headers: the last that is known, since newer ones
 * stand behind those for older browsers. Where there is none, or nothing in it is known, it is `undefined`; an empty one
 * says nothing.
 */
export function policyOf(headers: Headers): ReferrerPolicy | undefined {
  return headers.get("referrer-policy")?.toLowerCase().split(",").map((name) => name.trim()).findLast(isPolicy);
}

/** Whether a value is the name of a policy. */
export function isPolicy(value: unknown): value is ReferrerPolicy {
  return (referrerPolicies as readonly unknown[]).includes(value);
}
