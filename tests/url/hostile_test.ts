import assert from "node:assert/strict";
import { canonicalize } from "../../lib/url/canonical.ts";
import { inDomains } from "../../lib/url/domain.ts";
import { resolve } from "../../lib/url/resolve.ts";

/** Of quadratic work on so many characters the test runner would see no end. */
const n = 1_000_000;

const base = "http://example.com/a/b";

Deno.test("resolve() is done with links of a megabyte in linear work", () => {
  const same: readonly string[] = [
    `http://example.com/${"a/".repeat(n)}`,
    `http://example.com/?${"%".repeat(n)}`,
    `http://${"a.".repeat(n)}com/`,
    `http://${"a-".repeat(n)}b/`,
  ];
  for (const url of same) assert.ok(resolve(url, base) === url, url.slice(0, 30));
  const spelled: readonly (readonly [string, string | undefined])[] = [
    ["../".repeat(n), "http://example.com/"],
    ["a/../".repeat(n), "http://example.com/a/"],
    ["./".repeat(n), "http://example.com/a/"],
    [`h${"\t".repeat(n)}ttp://h/`, "http://h/"],
    [" ".repeat(n), base],
    [`http://h:${"0".repeat(n)}81/`, "http://h:81/"],
    [`http://h:${"8".repeat(n)}/`, undefined],
    [`http://[${"1:".repeat(n)}]/`, undefined],
    [`http://${"1.".repeat(n)}1/`, undefined],
    [`http://xn--${"a1b2".repeat(n)}/`, undefined],
    [`http://${"é".repeat(n)}/`, undefined],
    [`http://a${"\u0301\u0323".repeat(n)}/`, undefined],
    [`mailto:${"a".repeat(n)}`, undefined],
  ];
  for (const [link, url] of spelled) assert.ok(resolve(link, base) === url, link.slice(0, 30));
  assert.ok(resolve(`http://${"é.".repeat(n / 10)}com/`, base)?.startsWith("http://xn--9ca.xn--9ca."));
  assert.ok(resolve(`?q=${"é".repeat(n)}`, base, () => "windows-1252")?.endsWith("%E9%E9%E9"));
  assert.ok(resolve("c", `http://h/${"a/".repeat(n)}?${"/".repeat(n)}#${"/".repeat(n)}`)?.endsWith("a/a/c"));
});

Deno.test("canonicalize() is done with URLs of a megabyte in linear work", () => {
  const spelled: readonly (readonly [string, string])[] = [
    [`http://h/?${"&".repeat(n)}`, "http://h/"],
    [`http://h/?${"&=".repeat(3)}`, "http://h/?=&=&="],
    [`http://h/${"%41".repeat(n)}`, `http://h/${"A".repeat(n)}`],
    [`http://h/${"%".repeat(n)}`, `http://h/${"%25".repeat(n)}`],
    [`http://${"a-".repeat(n)}!/`, `http://${"a-".repeat(n)}!/`],
    [`http://${"a.".repeat(n)}!/`, `http://${"a.".repeat(n)}!/`],
    [`http://${"@".repeat(n)}h/`, `http://${"%40".repeat(n - 1)}@h/`],
    [`http://${":".repeat(n)}@h/`, `http://:${"%3A".repeat(n - 1)}@h/`],
  ];
  for (const [url, canonical] of spelled) assert.ok(canonicalize(url) === canonical, url.slice(0, 30));
});

Deno.test("canonicalize() sorts 10,000 parameters, and many that are alike", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `p${(at * 7919) % 10_000}`);
  const query = canonicalize(`http://h/?${names.map((name) => `${name}=x`).join("&")}`).split("?")[1]!.split("&");
  assert.deepEqual(query, names.toSorted().map((name) => `${name}=x`));
  const alike = canonicalize(`http://h/?${"a=1&".repeat(n / 10)}`);
  assert.equal(alike.length, "http://h/?".length + 4 * n / 10 - 1);
});

Deno.test("canonicalize() does not repeat a megabyte in its error", () => {
  assert.throws(() => canonicalize(`mailto:${"a".repeat(n)}`), (error: Error) => error.message.length < 300);
});

Deno.test("inDomains() is done with hosts of a megabyte in linear work", () => {
  const hosts = ["a.", ":", "]:1", "@", "a:1", ".", "-", "[::1]:"].map((part) => part.repeat(n));
  for (const host of [...hosts, `a:${"1".repeat(n)}x`]) {
    assert.equal(inDomains(host, ["example.com"]), false, host.slice(0, 10));
    assert.equal(inDomains("example.org", [host]), false, host.slice(0, 10));
  }
});
