import assert from "node:assert/strict";
import { checkItem, ItemError } from "../../lib/feed/writable.ts";
import type { Item } from "../../lib/model/item.ts";

function refusal(item: unknown): { key: string; message: string } {
  try {
    checkItem(item as Item);
  } catch (error) {
    assert.ok(error instanceof ItemError);
    return { key: error.key, message: error.message };
  }
  return assert.fail("the item was accepted");
}

Deno.test("checkItem() accepts what JSON holds, dates, URLs and undefined", () => {
  checkItem({});
  checkItem({
    text: "a",
    number: -1.5,
    truth: false,
    nothing: null,
    missing: undefined,
    list: [1, ["b"], {}, undefined],
  });
  checkItem({ at: new Date(0), links: [new URL("https://example.com/")] });
  checkItem(Object.assign(Object.create(null), { a: 1 }));
  checkItem({ price: { toJSON: () => "3 EUR", cents: 300n } });
});

Deno.test("checkItem() accepts an object that stands in two places", () => {
  const shared = { at: new Date(0) };
  checkItem({ first: shared, second: [shared, shared] });
});

Deno.test("checkItem() names the key of a value that JSON would lose", () => {
  assert.deepEqual(refusal({ tags: [{}, {}, { price: NaN }] }), {
    key: "tags[2].price",
    message: "Cannot write the item: tags[2].price is NaN, which JSON cannot hold",
  });
  for (
    const [value, name] of [
      [Infinity, "Infinity"],
      [-Infinity, "-Infinity"],
      [10n, "a bigint"],
      [Symbol("s"), "a symbol"],
      [() => 1, "a function"],
      [new Date(NaN), "an invalid Date"],
      [new Map(), "a Map"],
      [new Set(), "a Set"],
      [new Uint8Array(2), "a Uint8Array"],
      [new ArrayBuffer(2), "an ArrayBuffer"],
      [Promise.resolve("late"), "a Promise"],
      [/x/, "a RegExp"],
      [new Error("no"), "an Error"],
      [new (class Price {})(), "a Price"],
    ] as const
  ) {
    assert.deepEqual(refusal({ a: 1, field: value }), {
      key: "field",
      message: `Cannot write the item: field is ${name}, which JSON cannot hold`,
    });
    assert.equal(refusal({ list: [0, { field: value }] }).key, "list[1].field");
  }
});

Deno.test("checkItem() puts a key that is no plain word into quotes", () => {
  assert.equal(refusal({ "list price": { "größe": NaN } }).key, '["list price"].größe');
  assert.equal(refusal({ a: { "0": NaN } }).key, 'a["0"]');
});

Deno.test("checkItem() refuses an object that holds itself and says where", () => {
  const tree: Record<string, unknown> = { name: "root" };
  tree.children = [{ parent: tree }];
  assert.deepEqual(refusal(tree), {
    key: "children[0].parent",
    message: "Cannot write the item: children[0].parent is an object that holds itself, which JSON cannot do",
  });
});

Deno.test("checkItem() accepts 1,000 levels and refuses 1,001", () => {
  const nested = (levels: number): unknown => levels === 0 ? 1 : [nested(levels - 1)];
  checkItem({ deep: nested(1000) });
  assert.match(refusal({ deep: nested(1001) }).message, /\[0\] is more than 1000 levels deep$/);
  assert.match(refusal({ deep: nested(4000) }).message, /\[0\] is more than 1000 levels deep$/);
});

Deno.test("checkItem() looks at what toJSON() gives, and names the key when it throws", () => {
  const broken = {
    toJSON() {
      throw new Error("no rate for EUR");
    },
  };
  assert.deepEqual(refusal({ price: broken }), {
    key: "price",
    message: "Cannot write the item: price fails in toJSON(): no rate for EUR",
  });
  assert.equal(refusal({ price: { toJSON: () => ({ cents: NaN }) } }).key, "price.cents");
});

Deno.test("checkItem() refuses an item that is no plain object", () => {
  assert.equal(refusal([1]).message, "Cannot write the item: it is an Array, not a plain object");
  assert.equal(refusal(new Map()).message, "Cannot write the item: it is a Map, not a plain object");
  assert.equal(refusal(new Date(0)).message, "Cannot write the item: it is a Date, not a plain object");
  assert.equal(refusal("text").message, "Cannot write the item: it is a string, not a plain object");
  assert.equal(refusal(null).message, "Cannot write the item: it is null, not a plain object");
});
