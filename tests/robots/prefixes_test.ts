import assert from "node:assert/strict";
import fc from "fast-check";
import { longestPrefixAmong } from "../../lib/robots/prefixes.ts";

Deno.test("longestPrefixAmong() gives the longest text that another begins with", () => {
  const longest = longestPrefixAmong(["/b/c", "/", "/a", "/a/b/c", "/a/b"]);
  assert.equal(longest("/a/b/d"), "/a/b");
  assert.equal(longest("/a/b/c"), "/a/b/c");
  assert.equal(longest("/ab"), "/a");
  assert.equal(longest("/b"), "/");
  assert.equal(longest(""), undefined);
  assert.equal(longestPrefixAmong([])("/a"), undefined);
});

Deno.test("longestPrefixAmong() finds what trying all of them finds", () => {
  const word = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 6 }).map((letters) => letters.join(""));
  fc.assert(fc.property(fc.uniqueArray(word), word, (texts, text) => {
    const all = texts.filter((each) => text.startsWith(each)).sort((a, b) => b.length - a.length);
    assert.equal(longestPrefixAmong(texts)(text), all[0]);
  }));
});
