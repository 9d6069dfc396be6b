import assert from "node:assert/strict";
import { formatOf } from "../../lib/feed/format.ts";

Deno.test("formatOf() knows a format by the end of the file's name", () => {
  assert.equal(formatOf("items.jsonl"), "jsonl");
  assert.equal(formatOf("items.ndjson"), "jsonl");
  assert.equal(formatOf("items.jl"), "jsonl");
  assert.equal(formatOf("out/items.failed.jsonl"), "jsonl");
  assert.equal(formatOf("items.csv"), "csv");
  assert.equal(formatOf("items.json"), "json");
});

Deno.test("formatOf() does not mind capitals", () => {
  assert.equal(formatOf("ITEMS.CSV"), "csv");
});

Deno.test("formatOf() takes - for JSON lines on standard output", () => {
  assert.equal(formatOf("-"), "jsonl");
});

Deno.test("formatOf() refuses any other name and lists the endings it knows", () => {
  assert.throws(() => formatOf("items.xml"), {
    name: "RangeError",
    message: 'Cannot tell the format of "items.xml" by its name: it may end in .jsonl, .ndjson, .jl, .csv or .json, ' +
      "or be - for JSON lines on standard output",
  });
  assert.throws(() => formatOf("json"), RangeError);
  assert.throws(() => formatOf(""), RangeError);
});
