import { createHash } from "node:crypto";
import type { Request } from "../model/request.ts";
import type { Spider } from "../spider/spider.ts";
import { type StartIterator, startIterator, startRequest } from "../spider/start_request.ts";
import { systemClock } from "../time/clock.ts";
import { TimeLimit } from "./time_limit.ts";

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
  readonly #open: () => Promise<StartIterator>;
  readonly #source: string | undefined;
  readonly #callbacks: readonly string[];
  readonly #limit: TimeLimit;
  #iterator: StartIterator | undefined;
  #taken: number;
  #again: number;
  #done: boolean;

  /** `urls`, when there are any, replace what the spider says, which may take any time without a `limit`. */
  constructor(
    spider: Spider,
    urls: readonly string[],
    callbacks: readonly string[],
    snapshot?: StartsSnapshot,
    limit = new TimeLimit({ clock: systemClock }),
  ) {
    this.#open = () => urls.length > 0 ? Promise.resolve(urls.values()) : opened(spider, limit);
    this.#callbacks = callbacks;
    this.#limit = limit;
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
   * that is not wanted any more, and then no other is given. Throws what the spider throws, for what is not a start
   * request, and when one does not come within the time of a callback.
   */
  async pull(count: number, take: (request: Request) => boolean | undefined): Promise<void> {
    if (this.#done) return;
    const turn = this.#limit.turns();
    const iterator = this.#iterator ??= await this.#open();
    for (let pulled = 0; pulled < count; pulled++) {
      const { done, value } = await this.#limit.call({ name: "start" }, () => iterator.next());
      if (done === true) {
        this.#done = true;
        return;
      }
      const isNew = take(startRequest(value, this.#callbacks));
      if (isNew === undefined) return;
      if (!isNew && this.#again > 0) this.#again -= 1;
      else this.#taken += 1;
      await turn();
    }
  }
}

async function opened(spider: Spider, limit: TimeLimit): Promise<StartIterator> {
  if (spider.start === undefined) return (spider.startUrls ?? []).values();
  return startIterator(await limit.call({ name: "start" }, () => spider.start?.()));
}

function digestOf({ start, startUrls }: Spider, urls: readonly string[]): string {
  const source = urls.length > 0 ? urls.toSorted() : start === undefined ? startUrls ?? [] : String(start);
  return createHash("sha256").update(JSON.stringify(source)).digest("hex").slice(0, 16);
}
