import assert from "node:assert/strict";
import { digestOf } from "../../lib/spider/digest.ts";

Deno.test("digestOf() stays the same for the same code, in whatever order it is written", () => {
  const a = { name: "x", startUrls: ["http://a/"], parse: () => [] };
  const b = { parse: () => [], startUrls: ["http://a/"], name: "x" };
  assert.equal(digestOf(a), digestOf(b));
  assert.match(digestOf(a), /^[0-9a-f]{16}$/);
});

Deno.test("digestOf() changes with a function, a URL, a setting, or another callback", () => {
  const spider = { name: "x", startUrls: ["http://a/"], settings: { delay: 1 }, parse: () => [] };
  const changed = [
    { ...spider, parse: () => [1] },
    { ...spider, startUrls: ["http://b/"] },
    { ...spider, settings: { delay: 2 } },
    { ...spider, author: () => [] },
  ];
  const digests = [spider, ...changed].map((each) => digestOf(each as never));
  assert.equal(new Set(digests).size, 5);
});
