/**
 * The cases recorded from Scrapy's exporters.
 *
 * Layout inside a JSON text is each program's own (spaces, indents, escapes), so JSON is compared by the values, a line
 * at a time for JSON lines; CSV is compared byte for byte, without the header where the case has none.
 *
 * @module
 */

import assert from "node:assert/strict";
import { localDisk } from "../../lib/disk/local.ts";
import { openFeed } from "../../lib/feed/feed.ts";
import { formatOf } from "../../lib/feed/format.ts";
import { publishFeed } from "../../lib/feed/publish.ts";
import type { Item } from "../../lib/model/item.ts";
import { inFolder } from "./temp_folder.ts";

interface Case {
  readonly id: number;
  readonly items: readonly Item[];
  readonly format: string;
  readonly options: {
    readonly include_headers_line?: boolean;
    readonly fields_to_export?: readonly string[] | Readonly<Record<string, string>>;
  };
  readonly expected_text: string;
}

const source = new URL("../../../shared/vectors/feed_exporters.json", import.meta.url);
const missing = localDisk.size(source.pathname) === undefined;

/** Cases that trawl does not meet, with the reason. */
const notMet: Readonly<Record<string, readonly number[]>> = {
  "there is no XML feed": [14, 16, 30, 32, 46, 48, 62, 64, 78, 80],
  "a JSON feed writes an item's own keys; a pipeline chooses fields": [8, 24, 40, 56],
  "CSV columns cannot be given other titles; a pipeline renames keys": [12, 28, 44, 60, 76],
  "a list in CSV is its JSON text, so that it can be read back": [10],
  "an object in CSV is its JSON text, not Python's": [42],
  "true is written as in JSON, not as in Python, and a later key becomes a column instead of being lost": [26],
};

async function write(folder: string, { id, items, format, options }: Case): Promise<string> {
  const path = `${folder}/${id}.${format}`;
  const fields = options.fields_to_export;
  const feed = openFeed({
    disk: localDisk,
    path,
    format: formatOf(path),
    columns: fields === undefined ? undefined : Array.isArray(fields) ? fields : Object.keys(fields),
    warn: () => {},
  });
  for (const item of items) feed.write([feed.encode(item)]);
  feed.finish();
  feed.close();
  await publishFeed(localDisk, feed.snapshot());
  return await Deno.readTextFile(path);
}

function compare(text: string, { format, options, expected_text: expected }: Case): void {
  if (format === "jsonl") {
    const values = (lines: string) => lines.split("\n").map((line) => line === "" ? "" : JSON.parse(line));
    assert.deepEqual(values(text), values(expected));
  } else if (format === "json") {
    assert.deepEqual(JSON.parse(text), JSON.parse(expected));
  } else {
    const headless = options.include_headers_line === false;
    assert.equal(headless ? text.slice(text.indexOf("\r\n") + 2 || undefined) : text, expected);
  }
}

Deno.test({
  name: missing
    ? "feeds agree with the cases from Scrapy's exporters (skipped: ../shared/vectors is missing)"
    : "feeds agree with the cases from Scrapy's exporters, but for those listed",
  ignore: missing,
  fn: () =>
    inFolder(async (folder) => {
      const { cases } = JSON.parse(await Deno.readTextFile(source)) as { cases: readonly Case[] };
      const failed: number[] = [];
      for (const vector of cases) {
        await write(folder, vector).then((text) => compare(text, vector)).catch(() => failed.push(vector.id));
      }
      assert.deepEqual(failed.sort((a, b) => a - b), Object.values(notMet).flat().sort((a, b) => a - b));
      assert.equal(cases.length - failed.length, 18);
    }),
});
