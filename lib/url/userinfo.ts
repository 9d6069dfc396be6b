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

/**
 * Returns a text that may hold URLs without the logins in them, for a message or a command line that is shown.
 *
 * @example
 * ```ts
 * import { withoutLogins } from "./userinfo.ts";
 *
 * withoutLogins("--start-url=http://me:secret@a.example/@x"); // "--start-url=http://a.example/@x"
 * ```
 */
export function withoutLogins(text: string): string {
  return text.replace(/(https?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]{2,})[^\s/\\?#]*@/gi, "$1");
}

/** Does the same for one word of a command line, in which a password may hold white space. */
export function withoutLoginsInWord(word: string): string {
  return word.replace(/(https?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@/gi, "$1");
}

/**
 * Returns a text that was meant to be a URL, and is refused, in a form that can be shown. Where nobody can tell what in
 * it is a login, all before its last `@` is left out.
 */
export function shownLink(link: string): string {
  const url = URL.parse(link);
  if (!link.includes("@") || url?.protocol === "mailto:") return link;
  if (url !== null && url.host !== "") return withoutLogins(link.replace(/[\t\r\n]/g, ""));
  const scheme = /^\s*[a-z][a-z0-9+.-]*:[/\\]{2,}/i.exec(link)?.[0] ?? "";
  return `${scheme}…${link.slice(link.lastIndexOf("@"))}`;
}

/** Returns the value of the `Authorization` header for a userinfo (RFC 7617). */
export function basicAuthorization(userinfo: string): string {
  const login = userinfo.includes(":") ? userinfo : `${userinfo}:`;
  return `Basic ${btoa(login.replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(parseInt(byte, 16))))}`;
}
