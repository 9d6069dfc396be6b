/**
 * The cookies of a crawl.
 *
 * @module
 */

import { Cookie, CookieJar } from "tough-cookie";
import { type Clock, systemClock } from "../time/clock.ts";

/**
 * One cookie as plain data. Times are milliseconds since 1970; a cookie without `expires` lasts as long as the crawl.
 */
export interface CookieRecord {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly created: number;
  readonly expires?: number;
  readonly secure?: true;
  readonly httpOnly?: true;
  /** Only for the host `domain` itself, not for what is below it. */
  readonly hostOnly?: true;
}

/** However long a server wants a cookie to live, in seconds: what browsers allow. */
const longestLife = 400 * 24 * 60 * 60;

/** As browsers have it: a cookie may lack a name, and `localhost` and its like may set some. */
const jarOptions = { looseMode: true, allowSpecialUseDomain: true } as const;

/**
 * Remembers the cookies that servers set, and says which of them go with a request (RFC 6265, with the list of public
 * suffixes).
 *
 * Plain data goes out and in, so that a checkpoint can carry it.
 */
export class Cookies {
  readonly #clock: Clock;
  #jar = new CookieJar(undefined, jarOptions);
  #empty = true;
  /** The last snapshot, while it still says all there is. */
  #snapshot: readonly CookieRecord[] | undefined = Object.freeze([]);

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Returns the value of the `Cookie` header for a URL, or `undefined` where no cookie belongs to it. */
  header(url: string): string | undefined {
    if (this.#empty) return undefined;
    const now = this.#clock.wall();
    // The jar knows no clock but the machine's, so it is not asked which cookies have expired.
    const sent = this.#jar.getCookiesSync(url, { expire: false, sort: true }).filter((cookie) => !expired(cookie, now));
    return sent.length === 0 ? undefined : sent.map((cookie) => cookie.cookieString()).join("; ");
  }

  /** Takes in what an answer sets. A cookie that is malformed, or not this host's to set, is passed over. */
  store(url: string, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const cookie = Cookie.parse(line, { loose: true });
      if (cookie === undefined || (cookie.key === "" && cookie.value === "")) continue;
      const now = this.#clock.wall();
      // Max-Age counts from now. In the jar it would count from the last time that the cookie was looked at.
      if (typeof cookie.maxAge === "number") {
        cookie.expires = new Date(now + Math.min(cookie.maxAge, longestLife) * 1000);
      }
      cookie.maxAge = null;
      const kept = this.#jar.setCookieSync(cookie, url, { ignoreError: true, now: new Date(now) });
      if (kept === undefined) continue;
      this.#snapshot = undefined;
      this.#empty = false;
      // A cookie is deleted by setting it with a time that has passed.
      if (expired(kept, now)) this.#jar.store.removeCookie(kept.domain, kept.path, kept.key, throwIt);
    }
  }

  /** Returns the cookies, oldest first: the same array as before where no answer has set one since. */
  snapshot(): readonly CookieRecord[] {
    return this.#snapshot ??= Object.freeze(this.#all().map(recordOf));
  }

  /**
   * Replaces all cookies by those of a snapshot, and returns how many were left out because they have expired.
   *
   * Throws a `TypeError` that says which record is not one.
   */
  restore(snapshot: readonly CookieRecord[]): number {
    const jar = new CookieJar(undefined, jarOptions);
    const now = this.#clock.wall();
    snapshot.forEach(check);
    const alive = snapshot.filter(({ expires }) => expires === undefined || expires > now);
    for (const record of alive) jar.store.putCookie(cookieOf(record), throwIt);
    this.#jar = jar;
    this.#empty = alive.length === 0;
    this.#snapshot = alive.length === snapshot.length ? snapshot : Object.freeze(alive);
    return snapshot.length - alive.length;
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

function expired({ expires }: Cookie, now: number): boolean {
  return expires instanceof Date && expires.getTime() <= now;
}

/** The store is in memory and calls back at once. */
function throwIt(error: Error | null | undefined): void {
  if (error) throw error;
}

function recordOf({ key, value, domain, path, creation, expires, secure, httpOnly, hostOnly }: Cookie): CookieRecord {
  return Object.freeze({
    name: key,
    value,
    domain: domain ?? "",
    path: path ?? "/",
    created: creation instanceof Date ? creation.getTime() : 0,
    ...expires instanceof Date && { expires: expires.getTime() },
    ...secure && { secure },
    ...httpOnly && { httpOnly },
    ...hostOnly === true && { hostOnly },
  });
}

function cookieOf({ name, value, domain, path, created, expires, secure, httpOnly, hostOnly }: CookieRecord): Cookie {
  return new Cookie({
    key: name,
    value,
    domain,
    path,
    creation: new Date(created),
    ...expires !== undefined && { expires: new Date(expires) },
    secure: secure === true,
    httpOnly: httpOnly === true,
    hostOnly: hostOnly === true,
  });
}

function check(record: unknown, at: number): void {
  const texts = ["name", "value", "domain", "path"] as const;
  const fields = typeof record === "object" && record !== null
    ? record as Partial<Record<keyof CookieRecord, unknown>>
    : {};
  const wrong = texts.find((field) => typeof fields[field] !== "string") ??
    (typeof fields.created === "number" ? undefined : "created") ??
    (fields.expires === undefined || typeof fields.expires === "number" ? undefined : "expires");
  if (wrong !== undefined) throw new TypeError(`Cannot restore cookies: record ${at} has no valid "${wrong}"`);
}
