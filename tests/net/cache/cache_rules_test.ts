import assert from "node:assert/strict";
import { cacheKey, isStorable, validatorsOf } from "../../../lib/net/cache/cache_rules.ts";
import type { Downloadable } from "../../../lib/net/download.ts";
import { get, pageOf, textOf } from "../one_download.ts";
import { answer, RawServer } from "../raw_server.ts";
import { entries, test } from "./cached_site.ts";

for (const status of [200, 201, 203, 204, 299, 301, 302, 303, 307, 308]) {
  test(`an answer with status ${status} is stored`, async ({ site, open }) => {
    site.handler = () => new Response(null, { status, headers: { location: "/b" } });
    const cache = await open();
    await cache.download(get(site.url()));
    const page = pageOf(await cache.download(get(site.url())));
    assert.deepEqual([page.cached, page.status, page.headers.get("location")], [true, status, "/b"]);
  });
}

Deno.test("isStorable() is no redirect that says not where to, or to several pages", () => {
  const to = (...locations: readonly string[]) =>
    isStorable("http://a.com/", { status: 302, headers: new Headers(locations.map((to) => ["location", to])) });
  assert.deepEqual([to("/b"), to("/b", "/b"), to(), to(""), to("/b", "/c")], [true, true, false, false, false]);
});

Deno.test("validatorsOf() sends a validator once that came twice, and none where they differ", () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT", later = "Mon, 07 Nov 1994 08:49:37 GMT";
  const of = (etags: readonly string[], dates: readonly string[]) =>
    validatorsOf(
      new Headers([
        ...etags.map((etag) => ["etag", etag] as [string, string]),
        ...dates.map((date) => ["last-modified", date] as [string, string]),
      ]),
    );
  assert.deepEqual(of(['W/"a, b"'], [date]), { "if-none-match": 'W/"a, b"', "if-modified-since": date });
  assert.deepEqual(of(['"a"', '"a"'], [date, date]), { "if-none-match": '"a"', "if-modified-since": date });
  assert.deepEqual(of(['"a"', '"b"'], [date, "", date]), { "if-modified-since": date });
  assert.equal(of(['"a"', '"b"'], [date, later]), undefined);
  assert.equal(of([""], [""]), undefined);
});

for (const status of [206, 300, 304, 400, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504]) {
  test(`an answer with status ${status} is never stored`, async ({ site, disk, open }) => {
    site.handler = () => new Response(null, { status, headers: { location: "/b" } });
    const cache = await open();
    await cache.download(get(site.url()));
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
    assert.deepEqual([site.asked.length, entries(disk)], [2, []]);
  });
}

test("a redirect to nowhere is not stored", async ({ site, disk, open }) => {
  site.handler = () => new Response(null, { status: 302 });
  await (await open()).download(get(site.url()));
  assert.deepEqual(entries(disk), []);
});

test("a page that is a refusal in disguise is not stored", async ({ site, disk, open }) => {
  site.handler = ({ url }) => new Response(url.endsWith("/a") ? "Just a moment..." : "page");
  const cache = await open({ isBlock: (page) => textOf(page).startsWith("Just a moment") });
  await cache.download(get(site.url("a")));
  assert.deepEqual(entries(disk), []);
  await cache.download(get(site.url("b")));
  assert.equal(entries(disk).length, 1);
});

test("a body that is cut short is a failure, and nothing is stored", async ({ disk, open }) => {
  await using server = new RawServer(answer(["Content-Length: 100"], "half"));
  const { failure } = await (await open()).download(get(server.url));
  assert.equal(failure?.kind, "cut-short");
  assert.deepEqual(entries(disk), []);
});

for (const [status, cached] of [[404, true], [410, true], [403, undefined], [503, undefined]] as const) {
  test(`a robots.txt with status ${status} is ${cached ? "stored: there is none" : "not stored"}`, async ({ site, open }) => {
    site.handler = () => new Response("", { status });
    const cache = await open();
    await cache.download(get(site.url("robots.txt")));
    const page = pageOf(await cache.download(get(site.url("robots.txt"))));
    assert.deepEqual([page.cached, page.status], [cached, status]);
  });
}

for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
  test(`a ${method} always goes to the server`, async ({ site, disk, open }) => {
    const cache = await open();
    for (let at = 0; at < 2; at++) await cache.download(get(site.url(), { method }));
    assert.deepEqual([site.asked.length, entries(disk)], [2, []]);
  });
}

test("a HEAD is not the answer to a GET, nor the other way round", async ({ site, open }) => {
  const cache = await open();
  assert.equal(textOf(await cache.download(get(site.url(), { method: "HEAD" }))), "");
  assert.equal(textOf(await cache.download(get(site.url()))), "page");
  assert.equal(textOf(await cache.download(get(site.url(), { method: "HEAD" }))), "");
  assert.equal(site.asked.length, 2);
});

const spelled: readonly (readonly [what: string, a: Partial<Downloadable>, b: Partial<Downloadable>, same: boolean])[] =
  [
    ["the order of a query", { url: "http://a.example/?b=2&a=1" }, { url: "http://a.example/?a=1&b=2" }, true],
    ["a page", { url: "http://a.example/1" }, { url: "http://a.example/2" }, false],
    ["a body", { body: "a" }, { body: "b" }, false],
    ["a body as text or as bytes", { body: "a" }, { body: new Uint8Array([97]) }, true],
    ["the case of a header", { headers: { "X-A": "1" } }, { headers: { "x-a": "1" } }, true],
    ["the order of headers", { headers: { a: "1", b: "2" } }, { headers: { b: "2", a: "1" } }, true],
    ["a header of the spider", { headers: { accept: "application/json" } }, {}, false],
    ["Authorization", { headers: { authorization: "Bearer a" } }, { headers: { authorization: "Bearer b" } }, false],
    ["a cookie of the spider", { headers: { cookie: "a=1" } }, {}, false],
    ["a cookie of the jar", { headers: { cookie: "from=jar" } }, {}, true],
    ["a jar", { jar: "a" }, { jar: "b" }, false],
    ["a cookie that is given", { cookies: { a: "1" } }, { cookies: { a: "2" } }, false],
    [
      "the order of cookies",
      { cookies: { a: "1", b: { value: "2" } } },
      { cookies: { b: { value: "2" }, a: "1" } },
      true,
    ],
    ["that no cookie is wanted", { cookies: false }, {}, false],
    ["what is as it always is", { jar: "", cookies: {}, redirects: [] }, {}, true],
    ["where the link was", { headers: { Referer: "http://a.example/1" } }, {}, true],
    ["a redirect that comes from elsewhere", { redirects: ["http://b.example/"] }, {}, true],
    ["a redirect that comes back", { redirects: ["http://a.example", "http://a.example/login"] }, {}, false],
  ];
for (const [what, a, b, same] of spelled) {
  Deno.test(`cacheKey() ${same ? "passes over" : "heeds"} ${what}`, () => {
    const [one, other] = [a, b].map((more) => cacheKey(get("http://a.example/", more), { jarCookie: "from=jar" }));
    assert.match(one ?? "", /^[0-9a-f]{64}$/);
    assert.equal(one === other, same);
  });
}

const past: readonly (readonly [name: string, value: string])[] = [
  ["If-None-Match", '"mine"'],
  ["if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT"],
  ["If-Match", "*"],
  ["Range", "bytes=0-9"],
  ["Cache-Control", "max-age=0, no-cache"],
  ["cache-control", "no-store"],
];
for (const [name, value] of past) {
  test(`a request with its own ${name}: ${value} goes past the cache as it is`, async ({ site, disk, open }) => {
    const cache = await open();
    await cache.download(get(site.url()));
    const [known] = entries(disk);
    site.handler = (request) => new Response("changed", { status: request.headers.has("if-none-match") ? 206 : 200 });
    const page = pageOf(await cache.download(get(site.url(), { headers: { [name]: value } })));
    assert.deepEqual([page.cached, textOf(page)], [undefined, "changed"]);
    assert.equal(site.asked[1]!.get(name), value);
    assert.deepEqual(entries(disk), [known]);
    assert.equal(textOf(await cache.download(get(site.url()))), "page", "what is stored stays");
  });
}

test("a 304 to a spider's own condition comes through as a 304", async ({ site, open }) => {
  site.handler = () => new Response(null, { status: 304 });
  const page = pageOf(await (await open()).download(get(site.url(), { headers: { "if-none-match": '"mine"' } })));
  assert.deepEqual([page.status, page.body.length], [304, 0]);
});
