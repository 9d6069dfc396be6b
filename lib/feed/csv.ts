/**
 * Items as a table after RFC 4180: UTF-8 without a byte order mark, a header, CRLF at the end of each row.
 *
 * **Columns.** The spider names them, and then other keys are left out; or they are the keys of the first items (all
 * those of the first page that has any), and a key that comes later becomes a new column at the end, with a warning. A
 * file in work only grows, so its header cannot follow: the rows after a new column are longer than those before it.
 * Publishing puts that right (`widen.ts`): the whole header, and an empty cell for each column a row did not know. A
 * crawl without new columns needs no second writing.
 *
 * **Cells.** A string is written as it is, a number or boolean as in JSON, `null` and `undefined` as an empty cell, a
 * Date as its ISO text, an array or object as its JSON text. Half a surrogate pair, which UTF-8 cannot carry, becomes
 * U+FFFD. A cell that begins with `=`, `+`, `-` or `@` stays as it is too: the file is data, and whoever opens it in a
 * spreadsheet must know where it came from.
 *
 * @module
 */

import { stringify } from "csv-stringify/sync";
import type { Layout } from "./layout.ts";
import type { FeedSnapshot } from "./snapshot.ts";
import { checkItem, ItemError } from "./writable.ts";

/** The text of each cell by its column. */
export type Cells = ReadonlyMap<string, string>;

/** What a table needs to know. */
export interface CsvOptions {
  /** The columns in order, where the spider names them. @default the keys of the items */
  readonly columns?: readonly string[] | undefined;
  /** The columns of the file to go on with. */
  readonly state?: Pick<FeedSnapshot, "columns" | "headed"> | undefined;
  /** Hears of a column that came after the header. */
  readonly warn: (message: string) => void;
}

/**
 * Returns the layout of a `.csv` file. A file that is gone on with keeps its columns, whatever the spider names now.
 */
export function csvTable({ columns: named, state, warn }: CsvOptions): Layout<Cells> {
  if (named !== undefined) checkNames(named);
  let columns = state?.columns ?? [];
  let headed = state?.headed ?? 0;
  if (named !== undefined && headed > 0 && named.join("\n") !== columns.join("\n")) {
    warn(`The spider's columns have changed; the file goes on with those it began with: ${columns.join(", ")}`);
  }

  function header(names: readonly string[]): string {
    columns = names;
    headed = names.length;
    return csvRow(names);
  }

  function grow(items: readonly Cells[]): void {
    const later = keysOf(items).filter((key) => !columns.includes(key));
    if (later.length === 0) return;
    columns = [...columns, ...later];
    warn(
      `New ${later.length === 1 ? "column" : "columns"} after the header was written: ${later.join(", ")}. ` +
        `They are added at the end, and are empty in the rows before`,
    );
  }

  return {
    encode(item) {
      checkItem(item);
      const cells = new Map(Object.entries(item).map(([key, value]) => [key, cellOf(value)]));
      if (named === undefined && cells.size === 0) throw new ItemError("", "has no keys, and a CSV row needs one");
      return cells;
    },
    render(items) {
      const start = headed === 0 ? header(named ?? keysOf(items)) : "";
      if (named === undefined) grow(items);
      return start + csvRows(items.map((cells) => columns.map((column) => cells.get(column) ?? "")));
    },
    end: () => headed === 0 && named !== undefined ? header(named) : "",
    state: () => headed === 0 ? {} : { columns, headed },
  };
}

/** Returns one row with its line end. */
export function csvRow(cells: readonly string[]): string {
  return csvRows([cells]);
}

function csvRows(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][], {
    record_delimiter: "\r\n",
    // Left to itself the library quotes only the whole CRLF, and readers break a line at either half.
    quoted_match: /[\r\n]/,
    // One empty cell without quotes would be an empty line, which readers skip.
    quoted_empty: rows[0]?.length === 1,
  });
}

function keysOf(items: readonly Cells[]): readonly string[] {
  return [...new Set(items.flatMap((cells) => [...cells.keys()]))];
}

function cellOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined || text === "null") return "";
  // What toJSON() has turned into a string, such as a Date, is a cell like any string.
  return text.startsWith('"') ? JSON.parse(text) : text;
}

function checkNames(columns: readonly string[]): void {
  if (columns.length === 0) throw new RangeError("Cannot write a CSV feed with no columns: columns is empty");
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new RangeError(`Cannot write a CSV feed with the column "${twice}" twice`);
}
