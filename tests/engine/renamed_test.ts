import assert from "node:assert/strict";
import { currentName, missingCallbacks, oldNames } from "../../lib/engine/renamed.ts";

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

Deno.test("oldNames() finds every name that leads to a callback, also by others, and none of a callback that exists", () => {
  const renamed = { a: "b", b: "now", x: "other", other: "now", now: "other" };
  assert.deepEqual(oldNames("now", ["now", "other"], renamed), ["a", "b"]);
  assert.deepEqual(oldNames("other", ["now", "other"], renamed), ["x"]);
});
