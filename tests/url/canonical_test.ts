import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize } from "../../lib/url/canonical.ts";
import { anyUrl } from "./any_url.ts";

Deno.test("canonicalize() leaves a plain URL as it is", () => {
  assert.equal(canonicalize("https://example.com/a/b.html"), "https://example.com/a/b.html");
  assert.equal(canonicalize("http://localhost/"), "http://localhost/");
});

Deno.test("canonicalize() keeps a trailing slash", () => {
  assert.equal(canonicalize("http://example.com/a/"), "http://example.com/a/");
  assert.equal(canonicalize("http://example.com/a"), "http://example.com/a");
  assert.equal(canonicalize("http://example.com"), "http://example.com/");
});

Deno.test("canonicalize() drops the fragment, a default port and an empty query", () => {
  assert.equal(canonicalize("http://example.com:80/a#top"), "http://example.com/a");
  assert.equal(canonicalize("http://example.com/a?"), "http://example.com/a");
  assert.equal(canonicalize("http://example.com/a?#top"), "http://example.com/a");
  assert.equal(canonicalize("http://example.com/a?&&"), "http://example.com/a");
  assert.equal(canonicalize("http://example.com/a?b=1#c?d=2"), "http://example.com/a?b=1");
});

Deno.test("canonicalize() sorts the query by name and value, and keeps what is there twice", () => {
  assert.equal(canonicalize("http://example.com/?b=2&a=3&a=1&a=3"), "http://example.com/?a=1&a=3&a=3&b=2");
  assert.equal(canonicalize("http://example.com/?a-b=1&a=2"), "http://example.com/?a=2&a-b=1");
});

Deno.test("canonicalize() gives a byte one spelling and never another byte", () => {
  assert.equal(canonicalize("http://example.com/%7e%e9?q=%7e%e9"), "http://example.com/~%E9?q=~%E9");
  assert.equal(canonicalize("http://example.com/é?q=é"), "http://example.com/%C3%A9?q=%C3%A9");
  assert.equal(canonicalize("http://example.com/a%2Fb"), "http://example.com/a%2Fb");
  assert.equal(canonicalize("http://example.com/100%?q=100%"), "http://example.com/100%25?q=100%25");
  assert.equal(canonicalize("http://example.com/%2541?q=%2541"), "http://example.com/%2541?q=%2541");
});

Deno.test("canonicalize() tells a plus from its escape in a query, where a plus is a space", () => {
  assert.equal(canonicalize("http://example.com/a+b?q=a+b"), "http://example.com/a+b?q=a+b");
  assert.equal(canonicalize("http://example.com/?q=a%20b"), "http://example.com/?q=a+b");
  assert.equal(canonicalize("http://example.com/?q=a%2Bb"), "http://example.com/?q=a%2Bb");
  assert.equal(canonicalize("http://example.com/?q=a%26b%3Dc"), "http://example.com/?q=a%26b%3Dc");
});

Deno.test("canonicalize() gives a user and a password one spelling", () => {
  assert.equal(canonicalize("http://%26u:%26p@h/"), "http://&u:&p@h/");
  assert.equal(canonicalize("http://a%:b;@h:8080/"), "http://a%25:b%3B@h:8080/");
  assert.equal(canonicalize("http://%3a%40%2f:@h/"), "http://%3A%40%2F@h/");
  assert.equal(canonicalize("http://:p@h/"), "http://:p@h/");
});

Deno.test("canonicalize() drops tabs and line breaks as a browser does", () => {
  assert.equal(canonicalize("http://example.com/a\nb?q=1\t2\n"), "http://example.com/ab?q=12");
});

Deno.test("canonicalize() throws a TypeError for what is not an absolute http or https URL", () => {
  assert.throws(
    () => canonicalize("/a"),
    new TypeError('Cannot compare a URL: "/a" is not an absolute http or https URL'),
  );
  assert.throws(() => canonicalize("mailto:a@example.com"), TypeError);
});

Deno.test("canonicalize() says the same of a URL and of its parsed spelling, and of its own answer", () => {
  fc.assert(
    fc.property(anyUrl, (url) => {
      const parsed = URL.parse(url);
      fc.pre(parsed !== null && /^https?:$/.test(parsed.protocol));
      const canonical = canonicalize(url);
      assert.equal(canonicalize(parsed.href), canonical);
      assert.equal(canonicalize(canonical), canonical);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("canonicalize() keeps all bytes apart, in a path and in a query", () => {
  const escapes = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, "0")}`);
  assert.equal(new Set(escapes.map((escape) => canonicalize(`http://h/x${escape}`))).size, 256);
  assert.equal(new Set(escapes.map((escape) => canonicalize(`http://h/?x${escape}`))).size, 256);
});

Deno.test("canonicalize() keeps users and passwords apart", () => {
  const escapes = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, "0")}`);
  const urls = escapes.flatMap((escape) => [`http://${escape}@h/`, `http://xx:${escape}@h/`, `http://${escape}:xx@h/`]);
  assert.equal(new Set(urls.map(canonicalize)).size, 3 * 256);
});

Deno.test("canonicalize() preserves the bytes of a path", () => {
  fc.assert(
    fc.property(anyUrl, (url) => {
      const parsed = URL.parse(url);
      fc.pre(parsed !== null);
      assert.deepEqual(unescaped(new URL(canonicalize(url)).pathname), unescaped(parsed.pathname));
    }),
    { numRuns: 3000 },
  );
});

/** The bytes that an ASCII text with escapes stands for; a `%` without two digits stands for itself. */
function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}
