import assert from "node:assert/strict";
import { canonicalHost } from "../../lib/url/canonical_host.ts";

Deno.test("canonicalHost() spells a host as URLs do", () => {
  for (
    const [text, host] of [
      ["example.com", "example.com"],
      ["EXAMPLE.Com", "example.com"],
      ["example.com.", "example.com"],
      [".example.com", "example.com"],
      ["*.example.com", "example.com"],
      ["bücher.test", "xn--bcher-kva.test"],
      ["BÜCHER.test", "xn--bcher-kva.test"],
      ["*.bücher.test", "xn--bcher-kva.test"],
      ["b%C3%BCcher.test", "xn--bcher-kva.test"],
      ["XN--BCHER-KVA.test", "xn--bcher-kva.test"],
      ["faß.test", "xn--fa-hia.test"],
      ["例え。テスト", "xn--r8jz45g.xn--zckzah"],
      ["ｅｘａｍｐｌｅ．com", "example.com"],
      ["a_b.test", "a_b.test"],
      ["localhost", "localhost"],
      ["127.1", "127.0.0.1"],
      ["[0:0::1]", "[::1]"],
    ] as const
  ) assert.equal(canonicalHost(text), host, text);
});

Deno.test("canonicalHost() is undefined for what is no host", () => {
  for (
    const text of [
      "",
      ".",
      "..",
      "*",
      "*.",
      "*x.test",
      "www.*.test",
      "*.*.test",
      "a..b",
      " a.test",
      "a b.test",
      "a.test:80",
      "[::1]:80",
      "::1",
      "http://a.test",
      "a.test/x",
      "a.test?x",
      "a.test#x",
      "a\\b",
      "u@a.test",
      "xn--a",
      "256.256.256.256",
    ]
  ) assert.equal(canonicalHost(text), undefined, text);
});
