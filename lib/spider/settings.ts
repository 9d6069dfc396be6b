/**
 * The settings of a crawl: one table from which defaults, checks, `-s key=value` and the README come.
 *
 * @module
 */

import { defaultReferrerPolicy, referrerPolicies, type ReferrerPolicy } from "../model/referrer_policy.ts";
import { isPolicy } from "../net/follow/referer.ts";
import { parseDuration } from "../text/duration.ts";
import { suggest } from "../text/nearest.ts";
import { parseSize } from "../text/size.ts";

/** All settings, with everything said. Times are in seconds, sizes in bytes. */
export interface Settings {
  readonly concurrency: number;
  readonly concurrencyPerHost: number;
  readonly delay: number;
  readonly randomizeDelay: boolean;
  readonly throttle: boolean;
  readonly robots: boolean;
  readonly sitemaps: boolean;
  readonly userAgent: string;
  readonly retries: number;
  readonly maxRetryAfter: number;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly idleTimeout: number;
  readonly callbackTimeout: number | false;
  readonly maxBodySize: number;
  readonly maxElements: number;
  readonly maxActiveSize: number;
  readonly depthLimit: number;
  readonly maxPages: number;
  readonly maxFailed: number | `${number}%`;
  readonly cookies: boolean;
  readonly maxRedirects: number;
  readonly metaRefresh: number | false;
  readonly referrerPolicy: ReferrerPolicy;
  readonly handleStatuses: readonly number[];
  readonly blockStatuses: readonly number[];
  readonly blockPattern: RegExp | undefined;
  readonly columns: readonly string[];
}

/** Settings as a spider or a user writes them: times also as `"200ms"`, sizes also as `"5MB"`. */
export type SettingsInput = { readonly [Key in keyof Settings]?: Settings[Key] | string };

/** One row of the table. */
export interface Setting<Value> {
  readonly default: Value;
  /** The default as people write it. */
  readonly shown: string;
  readonly about: string;
  /** Returns the value, or throws a `RangeError` whose message says what is accepted. */
  readonly parse: (value: unknown) => Value;
}

/** The version of trawl, for the user agent. */
export const version = "0.1.0";

const none = Infinity;

/** What each setting is, in the order of the README. */
export const settingsTable: { readonly [Key in keyof Settings]: Setting<Settings[Key]> } = {
  concurrency: { default: 16, shown: "16", about: "requests in flight, in all", parse: count(1) },
  concurrencyPerHost: { default: 8, shown: "8", about: "requests in flight to one host", parse: count(1) },
  delay: {
    default: 0,
    shown: "0",
    about: "least gap between two requests to one host; a longer Crawl-delay wins",
    parse: duration(0),
  },
  randomizeDelay: {
    default: false,
    shown: "false",
    about: "make each delay longer by up to a half, at random",
    parse: flag,
  },
  throttle: {
    default: true,
    shown: "true",
    about: "slow a host down when it pushes back (429, 503, timeouts, growing latency), and recover",
    parse: flag,
  },
  robots: { default: true, shown: "true", about: "obey robots.txt", parse: flag },
  sitemaps: {
    default: false,
    shown: "false",
    about: "begin also from the sitemaps that each start URL's robots.txt names, or else from /sitemap.xml",
    parse: flag,
  },
  userAgent: { default: `trawl/${version}`, shown: `trawl/${version}`, about: "the User-Agent header", parse: line },
  retries: { default: 2, shown: "2", about: "further attempts after one that failed", parse: count(0) },
  maxRetryAfter: {
    default: 600,
    shown: "10m",
    about: "the longest wait that a server gets with Retry-After",
    parse: duration(0),
  },
  timeout: { default: 60, shown: "60s", about: "the whole time for one response", parse: duration(0.001) },
  connectTimeout: {
    default: 30,
    shown: "30s",
    about: "time until a response begins, connecting included",
    parse: duration(0.001),
  },
  idleTimeout: { default: 30, shown: "30s", about: "time without a byte of a response", parse: duration(0.001) },
  callbackTimeout: {
    default: 60,
    shown: "60s",
    about: "the whole time for the callback of a page, or for one call of a hook; false or 0: any time",
    parse: (value) => value === false || value === "false" ? false : duration(0)(value) || false,
  },
  maxBodySize: { default: 32e6, shown: "32MB", about: "one decompressed body", parse: size },
  maxElements: {
    default: 100_000,
    shown: "100000",
    about: "elements of one page, and attributes, and pieces of text: each takes up to 500 bytes of memory",
    parse: count(1),
  },
  maxActiveSize: {
    default: 5e6,
    shown: "5MB",
    about: "all bodies downloaded and not yet committed; above it nothing new is requested",
    parse: size,
  },
  depthLimit: { default: none, shown: "none", about: "links to follow from a start URL", parse: count(0) },
  maxPages: { default: none, shown: "none", about: "pages after which the crawl is finished", parse: count(1) },
  maxFailed: {
    default: none,
    shown: "none",
    about:
      "pages that may be given up, as a number or a share such as 10%; with more of them a finished crawl exits with 1",
    parse: mostFailed,
  },
  cookies: { default: true, shown: "true", about: "keep cookies and send them back", parse: flag },
  maxRedirects: { default: 20, shown: "20", about: "redirects that one request may go through", parse: count(0) },
  metaRefresh: {
    default: 10,
    shown: "10s",
    about:
      "a page that sends elsewhere by the header Refresh or <meta http-equiv=refresh> within this time is a redirect; false: a page",
    parse: (value) => value === false || value === "false" ? false : duration(0)(value),
  },
  referrerPolicy: {
    default: defaultReferrerPolicy,
    shown: defaultReferrerPolicy,
    about: "how much of a page's URL goes with the requests for its links, unless the page says so itself",
    parse: policy,
  },
  handleStatuses: {
    default: [],
    shown: "[]",
    about: "statuses outside 200 to 299 that callbacks want to see",
    parse: statuses,
  },
  blockStatuses: {
    default: [403, 429, 503],
    shown: "403,429,503",
    about:
      "statuses that are blocks: with --proxy-type auto the request goes once more, through the proxies of $DATACENTER_PROXY_URL",
    parse: statuses,
  },
  blockPattern: {
    default: undefined,
    shown: "none",
    about:
      "a regular expression that a page which is a block contains in its first 16 KB, besides the challenges that are known",
    parse: pattern,
  },
  columns: {
    default: [],
    shown: "[]",
    about: "the keys of an item that are written, in their order: the columns of a CSV file",
    parse: names,
  },
};

/** The names of all settings. */
export const settingNames = Object.keys(settingsTable) as readonly (keyof Settings)[];

/**
 * Returns all settings: each from the first of `sources` that has it, else its default. A value that does not fit is
 * passed to `refuse` with the source's position, and the default is taken.
 */
export function mergeSettings(
  sources: readonly SettingsInput[],
  refuse: (message: string, source: number) => void,
): Settings {
  const merged: Partial<Record<keyof Settings, unknown>> = {};
  for (const name of settingNames) {
    const setting = settingsTable[name];
    merged[name] = setting.default;
    const source = sources.findIndex((each) => each[name] !== undefined);
    if (source < 0) continue;
    try {
      merged[name] = setting.parse(sources[source]![name]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refuse(`${name}: ${error.message}`, source);
    }
  }
  return merged as Settings;
}

function count(least: number): (value: unknown) => number {
  return (value) => {
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= least) return number;
    throw new RangeError(`${shown(value)} is not a whole number from ${least} up`);
  };
}

function mostFailed(value: unknown): number | `${number}%` {
  const [, share] = typeof value === "string" ? /^(\d+(?:\.\d+)?) ?%$/.exec(value.trim()) ?? [] : [];
  if (share !== undefined && Number(share) <= 100) return `${Number(share)}%`;
  const number = typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`${shown(value)} is neither a share such as 10% nor a number of pages such as 100`);
}

function duration(least: number): (value: unknown) => number {
  return (value) => {
    if (typeof value !== "string" && typeof value !== "number") throw new RangeError(`${shown(value)} is not a time`);
    const seconds = parseDuration(value);
    if (seconds < least) throw new RangeError(`${shown(value)} is too short: ${least} seconds is the least`);
    return seconds;
  };
}

function size(value: unknown): number {
  if (typeof value !== "string" && typeof value !== "number") throw new RangeError(`${shown(value)} is not a size`);
  const bytes = parseSize(value);
  if (bytes < 1) throw new RangeError(`${shown(value)} is too small: 1 byte is the least`);
  return bytes;
}

function flag(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new RangeError(`${shown(value)} is neither true nor false`);
}

function line(value: unknown): string {
  if (typeof value === "string" && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new RangeError(`${shown(value)} is not a line of printable ASCII characters`);
}

function statuses(value: unknown): readonly number[] {
  const list = listOf(value).map(Number);
  if (list.every((status) => Number.isInteger(status) && status >= 100 && status <= 599)) return list;
  throw new RangeError(`${shown(value)} is not a list of statuses such as 404,410`);
}

function pattern(value: unknown): RegExp {
  // Without "g" and "y", with which a pattern remembers where it stopped.
  if (value instanceof RegExp) return new RegExp(value.source, value.flags.replace(/[gy]/g, ""));
  if (typeof value !== "string" || value === "") throw new RangeError(`${shown(value)} is not a regular expression`);
  try {
    return new RegExp(value, "i");
  } catch (error) {
    throw new RangeError(`${shown(value)} is not a regular expression (${(error as Error).message})`);
  }
}

function policy(value: unknown): ReferrerPolicy {
  if (isPolicy(value)) return value;
  throw new RangeError(`${shown(value)} is not a referrer policy; ${suggest(String(value), referrerPolicies)}`);
}

function names(value: unknown): readonly string[] {
  const list = listOf(value);
  if (list.every((name) => typeof name === "string" && name !== "") && new Set(list).size === list.length) {
    return list as string[];
  }
  throw new RangeError(`${shown(value)} is not a list of different names such as title,price`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return value.split(",").map((each) => each.trim()).filter((each) => each !== "");
  throw new RangeError(`${shown(value)} is not a list`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
