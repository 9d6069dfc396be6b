import { createHash } from "node:crypto";
import { makeRequest } from "../spider/make_request.ts";
import type { Request } from "../model/request.ts";
import type { Spider, StartRequest } from "../spider/spider.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";

/** How far the start requests have been taken. */
export interface StartsSnapshot {
  readonly taken: number;
  readonly done: boolean;
  /** A digest of what gives them. Another source is asked, also when this one had no more. @default {the same one} */
  readonly source?: string;
}

/**
 * Gives a spider's start requests, no faster than they are wanted.
 *
 * A process that goes on gives all of them again, from the first: the source may have them in another order now, or
 * others among them. Which of them had been taken is known by what they are, so nothing is skipped by its number.
 */
export class Starts {
  readonly #open: () => Iterable<StartRequest> | AsyncIterable<StartRequest>;
  readonly #source: string | undefined;
  readonly #callbacks: readonly string[];
  #iterator: Iterator<StartRequest> | AsyncIterator<StartRequest> | undefined;
  #taken: number;
  #again: number;
  #done: boolean;

  /** `urls`, when there are any, replace what the spider says. */
  constructor(spider: Spider, urls: readonly string[], callbacks: readonly string[], snapshot?: StartsSnapshot) {
    this.#open = () => urls.length > 0 ? urls : spider.start?.() ?? spider.startUrls ?? [];
    this.#callbacks = callbacks;
    this.#taken = this.#again = snapshot?.taken ?? 0;
    const source = digestOf(spider, urls);
    // A retry has no source: it never asks for more.
    this.#source = snapshot?.done && snapshot.source === undefined ? undefined : source;
    this.#done = (snapshot?.done ?? false) && (snapshot?.source ?? source) === source;
  }

  get done(): boolean {
    return this.#done;
  }

  /** How many of those that earlier processes took have not come again. */
  get again(): number {
    return this.#done ? 0 : this.#again;
  }

  snapshot(): StartsSnapshot {
    return { taken: this.#taken, done: this.#done, ...this.#source !== undefined && { source: this.#source } };
  }

  /**
   * Calls `take` with up to `count` further start requests. It returns whether the request is new, or undefined for one
   * that is not wanted any more, and then no other is given. Throws what the spider throws, and for what is not a start
   * request.
   */
  async pull(count: number, take: (request: Request) => boolean | undefined): Promise<void> {
    if (this.#done) return;
    this.#iterator ??= iteratorOf(this.#open());
    for (let pulled = 0; pulled < count; pulled++) {
      const { done, value } = await this.#iterator.next();
      if (done === true) {
        this.#done = true;
        return;
      }
      const isNew = take(this.#request(value));
      if (isNew === undefined) return;
      if (!isNew && this.#again > 0) this.#again -= 1;
      else this.#taken += 1;
    }
  }

  #request(value: StartRequest): Request {
    const { url, ...options } = typeof value === "string" || value instanceof URL ? { url: value } : value;
    const resolved = resolve(String(url), String(url));
    if (resolved === undefined) {
      throw new RangeError(`The start URL ${JSON.stringify(shownLink(String(url)))} is not http or https`);
    }
    return makeRequest(resolved, options, 0, this.#callbacks);
  }
}

function iteratorOf(source: Iterable<StartRequest> | AsyncIterable<StartRequest>) {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

function digestOf({ start, startUrls }: Spider, urls: readonly string[]): string {
  const source = urls.length > 0 ? urls.toSorted() : start === undefined ? startUrls ?? [] : String(start);
  return createHash("sha256").update(JSON.stringify(source)).digest("hex").slice(0, 16);
}
