import assert from "node:assert/strict";
import { asGiven, locatorOf } from "../../lib/spider/locate.ts";

const root = new URL("../../", import.meta.url).href;
const locate = locatorOf({ path: "/home/u/spiders/news.ts", given: "./spiders/news.ts" }, "/home/u");

Deno.test("locatorOf() finds the innermost line that is the spider's own, the file as its user named it", () => {
  const stack = `TypeError: no price at file:///home/u/elsewhere.ts:1:1
    at makeRequest (${root}lib/spider/make_request.ts:65:36)
    at parse (file:///cache/node_modules/cheerio/index.js:3:4)
    at node:internal/x:1:2
    at Object.price (file:///home/u/spiders/news.ts:12:9)
    at parse (file:///home/u/spiders/news.ts:30:1)`;
  assert.equal(locate(stack), "./spiders/news.ts:12:9");
});

Deno.test("locatorOf() knows every form of a line", () => {
  const forms = [
    "    at file:///home/u/spiders/news.ts:12:9",
    "    at async file:///home/u/spiders/news.ts:12:9",
    "    at async Object.parse (file:///home/u/spiders/news.ts:12:9)",
    "    at new Price (file:///home/u/spiders/news.ts:12:9)",
    "    at Object.<anonymous> (file:///home/u/spiders/news.ts:12:9)",
  ];
  for (const form of forms) assert.equal(locate(`Error: x\n${form}`), "./spiders/news.ts:12:9", form);
});

Deno.test("locatorOf() names other files from the current folder, and those outside by their path", () => {
  assert.equal(locate("Error: x\n    at a (file:///home/u/lib/prices.js:1:2)"), "lib/prices.js:1:2");
  assert.equal(locate("Error: x\n    at a (file:///srv/with%20space.js:1:2)"), "/srv/with space.js:1:2");
});

Deno.test("locatorOf() finds nothing where the spider has no part", () => {
  assert.equal(locate(""), undefined);
  assert.equal(
    locate(`Error: file:///home/u/spiders/news.ts:1:1\n    at x (${root}lib/engine/visit.ts:1:1)`),
    undefined,
  );
  assert.equal(locatorOf(undefined, "/home/u")("Error: x\n    at ext:core/1.js:1:1"), undefined);
});

Deno.test("asGiven() names a file as its user did", () => {
  const file = { path: "/home/u/a b.ts", given: "./a b.ts" };
  assert.equal(asGiven("Unexpected token at file:///home/u/a%20b.ts:2:13", file), "Unexpected token at ./a b.ts:2:13");
});
