import assert from "node:assert/strict";
import { inDomains } from "../../lib/url/domain.ts";

Deno.test("inDomains() takes a domain and what is below it", () => {
  assert.equal(inDomains("example.com", ["example.com"]), true);
  assert.equal(inDomains("www.example.com", ["other.org", "example.com"]), true);
  assert.equal(inDomains("a.b.example.com", ["example.com"]), true);
});

Deno.test("inDomains() does not take a host that only ends alike, nor the domain above", () => {
  assert.equal(inDomains("badexample.com", ["example.com"]), false);
  assert.equal(inDomains("example.com", ["www.example.com"]), false);
  assert.equal(inDomains("example.com.evil.org", ["example.com"]), false);
});

Deno.test("inDomains() reads upper and lower case alike", () => {
  assert.equal(inDomains("WWW.Example.com", ["EXAMPLE.com"]), true);
});

Deno.test("inDomains() looks past userinfo, a port and a dot at either end", () => {
  assert.equal(inDomains("user:pass@www.example.com:8080", ["example.com"]), true);
  assert.equal(inDomains("www.example.com", ["example.com:80"]), true);
  assert.equal(inDomains("www.example.com.", [".example.com"]), true);
  assert.equal(inDomains("[::1]:8080", ["[::1]"]), true);
  assert.equal(inDomains("127.0.0.1:8080", ["127.0.0.1"]), true);
});

Deno.test("inDomains() takes every spelling of a domain for the same", () => {
  const host = "shop.xn--bcher-kva.test";
  for (const domain of ["bücher.test", "BÜCHER.TEST", "*.bücher.test", "xn--bcher-kva.test", "b%C3%BCcher.test."]) {
    assert.equal(inDomains(host, [domain]), true, domain);
    assert.equal(inDomains("shop.xn--bcher-xyz.test", [domain]), false, domain);
  }
  assert.equal(inDomains("a.b.test", ["*.b.test"]), true);
  assert.equal(inDomains("b.test", ["*.b.test"]), true);
  assert.equal(inDomains("ab.test", ["*.b.test"]), false);
  assert.equal(inDomains("a_b.b.test", ["b.test"]), true);
  assert.equal(inDomains("[::1]", ["[0::1]"]), true);
});

Deno.test("inDomains() holds nothing in an empty list or an empty name", () => {
  assert.equal(inDomains("example.com", []), false);
  assert.equal(inDomains("example.com", ["", " "]), false);
  assert.equal(inDomains("", ["example.com"]), false);
});
