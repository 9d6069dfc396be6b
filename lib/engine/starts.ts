import { makeRequest } from "../spider/make_request.ts";
import type { Request } from "../model/request.ts";
import type { Spider, StartRequest } from "../spider/spider.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";

/** How far the start requests have been taken. */
export interface StartsSnapshot {
  readonly taken: number;
  readonly done: boolean;
}

/** Gives a spider's start requests, from where an earlier process stopped, and no faster than they are wanted. */
export class Starts {
  readonly #source: () => Iterable<StartRequest> | AsyncIterable<StartRequest>;
  readonly #callbacks: readonly string[];
  #iterator: Iterator<StartRequest> | AsyncIterator<StartRequest> | undefined;
  #taken: number;
  #done: boolean;

  /** `urls`, when there are any, replace what the spider says. */
  constructor(spider: Spider, urls: readonly string[], callbacks: readonly string[], snapshot?: StartsSnapshot) {
    this.#source = () => urls.length > 0 ? urls : spider.start?.() ?? spider.startUrls ?? [];
    this.#callbacks = callbacks;
    this.#taken = snapshot?.taken ?? 0;
    this.#done = snapshot?.done ?? false;
  }

  get done(): boolean {
    return this.#done;
  }

  snapshot(): StartsSnapshot {
    return { taken: this.#taken, done: this.#done };
  }

  /**
   * Calls `take` with up to `count` further start requests, until it returns false: that one is not taken. Throws what
   * the spider throws, and for what is not a start request.
   */
  async pull(count: number, take: (request: Request) => boolean): Promise<void> {
    if (this.#done) return;
    if (this.#iterator === undefined) {
      this.#iterator = iteratorOf(this.#source());
      for (let skipped = 0; skipped < this.#taken; skipped++) await this.#iterator.next();
    }
    for (let pulled = 0; pulled < count; pulled++) {
      const { done, value } = await this.#iterator.next();
      if (done === true) {
        this.#done = true;
        return;
      }
      if (!take(this.#request(value))) return;
      this.#taken += 1;
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
