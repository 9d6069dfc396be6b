import assert from "node:assert/strict";
import { originOf } from "../../lib/url/origin.ts";

Deno.test("originOf() is all of a URL before its path", () => {
  assert.equal(originOf("http://example.com/a/b?c=/d"), "http://example.com");
  assert.equal(originOf("https://example.com:8443/"), "https://example.com:8443");
  assert.equal(originOf("http://example.com"), "http://example.com");
});
