/**
 * The cookies of one site: all hosts that may set cookies for each other.
 *
 * @module
 */

import { type Cookie, cookieCompare, CookieJar, getPublicSuffix, pathMatch } from "tough-cookie";
import { cookieOf, type CookieRecord, recordOf } from "./cookie_record.ts";

/** However long a server wants a cookie to live, in milliseconds: what browsers allow. */
const longestLife = 400 * 24 * 60 * 60 * 1000;

/** A cookie with more bytes in name and value, or in its path, is passed over (RFC 6265bis, 5.6). */
const largest = 4096, longestPath = 1024;

/** Cookies of one site, as many as browsers keep: the oldest goes first. */
const mostCookies = 180;

/** What a cookie counts for besides its texts, in bytes. */
const overhead = 100;

/** As browsers have it: a cookie may lack a name, and `localhost` and its like may set some. */
const asBrowsers = { looseMode: true, allowSpecialUseDomain: true } as const;

/** What a host belongs to is asked again and again, mostly of the same ones. */
const known = new Map<string, string | undefined>();

function registrable(host: string): string | undefined {
  if (known.size > 10_000) known.clear();
  if (!known.has(host)) {
    known.set(host, getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true }));
  }
  return known.get(host);
}

/** What of a URL says which cookies belong to it. */
export interface Place {
  /** Without its port, and an IPv6 address without its brackets. */
  readonly host: string;
  readonly path: string;
  /** Nobody on the way can read what is sent: it is encrypted, or does not leave the machine. */
  readonly isSafe: boolean;
}

/** Returns the place of an http or https URL as the URL parser spells it, or `undefined` for any other. */
export function placeOf(url: string): Place | undefined {
  const [, scheme, host = "", path] = /^http(s?):\/\/(\[[^\]]*|[^/:?]*)[^/?]*([^?]*)/.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const isSafe = scheme === "s" || /^(?:127(?:\.\d+){3}|\[::1|(?:.*\.)?localhost)$/.test(host);
  return { host: host.startsWith("[") ? host.slice(1) : host, path: path || "/", isSafe };
}

/** Returns the name of the site that a host belongs to: its registrable domain, or where there is none the host. */
export function siteOf(host: string): string {
  return registrable(host) ?? host;
}

/** The cookies of one site in one jar. */
export class CookieSite {
  readonly #jarName: string;
  readonly #jar = new CookieJar(undefined, asBrowsers);
  /** In the order in which they are sent: longest path first, then oldest. */
  #cookies: readonly Cookie[] = [];
  #records: readonly CookieRecord[] | undefined;
  #size = 0;
  /** When it was last used, on whatever count its owner keeps. */
  usedAt = 0;

  constructor(jarName: string) {
    this.#jarName = jarName;
  }

  /** About as many bytes as its cookies take in a snapshot. */
  get size(): number {
    return this.#size;
  }

  /** Its cookies, oldest first. */
  get records(): readonly CookieRecord[] {
    return this.#records ??= this.#all().map((cookie) => recordOf(cookie, this.#jarName));
  }

  /** Returns the value of the `Cookie` header for a place, or `undefined` where no cookie belongs to it. */
  header(place: Place, now: number): string | undefined {
    // The jar would parse the URL, ask for the suffix of its host and read the machine's clock, each time.
    const sent = this.#cookies.filter((cookie) => belongs(cookie, place) && !expired(cookie, now));
    return sent.length === 0 ? undefined : sent.map((cookie) => cookie.cookieString()).join("; ");
  }

  /** Takes in cookies that are set for a URL, and returns whether any of them may be. */
  put(cookies: readonly Cookie[], url: string, now: number): boolean {
    const kept = cookies.filter((cookie) => this.#put(cookie, url, now));
    if (kept.length > 0) this.#settle(now);
    return kept.length > 0;
  }

  /** Takes in cookies as `records` gave them. */
  restore(records: readonly CookieRecord[], now: number): void {
    for (const record of records) this.#jar.store.putCookie(cookieOf(record), throwIt);
    this.#settle(now);
  }

  #put(cookie: Cookie, url: string, now: number): boolean {
    if (cookie.key.length + cookie.value.length > largest || (cookie.path ?? "").length > longestPath) return false;
    // Max-Age counts from now. In the jar it would count from the last time that the cookie was looked at.
    const end = cookie.maxAge === null ? cookie.expires : now + 1000 * Number(cookie.maxAge);
    cookie.maxAge = null;
    if (end instanceof Date || typeof end === "number") {
      cookie.expires = new Date(Math.max(0, Math.min(Number(end), now + longestLife)));
    }
    // A public suffix may be a host as well: it sets cookies for itself alone (RFC 6265, 5.3, step 5).
    const { hostname } = new URL(url);
    if (cookie.domain === hostname && registrable(hostname) === undefined) cookie.domain = null;
    return this.#jar.setCookieSync(cookie, url, { ignoreError: true, now: new Date(now) }) !== undefined;
  }

  #settle(now: number): void {
    const all = this.#all();
    // A cookie is deleted by setting it with a time that has passed.
    const alive = all.filter((cookie) => !expired(cookie, now)).slice(-mostCookies);
    for (const cookie of alive.length < all.length ? all : []) if (!alive.includes(cookie)) this.#remove(cookie);
    this.#cookies = alive.sort(cookieCompare);
    this.#size = alive.reduce((size, cookie) => size + sizeOf(cookie), 0);
    this.#records = undefined;
  }

  #remove({ domain, path, key }: Cookie): void {
    this.#jar.store.removeCookie(domain, path, key, throwIt);
  }

  #all(): readonly Cookie[] {
    let all: readonly Cookie[] = [];
    this.#jar.store.getAllCookies((error, cookies) => {
      throwIt(error);
      all = cookies ?? [];
    });
    return all;
  }
}

function sizeOf({ key, value, domain, path }: Cookie): number {
  return key.length + value.length + (domain ?? "").length + (path ?? "").length + overhead;
}

function belongs({ domain, hostOnly, path, secure }: Cookie, place: Place): boolean {
  const { host } = place;
  return (host === domain || (hostOnly !== true && host.endsWith(`.${domain}`))) &&
    pathMatch(place.path, path ?? "/") &&
    (!secure || place.isSafe);
}

function expired({ expires }: Cookie, now: number): boolean {
  return expires instanceof Date && expires.getTime() <= now;
}

/** The store is in memory and calls back at once. */
function throwIt(error: Error | null | undefined): void {
  if (error) throw error;
}
