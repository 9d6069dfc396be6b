/**
 * The user and the password that a URL may carry before its host.
 *
 * @module
 */

/** A URL without its userinfo, and that: `user:password` as the URL spells it, or empty. */
export interface SplitUrl {
  readonly url: string;
  readonly userinfo: string;
}

/**
 * Takes the userinfo out of a URL, as `resolve` gives it, so that nobody shows it by showing the URL.
 *
 * @example
 * ```ts
 * import { splitUserinfo } from "./userinfo.ts";
 *
 * splitUserinfo("http://me:secret@example.com/"); // { url: "http://example.com/", userinfo: "me:secret" }
 * ```
 */
export function splitUserinfo(url: string): SplitUrl {
  const at = url.indexOf("@");
  const start = url.indexOf("//") + 2;
  // An "@" behind the host is a part of the path or the query.
  if (at < 0 || url.slice(start, at).includes("/")) return { url, userinfo: "" };
  return { url: url.slice(0, start) + url.slice(at + 1), userinfo: url.slice(start, at) };
}

/** Returns the value of the `Authorization` header for a userinfo (RFC 7617). */
export function basicAuthorization(userinfo: string): string {
  const login = userinfo.includes(":") ? userinfo : `${userinfo}:`;
  return `Basic ${btoa(login.replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(parseInt(byte, 16))))}`;
}
