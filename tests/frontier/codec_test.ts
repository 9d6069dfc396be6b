import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRequest, encodeRequest } from "../../lib/frontier/codec.ts";
import { HostReader } from "../../lib/frontier/host_reader.ts";
import { pack } from "../../lib/disk/pack.ts";
import { referrerPolicies } from "../../lib/model/referrer_policy.ts";
import { createRequest, isRequest } from "../../lib/model/request.ts";

Deno.test("decodeRequest() gives back any request, frozen", () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array());
  const said = fc.record({
    callback: fc.string(),
    priority: fc.integer({ min: -100, max: 100 }),
    meta: fc.dictionary(fc.string().filter((key) => key !== "__proto__"), scalar, { noNullPrototype: true }),
    method: fc.constantFrom("GET", "POST"),
    headers: fc.dictionary(fc.constantFrom("a", "b"), fc.string(), { noNullPrototype: true }),
    body: fc.oneof(fc.string(), fc.uint8Array().map((bytes) => new Uint8Array(bytes))),
    dontFilter: fc.boolean(),
    handleStatuses: fc.array(fc.integer({ min: 300, max: 599 })),
    depth: fc.nat(),
    attempt: fc.nat(),
    notBefore: fc.nat({ max: 2 ** 45 }),
    redirects: fc.array(fc.webUrl()),
    repeatable: fc.boolean(),
    jar: fc.string(),
    cookies: fc.oneof(
      fc.constant(false as const),
      fc.constant({}),
      fc.constant({ a: "1", b: { value: "2", path: "/" } }),
    ),
    referrerPolicy: fc.constantFrom(...referrerPolicies),
    waits: fc.nat(),
    referer: fc.oneof(fc.webUrl(), fc.string()),
    userinfo: fc.string(),
  }, { requiredKeys: [] });
  fc.assert(fc.property(fc.webUrl(), said, (url, said) => {
    const request = createRequest(url, said);
    const again = decodeRequest(encodeRequest(request, "example.com"));
    assert.deepEqual(again, request);
    assert.ok(Object.isFrozen(again) && isRequest(again));
  }));
});

Deno.test("encodeRequest() leaves out what has its default", () => {
  const url = "http://example.com/1234567890";
  const short = "http:/1234567890";
  assert.equal(encodeRequest(createRequest(url), "example.com").length, 2 + 11 + 1 + 1 + short.length + 6 + 1 + 1);
});

Deno.test("decodeRequest() gives back every URL, whether its host is left out or not", () => {
  const urls = [
    "http://example.com/",
    "https://example.com:8443/a/b?c=//d",
    "https://example.com//a",
    "https://example.com/?",
    "https://example.com.evil.example/a",
    "http://[::1]:8080/a",
  ];
  for (const url of urls) {
    for (const host of [new URL(url).host, "example.com", ""]) {
      assert.equal(decodeRequest(encodeRequest(createRequest(url), host)).url, url, `${url} of ${host}`);
    }
  }
});

Deno.test("decodeRequest() reads a URL that was stored whole, as format 1 has it", () => {
  const packed = pack(["https://example.com/a", "parse", 3, { priority: 5 }]);
  const request = decodeRequest(new Uint8Array([11, 0, ...new TextEncoder().encode("example.com"), ...packed]));
  assert.deepEqual(request, createRequest("https://example.com/a", { depth: 3, priority: 5 }));
});

Deno.test("encodeRequest() stores of a referer what it has not in common with the URL", () => {
  const url = "https://example.com/list/item-1.html";
  const size = (referer: string) =>
    encodeRequest(createRequest(url, { referer, referrer: referer }), "example.com").length;
  assert.equal(size("https://example.com/list/page-2.html") - size(""), 2 + "page-2.html".length);
  assert.equal(size("https://example.com/") - size(""), 2);
  assert.equal(size(url) - size(""), 2);
  for (const referer of ["https://example.com/", "https://example.org/x", "", url, `${url}?more`, "http://a/"]) {
    for (const referrer of [referer, "", "https://example.org/x?y", url]) {
      const request = createRequest(url, { referer, referrer });
      assert.deepEqual(decodeRequest(encodeRequest(request, "example.com")), request);
    }
  }
});

Deno.test("decodeRequest() takes the referer for the referrer where there is none, as it was stored before", () => {
  const packed = pack(["https:/a", "parse", 1, {}, 20, "b"]);
  const request = decodeRequest(new Uint8Array([11, 0, ...new TextEncoder().encode("example.com"), ...packed]));
  assert.deepEqual([request.referer, request.referrer], ["https://example.com/b", "https://example.com/b"]);
});

Deno.test("HostReader reads the host of each request, also of two whose names look alike", () => {
  const reader = new HostReader();
  const hosts = ["a.com", "b.com", "a.com:8080", "a.com", "[::1]:80", "xn--bcher-kva.example", "", "b.com"];
  const read = hosts.map((host) => reader.read(encodeRequest(createRequest("http://x/"), host)));
  assert.deepEqual(read, hosts);
});

Deno.test("HostReader keeps apart hosts whose hashes collide", () => {
  const seen = new Map<number, string>();
  let pair: readonly [string, string] | undefined;
  for (let number = 0; pair === undefined; number++) {
    const name = `h${number.toString(36)}.com`;
    let hash = name.length;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    const other = seen.get(hash);
    if (other !== undefined && other.length === name.length) pair = [other, name];
    seen.set(hash, name);
  }
  const reader = new HostReader();
  const read = [...pair, ...pair].map((host) => reader.read(encodeRequest(createRequest("http://x/"), host)));
  assert.deepEqual(read, [...pair, ...pair]);
});

Deno.test("decodeRequest() refuses another shape", () => {
  assert.throws(() => decodeRequest(new Uint8Array([0, 0, 0x80])), {
    name: "TypeError",
    message: "a pending request has another shape",
  });
});
