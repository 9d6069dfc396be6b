/**
 * A request: plain frozen data that can be logged, stored and compared.
 *
 * @module
 */

import { splitUserinfo } from "../url/userinfo.ts";
import type { ReferrerPolicy } from "./referrer_policy.ts";

/** What a spider may say about a request besides its URL. */
export interface RequestOptions {
  /** Name of the spider's function that gets the page. @default {"parse"} */
  readonly callback?: string;
  /** Whole number; a higher one is taken first, equal ones first in, first out. @default {0} */
  readonly priority?: number;
  /** What the callback finds in `page.meta`. Anything that MessagePack carries. @default {{}} */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** @default {"GET"} */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Fetch it even when the same request is known. @default {false} */
  readonly dontFilter?: boolean;
  /** It may reach the server twice: a POST is then tried again after a failure, as a GET is. @default {false} */
  readonly repeatable?: boolean;
  /**
   * Statuses outside 200 to 299 that the callback wants to see, redirects among them. 200: it also wants to see a page
   * that only sends elsewhere (`<meta http-equiv="refresh">`). @default {[]}
   */
  readonly handleStatuses?: readonly number[];
  /**
   * Name of the jar that its cookies come from and go to. Requests made on its page have the same, unless they name
   * another: a jar is a session. The same URL with another jar is another request.
   * @default {that of the page that it is made on; "" on none}
   */
  readonly jar?: string;
  /**
   * Cookies that are put into its jar, by their names, before each attempt to send it; where the setting `cookies` is
   * off they go with this request only. `false`: it sends none and keeps none. @default {{}}
   */
  readonly cookies?: Readonly<Record<string, string | GivenCookie>> | false;
  /**
   * How much of its page's URL goes with it as `Referer`. A `Referer` among its headers wins.
   * @default {what the `Referrer-Policy` of the page says, or else the setting `referrerPolicy`}
   */
  readonly referrerPolicy?: ReferrerPolicy;
}

/** A cookie that a spider gives; a text stands for one that has only a value. */
export interface GivenCookie {
  readonly value: string;
  /**
   * It goes to this domain and all hosts below it; where the URL's host is not among them, it goes nowhere.
   * @default {the URL's host alone}
   */
  readonly domain?: string;
  /** @default {"/"} */
  readonly path?: string;
  /** It goes with https only. @default {whether the URL is https} */
  readonly secure?: boolean;
}

/** A request with everything said. `url` is absolute, http or https, and has neither a fragment nor a password. */
export interface Request extends Required<Omit<RequestOptions, "body" | "referrerPolicy">> {
  readonly url: string;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Links between a start request (0) and this one. */
  readonly depth: number;
  /** Attempts that have failed so far. */
  readonly attempt: number;
  /** How often the server has asked to wait (`Retry-After`); these are not attempts that have failed. */
  readonly waits: number;
  /** Earliest time of the next attempt, in milliseconds since 1970; 0: at once. */
  readonly notBefore: number;
  /** How many seconds that was ahead when it was set; 0: not known. */
  readonly wait: number;
  /** The URLs that redirected to this one, first to last. */
  readonly redirects: readonly string[];
  /**
   * Its own, that of its page, or that of an answer that redirected it, unless it is the setting; it is known already in
   * `referer`, and counts for what it is redirected to.
   */
  readonly referrerPolicy: ReferrerPolicy | undefined;
  /** The `Referer` that goes with it; empty for none. */
  readonly referer: string;
  /** The page or sitemap that links to it, or to what redirected to it; empty for none. It is told, and not sent. */
  readonly referrer: string;
  /** `user:password`, where the URL had it: sent as `Authorization`, and never shown. */
  readonly userinfo: string;
}

const made = new WeakSet<object>();
const nothing = Object.freeze({});
const none: readonly never[] = Object.freeze([]);

/** Returns a frozen request; what is not said has its default. A login in the URL is taken out of it. */
export function createRequest(link: string, said: Partial<Omit<Request, "url">> = {}): Request {
  const { url, userinfo } = splitUserinfo(link);
  const request: Request = {
    url,
    callback: said.callback ?? "parse",
    priority: said.priority ?? 0,
    meta: said.meta ?? nothing,
    method: said.method ?? "GET",
    headers: said.headers ?? nothing,
    body: said.body,
    dontFilter: said.dontFilter ?? false,
    repeatable: said.repeatable ?? false,
    handleStatuses: said.handleStatuses ?? none,
    jar: said.jar ?? "",
    cookies: said.cookies ?? nothing,
    referrerPolicy: said.referrerPolicy,
    depth: said.depth ?? 0,
    attempt: said.attempt ?? 0,
    waits: said.waits ?? 0,
    notBefore: said.notBefore ?? 0,
    wait: said.wait ?? 0,
    redirects: said.redirects ?? none,
    referer: said.referer ?? "",
    referrer: said.referrer ?? "",
    userinfo: userinfo === "" ? said.userinfo ?? "" : userinfo,
  };
  made.add(request);
  return Object.freeze(request);
}

/** Whether a value came from {@linkcode createRequest}: what a callback yields is otherwise an item. */
export function isRequest(value: unknown): value is Request {
  return typeof value === "object" && value !== null && made.has(value);
}
