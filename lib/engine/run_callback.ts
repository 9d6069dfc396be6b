/**
 * A page's callback and `onItem`: what the spider makes of an answer.
 *
 * @module
 */

import type { Item } from "../model/item.ts";
import { isRequest, type Request } from "../model/request.ts";
import { eachOutput, isThenable } from "../spider/outputs.ts";
import type { Page } from "../spider/page.ts";
import type { Outputs, Spider } from "../spider/spider.ts";
import { kindOf } from "../text/kind.ts";
import { readThrown } from "../text/thrown.ts";
import type { Call } from "./time_limit.ts";

/** What a page has come to. */
export interface Yielded {
  /** Items in the form of their feed. */
  readonly items: readonly unknown[];
  readonly requests: readonly Request[];
  /** Items that `onItem` dropped. */
  readonly dropped: number;
  /** Why items cannot be written, one by one. */
  readonly rejected: readonly string[];
}

/** A page yielded more than is kept in memory. */
export class TooMuchYieldedError extends Error {
  override readonly name = "TooMuchYieldedError";
}

/** Things that one page may yield, and characters of its items in their written form, as far as they are known. */
const mostYielded = 1_000_000, mostWritten = 256_000_000;

/**
 * Runs a callback to its end, and passes each item through `onItem` before the callback goes on: it may change an item
 * that it has yielded, and yield that again. Throws what they throw.
 */
export async function runCallback(
  name: string,
  spider: Spider,
  page: Page,
  { call, encode }: { readonly call: Call; readonly encode: (item: Item) => unknown },
): Promise<Yielded> {
  const requests: Request[] = [];
  const written = new Written(name, encode);
  let count = 0, dropped = 0;
  const pass = async (item: Item) => {
    const result = await spider.onItem?.(item, page);
    if (result !== undefined && result !== null) written.add(result);
    else dropped += 1;
  };
  const take = spider.onItem === undefined ? (item: Item) => written.add(item) : pass;
  await eachOutput(
    (spider[name] as (page: Page) => Outputs).call(spider, page),
    (output) => {
      count += 1;
      if (count > mostYielded) {
        throw new TooMuchYieldedError(`${name} has yielded more than ${mostYielded} items and requests on one page`);
      }
      if (isRequest(output)) return void requests.push(output);
      if (isItem(output)) return take(output);
      if (output !== undefined && output !== null) throw new TypeError(wrongOutput(name, output));
    },
    call.pace,
    name,
  );
  const { items, rejected } = written;
  return { items, requests, dropped, rejected };
}

/** Items in their written form, and why others have none. */
class Written {
  readonly items: unknown[] = [];
  readonly rejected: string[] = [];
  readonly #callback: string;
  readonly #encode: (item: Item) => unknown;
  #size = 0;

  constructor(callback: string, encode: (item: Item) => unknown) {
    this.#callback = callback;
    this.#encode = encode;
  }

  add(item: Item): void {
    try {
      const encoded = this.#encode(item);
      this.#size += sizeOf(encoded);
      this.items.push(encoded);
    } catch (thrown) {
      // A value that cannot be written costs its item, and neither the others nor the links of the page.
      this.rejected.push(readThrown(thrown).message);
    }
    if (this.#size > mostWritten) {
      throw new TooMuchYieldedError(`${this.#callback} has yielded items of more than 256 MB on one page`);
    }
  }
}

function sizeOf(encoded: unknown): number {
  if (typeof encoded === "string") return encoded.length;
  if (!(encoded instanceof Map)) return 0;
  let size = 0;
  for (const cell of encoded.values()) size += String(cell).length;
  return size;
}

function isItem(value: unknown): value is Item {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function wrongOutput(callback: string, output: unknown): string {
  const hint = isThenable(output) ? "await it, and yield" : "yield";
  return `${callback} yielded ${
    kindOf(output)
  }: ${hint} a plain object (an item), or a request from page.request or page.follow`;
}
