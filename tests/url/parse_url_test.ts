import assert from "node:assert/strict";
import { parseUrl } from "../../lib/url/parse_url.ts";
import { resolve } from "../../lib/url/resolve.ts";

const base = "https://base.test/dir/page?x=1";

Deno.test("parseUrl() passes over further slashes before a host, as the standard and browsers do", () => {
  for (
    const link of [
      "///host.test/x",
      "////host.test/x",
      "//\\host.test/x",
      "/\\/host.test/x",
      "\\\\\\host.test/x",
      "/\t//host.test/x",
      "\t///host.test/x",
      "//\n/host.test/x",
      "//\r\n\t/host.test/x",
      " ///host.test/x",
      "\0///host.test/x",
      "///host.test:443/x",
      `${"/".repeat(1000)}host.test/x`,
    ]
  ) {
    assert.equal(parseUrl(link, base)?.href, "https://host.test/x", JSON.stringify(link));
    assert.equal(resolve(link, base), "https://host.test/x", JSON.stringify(link));
  }
  assert.equal(parseUrl("////user@h/", "http://base.test/")?.href, "http://user@h/");
  assert.equal(parseUrl("///h/x", "ftp://base.test/")?.href, "ftp://h/x");
});

Deno.test("parseUrl() finds no host behind slashes where there is none", () => {
  for (const link of ["//", "///", "////", "/\\/", "///?x", "///#x"]) assert.equal(parseUrl(link, base), null, link);
});

Deno.test("parseUrl() leaves slashes alone that are no beginning of a host", () => {
  assert.equal(parseUrl("/a///b", base)?.href, "https://base.test/a///b");
  assert.equal(parseUrl("?///x", base)?.href, "https://base.test/dir/page?///x");
  assert.equal(parseUrl("http:///h/x", base)?.href, "http://h/x");
  assert.equal(parseUrl("///h/x", "file:///a/b")?.href, URL.parse("///h/x", "file:///a/b")?.href);
});
