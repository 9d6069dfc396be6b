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

/** Runs a callback to its end, and passes its items through `onItem`. Throws what they throw. */
export async function runCallback(
  name: string,
  spider: Spider,
  page: Page,
  { call, encode }: { readonly call: Call; readonly encode: (item: Item) => unknown },
): Promise<Yielded> {
  const yielded: Item[] = [], requests: Request[] = [];
  const written = new Written(name, encode);
  // Without onItem an item is put into its form at once, which takes less memory and is counted.
  const take = spider.onItem === undefined ? (item: Item) => written.add(item) : (item: Item) => yielded.push(item);
  let count = 0;
  await eachOutput(
    (spider[name] as (page: Page) => Outputs).call(spider, page),
    (output) => {
      count += 1;
      if (count > mostYielded) {
        throw new TooMuchYieldedError(`${name} has yielded more than ${mostYielded} items and requests on one page`);
      }
      if (isRequest(output)) requests.push(output);
      else if (isItem(output)) take(output);
      else if (output !== undefined && output !== null) throw new TypeError(wrongOutput(name, output));
    },
    call.pace,
    name,
  );
  let dropped = 0;
  for (const item of yielded) {
    const result = await spider.onItem?.(item, page);
    if (result !== undefined && result !== null) written.add(result);
    else dropped += 1;
    const turn = call.pace();
    if (turn !== undefined) await turn;
  }
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
