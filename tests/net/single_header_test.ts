import assert from "node:assert/strict";
import { contentLength, type SingleHeader, singleHeader, valuesOf } from "../../lib/net/single_header.ts";

function headers(name: string, values: readonly string[]): Headers {
  return new Headers(values.map((value) => [name, value]));
}

const of = (name: SingleHeader, ...values: readonly string[]) => valuesOf(headers(name, values), name);

Deno.test("valuesOf() is empty for a header that is missing or says nothing", () => {
  assert.deepEqual(of("location"), []);
  assert.deepEqual(of("location", ""), []);
  assert.deepEqual(of("location", "", ""), []);
});

Deno.test("valuesOf() is one value however often it is repeated, with empty ones in between", () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (
    const [name, value] of [
      ["location", "/t"],
      ["location", "a.html"],
      ["location", "http://a.com/?q=x,y"],
      ["location", "/wiki/Paris, Texas"],
      ["location", "/a, b, c"],
      ["etag", '"a, b"'],
      ["etag", 'W/"1"'],
      ["last-modified", date],
      ["content-length", "512"],
      ["refresh", "0; url=/to"],
      ["refresh", "0, url=/to, then"],
    ] as const
  ) {
    for (
      const values of [[value], [value, value], [value, value, value], ["", value], [value, ""], [value, "", value]]
    ) {
      assert.deepEqual(of(name, ...values), [value], JSON.stringify([name, values]));
    }
  }
});

Deno.test("valuesOf() tells different values apart by how they begin", () => {
  assert.deepEqual(of("location", "/x", "/y"), ["/x", "/y"]);
  assert.deepEqual(of("location", "/x", "http://a.com/y", "/x"), ["/x", "http://a.com/y"]);
  assert.deepEqual(of("location", "/x", "HTTPS://a.com/y", "//b.com", "../z"), [
    "/x",
    "HTTPS://a.com/y",
    "//b.com",
    "../z",
  ]);
  assert.deepEqual(of("etag", '"a, b"', 'W/"c"'), ['"a, b"', 'W/"c"']);
  assert.deepEqual(of("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT"), [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Mon, 07 Nov 1994 08:49:37 GMT",
  ]);
  assert.deepEqual(of("refresh", "0; url=/a, b", "5; url=/c", "7"), ["0; url=/a, b", "5; url=/c", "7"]);
});

Deno.test("singleHeader() is undefined where there are several values", () => {
  assert.equal(singleHeader(headers("etag", ['"a"', '"b"']), "etag"), undefined);
  assert.equal(singleHeader(headers("etag", ['"a"', '"a"']), "etag"), '"a"');
  assert.equal(singleHeader(headers("etag", []), "etag"), undefined);
});

Deno.test("contentLength() is a number that a server gives, or gives twice", () => {
  const length = (...values: readonly string[]) => contentLength(headers("content-length", values));
  assert.equal(length("12"), 12);
  assert.equal(length("12", "12"), 12);
  assert.equal(length("12", "13"), undefined);
  for (const wrong of ["", "-1", "1.5", "0x10", "twelve", "1 2"]) assert.equal(length(wrong), undefined, wrong);
});

Deno.test("valuesOf() takes nothing in the query of a URL for another one, but for a whole one", () => {
  for (
    const value of [
      "/search?q=Paris, /fr",
      "/s?q=a, ?b",
      "/s?q=a, ../b",
      "/s?q=login, login.php",
      "/s?q=C, #b",
      "?a, /b, /c",
    ]
  ) assert.deepEqual(of("location", value), [value]);
  for (const other of ["//b.com/y", "http://b.com/", "https:/y", "app://y"]) {
    assert.deepEqual(of("location", "/s?q=a, b", other), ["/s?q=a, b", other]);
  }
  assert.deepEqual(of("location", "/x", "/s?q=a, /b"), ["/x", "/s?q=a, /b"]);
});

Deno.test("valuesOf() tells the name of a file and a fragment from what may follow a comma in a URL", () => {
  for (const other of ["login.php", "index.html#a", "a-b_c.jsp?d", "#b"]) {
    assert.deepEqual(of("location", "/x", other), ["/x", other]);
  }
  for (const value of ["/wiki/Paris, Texas", "/wiki/Martin Luther King, Jr.", "/wiki/Washington, D.C.", "/a, 1.5"]) {
    assert.deepEqual(of("location", value), [value]);
  }
});
