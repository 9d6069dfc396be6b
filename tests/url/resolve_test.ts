import assert from "node:assert/strict";
import fc from "fast-check";
import { resolve } from "../../lib/url/resolve.ts";
import { anyLink, anyUrl } from "./any_url.ts";

const base = "http://example.com/dir/page.html?q=1#top";

Deno.test("resolve() makes a link absolute", () => {
  assert.equal(resolve("other.html", base), "http://example.com/dir/other.html");
  assert.equal(resolve("/other.html", base), "http://example.com/other.html");
  assert.equal(resolve("../other.html", base), "http://example.com/other.html");
  assert.equal(resolve("?q=2", base), "http://example.com/dir/page.html?q=2");
  assert.equal(resolve("//cdn.example.com/x", base), "http://cdn.example.com/x");
  assert.equal(resolve("https://Other.example", base), "https://other.example/");
  assert.equal(resolve("http://example.com/x", base), "http://example.com/x");
  assert.equal(resolve(" a b ", base), "http://example.com/dir/a%20b");
});

Deno.test("resolve() drops the fragment", () => {
  assert.equal(resolve("#middle", base), "http://example.com/dir/page.html?q=1");
  assert.equal(resolve("a#b#c", base), "http://example.com/dir/a");
  assert.equal(resolve("", base), "http://example.com/dir/page.html?q=1");
});

Deno.test("resolve() is undefined for other schemes and for what is not a URL", () => {
  assert.equal(resolve("mailto:a@example.com", base), undefined);
  assert.equal(resolve("javascript:void(0)", base), undefined);
  assert.equal(resolve("data:text/html,x", base), undefined);
  assert.equal(resolve("ftp://example.com/", base), undefined);
  assert.equal(resolve("http://", base), undefined);
  assert.equal(resolve("http://a b/", base), undefined);
  assert.equal(resolve("x", "not a base"), undefined);
  assert.equal(resolve("x", "mailto:a@example.com"), undefined);
});

Deno.test("resolve() takes an absolute link on a base that is no URL", () => {
  assert.equal(resolve("http://example.com/a", "about:blank"), "http://example.com/a");
  assert.equal(URL.parse("http://example.com/a", "nonsense"), null);
  assert.equal(resolve("http://example.com/a", "nonsense"), undefined);
});

/** More slashes than two are read right by the runtime's parser only behind the scheme, which is the same by the standard. */
function parsedBySlashes(link: string, from: string): URL | null {
  const base = URL.parse(from);
  const plain = link.replace(/^[\0-\x20]+|[\t\n\r]/g, "");
  return base !== null && /^[/\\]{3}/.test(plain) ? URL.parse(`${base.protocol}${plain}`) : null;
}

Deno.test("resolve() says exactly what the WHATWG parser says", () => {
  fc.assert(
    fc.property(anyLink, anyUrl, (link, from) => {
      const parsed = parsedBySlashes(link, from) ?? URL.parse(link, from);
      if (parsed !== null) parsed.hash = "";
      const expected = parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.href : undefined;
      assert.equal(resolve(link, from), expected);
    }),
    { numRuns: 20_000 },
  );
});
