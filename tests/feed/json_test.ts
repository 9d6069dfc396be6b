import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonArray, jsonLines } from "../../lib/feed/json.ts";
import { ItemError } from "../../lib/feed/writable.ts";

Deno.test("jsonLines() writes a compact object a line", () => {
  const layout = jsonLines();
  const items = [{ name: "Bö \u2028", tags: ["a"], none: undefined }, { at: new Date(0), text: "1\n2" }];
  assert.equal(
    layout.render(items.map(layout.encode)) + layout.end(),
    '{"name":"Bö \u2028","tags":["a"]}\n{"at":"1970-01-01T00:00:00.000Z","text":"1\\n2"}\n',
  );
});

Deno.test("jsonLines() escapes half a surrogate pair, which UTF-8 cannot carry", () => {
  assert.equal(jsonLines().encode({ half: "\ud83d" }), '{"half":"\\ud83d"}');
});

Deno.test("jsonArray() writes an item a line between brackets", () => {
  const layout = jsonArray(false);
  const text = layout.render([layout.encode({ a: 1 }), layout.encode({ a: 2 })]) +
    layout.render([layout.encode({ a: 3 })]) +
    layout.end();
  assert.equal(text, '[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n');
});

Deno.test("jsonArray() goes on behind items that are there", () => {
  const layout = jsonArray(true);
  assert.equal(layout.render([layout.encode({ a: 3 })]) + layout.end(), ',\n{"a":3}\n]\n');
});

Deno.test("jsonArray() writes an empty array for a crawl without items", () => {
  assert.equal(jsonArray(false).end(), "[]\n");
});

Deno.test("both JSON layouts write the columns that the spider names, in that order, and leave other keys out", () => {
  const columns = ["price", "2", "title", "1"];
  const item = { "1": "a", "2": "b", title: "c", price: null, extra: 1 };
  assert.equal(jsonLines(columns).encode(item), '{"price":null,"2":"b","title":"c","1":"a"}');
  assert.equal(jsonArray(false, columns).encode({ title: undefined, extra: 1 }), "{}");
  assert.throws(() => jsonLines(columns).encode({ extra: NaN }), ItemError);
});

Deno.test("both JSON layouts refuse what JSON would lose", () => {
  assert.throws(() => jsonLines().encode({ a: NaN }), ItemError);
  assert.throws(() => jsonArray(false).encode({ a: 1n }), ItemError);
});

Deno.test("what JSON can hold comes back from a line as it was", () => {
  const layout = jsonLines();
  const line = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }));
  fc.assert(fc.property(line, (item) => {
    const text = layout.render([layout.encode(item)]);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(item)));
    assert.equal(text.indexOf("\n"), text.length - 1);
  }));
});
