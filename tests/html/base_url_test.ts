import assert from "node:assert/strict";
import { baseUrl } from "../../lib/html/base_url.ts";
import { parseHtml } from "../../lib/html/parse.ts";

const url = "https://example.org/a/b?q";

Deno.test("baseUrl() is the page's own URL when there is no base", () => {
  assert.equal(baseUrl(parseHtml("<base target=_top><p>text"), url), url);
});

Deno.test("baseUrl() resolves the base against the page's own URL", () => {
  assert.equal(baseUrl(parseHtml('<base href="../c/">'), url), "https://example.org/c/");
  assert.equal(baseUrl(parseHtml('<base href=" //cdn.example.net/x ">'), url), "https://cdn.example.net/x");
});

Deno.test("baseUrl() takes the first base that has an href, wherever it stands", () => {
  const page = parseHtml('<head><base target=x></head><body><div><base href="/one/"></div><base href="/two/">');
  assert.equal(baseUrl(page, url), "https://example.org/one/");
});

Deno.test("baseUrl() ignores a base that cannot be one, and those after it", () => {
  for (const bad of ["http://[", "data:text/plain,x", "javascript:void(0)"]) {
    assert.equal(baseUrl(parseHtml(`<base href="${bad}"><base href="/two/">`), url), url);
  }
});

Deno.test("baseUrl() ignores a base in a comment and in a script", () => {
  assert.equal(baseUrl(parseHtml('<!-- <base href="/x/"> --><script>"<base href=/y/>"</script>'), url), url);
});
