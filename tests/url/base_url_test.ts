import assert from "node:assert/strict";
import { baseUrl } from "../../lib/url/base_url.ts";

const url = "https://example.org/a/b?q";
const base = (href: string | undefined, encoding = "utf-8") => baseUrl(href, url, () => encoding);

Deno.test("baseUrl() is the page's own URL when there is no base", () => {
  assert.equal(base(undefined), url);
});

Deno.test("baseUrl() resolves the base against the page's own URL", () => {
  assert.equal(base("../c/"), "https://example.org/c/");
  assert.equal(base(" //cdn.example.net/x "), "https://cdn.example.net/x");
  assert.equal(base(""), url);
});

Deno.test("baseUrl() passes over further slashes before a host, as browsers do", () => {
  for (const href of ["///cdn.test/x/", "////cdn.test/x/", "\\/\\cdn.test/x/", "/\t/\n/cdn.test/x/"]) {
    assert.equal(base(href), "https://cdn.test/x/", JSON.stringify(href));
  }
});

Deno.test("baseUrl() ignores a base that cannot be one", () => {
  for (const bad of ["http://[", "data:text/plain,x", "javascript:void(0)"]) assert.equal(base(bad), url);
});

Deno.test("baseUrl() reads the query of a base in the page's encoding", () => {
  assert.equal(base("/x?q=\u00fc", "windows-1252"), "https://example.org/x?q=%FC");
});
