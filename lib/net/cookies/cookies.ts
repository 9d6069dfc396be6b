/**
 * The cookies of a crawl.
 *
 * @module
 */

import { Cookie } from "tough-cookie";
import type { KeyedLog } from "../../disk/keyed_log.ts";
import type { GivenCookie } from "../../model/request.ts";
import { type Clock, systemClock } from "../../time/clock.ts";
import { canonicalHost } from "../../url/canonical_host.ts";
import { checkRecord, type CookieRecord } from "./cookie_record.ts";
import { CookieSite, placeOf, siteOf } from "./cookie_site.ts";

/** All cookies together, in bytes. */
const mostBytes = 1_000_000;

/** What is left of them when there are more: the sites that were used longest ago are forgotten. */
const roomyBytes = 900_000;

/**
 * Remembers the cookies that servers set, and says which of them go with a request (RFC 6265, with the list of public
 * suffixes).
 *
 * There are as many jars as there are names for them, and none sees what is in another. The cookies of a site and jar
 * are plain data in a log, which are written when they have changed. What is kept is bounded: at most 180 cookies a
 * site, and a megabyte in all.
 */
export class Cookies {
  readonly #clock: Clock;
  readonly #onFull: () => void;
  readonly #log: KeyedLog | undefined;
  /** By site and jar. */
  #sites = new Map<string, CookieSite>();
  #uses = 0;
  #size = 0;
  #isFull = false;

  /**
   * `onFull` is told once, when cookies have to be forgotten to make room. `log` keeps them for the next process; where
   * there is none they are forgotten with this one.
   */
  constructor(clock: Clock = systemClock, onFull: () => void = () => {}, log?: KeyedLog) {
    this.#clock = clock;
    this.#onFull = onFull;
    this.#log = log;
  }

  /** Returns the value of the `Cookie` header for a URL, or `undefined` where no cookie belongs to it. */
  header(url: string, jar = ""): string | undefined {
    if (this.#sites.size === 0) return undefined;
    const place = placeOf(url);
    const site = place && this.#sites.get(keyOf(place.host, jar));
    if (place === undefined || site === undefined) return undefined;
    site.usedAt = ++this.#uses;
    return site.header(place, this.#clock.wall());
  }

  /** Takes in what an answer sets. A cookie that is malformed, or not this host's to set, is passed over. */
  store(url: string, headers: Headers, jar = ""): void {
    this.#put(headers.getSetCookie().flatMap(parsed), url, jar);
  }

  /** Takes in what a spider gives, by name. A cookie that is not for this host is passed over. */
  give(url: string, cookies: Readonly<Record<string, string | GivenCookie>>, jar = ""): void {
    const made = Object.entries(cookies).map(([name, said]) => given(name, said, url));
    // A spider may give what a server may set by https only.
    this.#put(made, url.replace(/^http:/, "https:"), jar);
  }

  /** Returns the cookies, those of a site oldest first. */
  snapshot(): readonly CookieRecord[] {
    return this.#byUse().flatMap(([, { records }]) => records);
  }

  /** Takes in what the log has, and returns how many cookies were left out because they have expired. */
  restoreLog(): number {
    const all = new Map<string, readonly CookieRecord[]>();
    this.#log?.each((key, records) => all.set(key, records as readonly CookieRecord[]));
    const expired = this.#restore([...all.values()].flat());
    for (const [key, { length }] of all) if (this.#sites.get(key)?.records.length !== length) this.#keep(key);
    return expired;
  }

  /**
   * Replaces all cookies by those of a snapshot, and returns how many were left out because they have expired.
   *
   * Throws a `TypeError` that says which record is not one.
   */
  restore(snapshot: readonly CookieRecord[]): number {
    snapshot.forEach(checkRecord);
    const expired = this.#restore(snapshot);
    for (const key of this.#sites.keys()) this.#keep(key);
    return expired;
  }

  #restore(snapshot: readonly CookieRecord[]): number {
    const now = this.#clock.wall();
    const alive = snapshot.filter(({ expires }) => expires === undefined || expires > now);
    const bySite = Map.groupBy(alive, ({ domain, jar = "" }) => keyOf(domain, jar));
    this.#sites = new Map();
    this.#size = 0;
    for (const [key, records] of bySite) {
      const site = new CookieSite(records[0]?.jar ?? "");
      site.restore(records, now);
      this.#settle(key, site, 0);
    }
    return snapshot.length - alive.length;
  }

  #put(cookies: readonly Cookie[], url: string, jar: string): void {
    const place = placeOf(url);
    if (cookies.length === 0 || place === undefined) return;
    const key = keyOf(place.host, jar);
    const site = this.#sites.get(key) ?? new CookieSite(jar);
    const before = site.size;
    if (!site.put(cookies, url, this.#clock.wall())) return;
    this.#settle(key, site, before);
    this.#keep(key);
  }

  /** Has the cookies of a site and jar written down at the next save. */
  #keep(key: string): void {
    this.#log?.setLater(key, () => this.#sites.get(key)?.records);
  }

  /** Makes a site the last used one, and room for it. */
  #settle(key: string, site: CookieSite, before: number): void {
    this.#size += site.size - before;
    site.usedAt = ++this.#uses;
    if (site.size > 0) this.#sites.set(key, site);
    else this.#sites.delete(key);
    if (this.#size <= mostBytes) return;
    for (const [oldest, { size }] of this.#byUse()) {
      if (this.#size <= roomyBytes || oldest === key) break;
      this.#sites.delete(oldest);
      this.#keep(oldest);
      this.#size -= size;
    }
    if (!this.#isFull) this.#onFull();
    this.#isFull = true;
  }

  /** The sites, the one that was used longest ago first. */
  #byUse(): readonly (readonly [key: string, site: CookieSite])[] {
    return [...this.#sites].sort(([, a], [, b]) => a.usedAt - b.usedAt);
  }
}

function keyOf(host: string, jar: string): string {
  return `${siteOf(host)} ${jar}`;
}

/** Of the control characters the tab alone may be in a cookie (RFC 6265bis, 5.6, step 1); the library refuses it too. */
// deno-lint-ignore no-control-regex
const control = /[\0-\x08\x0a-\x1f\x7f]/;

/** Stands for a tab within a name or a value. No header has it, whose characters are bytes. */
const tab = "\ue000";

function parsed(line: string): readonly Cookie[] {
  if (control.test(line)) return [];
  const cookie = Cookie.parse(line.replace(/^[^;]*/, (pair) => pair.replaceAll("\t", tab)), { loose: true });
  if (cookie === undefined) return [];
  cookie.key = withTabs(cookie.key);
  cookie.value = withTabs(cookie.value);
  return cookie.key === "" && cookie.value === "" ? [] : [cookie];
}

function withTabs(text: string): string {
  return text.replaceAll(tab, "\t").trim();
}

function given(name: string, said: string | GivenCookie, url: string): Cookie {
  const whole: GivenCookie = typeof said === "string" ? { value: said } : said;
  const { value, domain, path = "/", secure = url.startsWith("https:") } = whole;
  const host = placeOf(url)?.host;
  // A host without a dot has this name as well (RFC 2965, section 1, "effective host name").
  const isHost = domain === undefined || domain === `${host}.local`;
  return new Cookie({
    key: bytes(name),
    value: bytes(value),
    domain: isHost ? null : canonicalHost(domain) ?? domain,
    path,
    secure,
  });
}

/** A header holds bytes, one a character: those of UTF-8. */
function bytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
