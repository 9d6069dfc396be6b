import assert from "node:assert/strict";
import { currentName, missingCallbacks } from "../../lib/engine/renamed.ts";

Deno.test("currentName() follows what was renamed, and prefers a callback that exists", () => {
  const callbacks = ["parse", "product"];
  assert.equal(currentName("parse", callbacks, {}), "parse");
  assert.equal(currentName("detail", callbacks, { detail: "product" }), "product");
  assert.equal(currentName("detail", callbacks, { detail: "thing", thing: "product" }), "product");
  assert.equal(currentName("product", callbacks, { product: "parse" }), "product");
});

Deno.test("currentName() finds nothing where nothing is, and ends where names go round in a ring", () => {
  assert.equal(currentName("detail", ["parse"], {}), undefined);
  assert.equal(currentName("detail", ["parse"], { detail: "thing" }), undefined);
  assert.equal(currentName("a", ["parse"], { a: "b", b: "a" }), undefined);
  assert.equal(currentName("constructor", ["parse"], {}), undefined);
});

Deno.test("missingCallbacks() counts the requests by the names that lead nowhere, and leaves trawl's own out", () => {
  const waiting = new Map([["parse", 3], ["detail", 2], ["gone", 170], ["(sitemap)", 1]]);
  assert.deepEqual([...missingCallbacks(waiting, ["parse", "product"], { detail: "product" })], [["gone", 170]]);
});
