import type { Item } from "../model/item.ts";
import type { Request, RequestOptions } from "../model/request.ts";
import type { Page } from "./page.ts";
import type { SettingsInput } from "./settings.ts";

/** What a callback yields: an item, or a request made by `page.request` or `page.follow`. Nothing is skipped. */
export type Output = Item | Request | undefined | null;

/** What a callback returns: a generator, sync or async, an array, or nothing; or a promise of it. */
export type Outputs = Iterable<Output> | AsyncIterable<Output> | void | Promise<Iterable<Output> | void>;

/** A function that gets a page. Requests name it, so its name must not change while a crawl is paused. */
export type Callback = (page: Page) => Outputs;

/** What `start` yields: a URL, or a URL with options. */
export type StartRequest = string | URL | ({ readonly url: string | URL } & RequestOptions);

/** What `onClose` is told. */
export interface Summary {
  readonly reason: "finished" | "paused" | "failed";
  readonly pages: number;
  readonly items: number;
  readonly failed: number;
  /** Seconds that the crawl has run, its earlier processes included. */
  readonly duration: number;
}

/** A spider: where to begin and what to take from a page. Its other functions are callbacks. */
export interface Spider {
  /** Letters, digits, `.`, `_` and `-`: it is a folder's name too. */
  readonly name: string;
  readonly startUrls?: readonly string[];
  /** Domains that requests may go to, subdomains and the hosts of the start URLs included. @default {all} */
  readonly allowedDomains?: readonly string[];
  readonly settings?: SettingsInput;
  /** Gives the start requests instead of `startUrls`; it is pulled as the crawl goes on. */
  start?(): Iterable<StartRequest> | AsyncIterable<StartRequest>;
  parse?(page: Page): Outputs;
  /** Called before the first request of each process. */
  onStart?(about: { readonly resuming: boolean }): void | Promise<void>;
  /** Called with each item; returns the item to write, or nothing to drop it. */
  onItem?(item: Item, page: Page): Item | undefined | null | void | Promise<Item | undefined | null | void>;
  /** Called with each page that is given up. */
  onError?(error: Error, request: Request): void | Promise<void>;
  /** Called once before the process ends, unless it is killed. */
  onClose?(summary: Summary): void | Promise<void>;
  // deno-lint-ignore no-explicit-any
  readonly [callback: string]: any;
}
