import assert from "node:assert/strict";
import { kindOf } from "../../lib/text/kind.ts";

const kinds: readonly (readonly [value: unknown, words: string])[] = [
  [null, "null"],
  [undefined, "undefined"],
  [[], "an array"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [5, "a number"],
  ["a", "a string"],
  [new Map(), "a Map"],
  [new Error("a"), "an Error"],
  [Promise.resolve(), "a Promise"],
  [new URL("http://a.com/"), "a URL"],
  [() => {}, "a function"],
];
for (const [value, words] of kinds) {
  Deno.test(`kindOf() says ${words}`, () => assert.equal(kindOf(value), words));
}
