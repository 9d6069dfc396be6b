import assert from "node:assert/strict";
import fc from "fast-check";
import { csvTable } from "../../lib/feed/csv.ts";
import { ItemError } from "../../lib/feed/writable.ts";
import type { Item } from "../../lib/model/item.ts";
import { parseCsv } from "./parse_csv.ts";

function silent(message: string): never {
  throw new Error(`unexpected warning: ${message}`);
}

function table(items: readonly Item[], columns?: readonly string[]): string {
  const layout = csvTable({ columns, warn: silent });
  return (items.length === 0 ? "" : layout.render(items.map(layout.encode))) + layout.end();
}

Deno.test("csvTable() takes its columns from all items of the first page", () => {
  assert.equal(table([{ b: 1, a: "x" }, { c: true, a: "y" }]), "b,a,c\r\n1,x,\r\n,y,true\r\n");
});

Deno.test("csvTable() writes the columns that the spider names, in that order, and leaves other keys out", () => {
  assert.equal(table([{ b: 1, a: "x" }, { c: 3 }], ["a", "b"]), "a,b\r\nx,1\r\n,\r\n");
});

Deno.test("csvTable() writes the header of named columns even without items", () => {
  assert.equal(table([], ["a", "b"]), "a,b\r\n");
  assert.equal(table([]), "");
});

Deno.test("csvTable() writes each kind of value as a cell", () => {
  const items = [{
    text: "=cmd()",
    number: -1.5e21,
    no: false,
    nothing: null,
    missing: undefined,
    date: new Date(0),
    url: new URL("https://example.com/?a,b"),
    list: ["a", 1],
    object: { at: new Date(0) },
    gone: { toJSON: () => undefined },
    empty: { toJSON: () => null },
  }];
  assert.deepEqual(parseCsv(table(items)), [
    ["text", "number", "no", "nothing", "missing", "date", "url", "list", "object", "gone", "empty"],
    [
      "=cmd()",
      "-1.5e+21",
      "false",
      "",
      "",
      "1970-01-01T00:00:00.000Z",
      "https://example.com/?a,b",
      '["a",1]',
      '{"at":"1970-01-01T00:00:00.000Z"}',
      "",
      "",
    ],
  ]);
});

Deno.test("csvTable() puts a cell with a comma, a quote or either half of a line end into quotes", () => {
  assert.equal(
    table([{ a: "x,y", b: 'say "hi"', c: "1\n2", d: "1\r2", e: " plain " }]),
    'a,b,c,d,e\r\n"x,y","say ""hi""","1\n2","1\r2", plain \r\n',
  );
});

Deno.test("csvTable() writes a lone empty cell in quotes, because readers skip an empty line", () => {
  assert.equal(table([{ a: "" }, { a: "x" }, { a: null }]), 'a\r\n""\r\nx\r\n""\r\n');
});

Deno.test("csvTable() adds a later key as a column at the end and warns once", () => {
  const warnings: string[] = [];
  const layout = csvTable({ warn: (message) => warnings.push(message) });
  const page = (...items: Item[]) => layout.render(items.map(layout.encode));
  assert.equal(page({ a: 1 }), "a\r\n1\r\n");
  assert.deepEqual(layout.state(), { columns: ["a"], headed: 1 });
  assert.equal(page({ a: 2, c: 3, b: 4 }, { b: 5 }), "2,3,4\r\n,,5\r\n");
  assert.equal(page({ c: 6 }), ",6,\r\n");
  assert.deepEqual(layout.state(), { columns: ["a", "c", "b"], headed: 1 });
  assert.deepEqual(warnings, [
    "New columns after the header was written: c, b. They are added at the end, and are empty in the rows before",
  ]);
});

Deno.test("csvTable() goes on with the columns of the file", () => {
  const layout = csvTable({ state: { columns: ["a", "b"], headed: 1 }, warn: silent });
  assert.equal(layout.render([layout.encode({ b: 1 })]) + layout.end(), ",1\r\n");
  assert.deepEqual(layout.state(), { columns: ["a", "b"], headed: 1 });
});

Deno.test("csvTable() keeps the columns of the file when the spider now names others, and says so", () => {
  const warnings: string[] = [];
  const layout = csvTable({
    columns: ["b", "c"],
    state: { columns: ["a", "b"], headed: 2 },
    warn: (message) => warnings.push(message),
  });
  assert.equal(layout.render([layout.encode({ a: 1, b: 2, c: 3 })]), "1,2\r\n");
  assert.deepEqual(warnings, ["The spider's columns have changed; the file goes on with those it began with: a, b"]);
});

Deno.test("csvTable() keeps no state before there is a header", () => {
  assert.deepEqual(csvTable({ warn: silent }).state(), {});
  assert.deepEqual(csvTable({ columns: ["a"], warn: silent }).state(), {});
});

Deno.test("csvTable() refuses an item without keys, which would be no row, unless the columns are named", () => {
  assert.throws(() => table([{}]), { message: "Cannot write the item: it has no keys, and a CSV row needs one" });
  assert.equal(table([{}], ["a", "b"]), "a,b\r\n,\r\n");
});

Deno.test("csvTable() refuses what JSON would lose, as every feed does", () => {
  assert.throws(() => table([{ a: { b: NaN } }]), (error) => error instanceof ItemError && error.key === "a.b");
});

Deno.test("csvTable() refuses no columns and a column that is named twice", () => {
  assert.throws(() => csvTable({ columns: [], warn: silent }), {
    name: "RangeError",
    message: "Cannot write a CSV feed with no columns: columns is empty",
  });
  assert.throws(() => csvTable({ columns: ["a", "b", "a"], warn: silent }), {
    name: "RangeError",
    message: 'Cannot write a CSV feed with the column "a" twice',
  });
});

Deno.test("csvTable() is not led astray by keys that objects have by nature", () => {
  const item = JSON.parse('{"__proto__":"p","constructor":"c"}');
  assert.equal(table([item, { a: 1 }]), "__proto__,constructor,a\r\np,c,\r\n,,1\r\n");
});

Deno.test("any text comes back from a cell as it was", () => {
  const rows = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary-ascii" })), {
    minLength: 1,
  });
  fc.assert(fc.property(rows, (cells) => {
    assert.deepEqual(parseCsv(table(cells.map(([a, b]) => ({ a, b })))), [["a", "b"], ...cells]);
    assert.deepEqual(parseCsv(table(cells.map(([a]) => ({ a })))), [["a"], ...cells.map(([a]) => [a])]);
  }));
});
