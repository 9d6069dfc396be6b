/**
 * Items as JSON: an object a line, or one array.
 *
 * Both are UTF-8 with `\n` at the end of each line, and an item is always one line: JSON escapes every line break
 * inside a string. U+2028 and U+2029 stay as they are, which JSON allows. Where the spider names columns, an object has
 * those of them that its item has, in their order.
 *
 * @module
 */

import type { Item } from "../model/item.ts";
import type { Layout } from "./layout.ts";
import { checkItem } from "./writable.ts";

/**
 * Returns the layout of a `.jsonl` file: a compact JSON object a line, so that any number of whole lines is a whole
 * file.
 */
export function jsonLines(columns?: readonly string[]): Layout<string> {
  return {
    encode: (item) => encode(item, columns),
    render: (items) => items.join("\n") + "\n",
    end: () => "",
    state: () => ({}),
  };
}

/** Bytes that end a `.json` file: the `end` of an array with items, or the whole of one without any. */
export const arrayEndSize = 3;

/**
 * Returns the layout of a `.json` file: one array with an item a line, and `[]` for none. `begun` says whether items
 * are in the file already.
 *
 * The separator stands before an item, so a file in work never ends in a comma that a resumed crawl would have to take
 * back.
 */
export function jsonArray(begun: boolean, columns?: readonly string[]): Layout<string> {
  return {
    encode: (item) => encode(item, columns),
    render(items) {
      const start = begun ? ",\n" : "[\n";
      begun = true;
      return start + items.join(",\n");
    },
    end: () => begun ? "\n]\n" : "[]\n",
    state: () => ({}),
  };
}

function encode(item: Item, columns: readonly string[] | undefined): string {
  checkItem(item);
  if (columns === undefined) return JSON.stringify(item);
  const named = columns.filter((column) => Object.hasOwn(item, column));
  // As text, because an object would put the keys that are numbers first.
  const pairs = named.map((column) => [JSON.stringify(column), JSON.stringify(item[column])] as const);
  return `{${pairs.filter(([, value]) => value !== undefined).map((pair) => pair.join(":")).join(",")}}`;
}
