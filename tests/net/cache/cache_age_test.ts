import assert from "node:assert/strict";
import { get, pageOf, textOf } from "../one_download.ts";
import { hour, later, test } from "./cached_site.ts";

test("an answer counts for ever where no age is given", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  const cache = await open({ clock: later(clock, 10_000 * hour) });
  assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
});

test("an answer that is too old is asked about with its ETag and its date, and a 304 makes it young", async ({ site, clock, open }) => {
  const date = "Sat, 21 Nov 2026 00:00:00 GMT";
  site.handler = ({ headers }) =>
    headers.get("if-none-match") === 'W/"v1"' && headers.get("if-modified-since") === date
      ? new Response(null, {
        status: 304,
        headers: { "x-seen": "again", "set-cookie": "new=1", "content-type": "x/y" },
      })
      : new Response("page", {
        headers: { etag: 'W/"v1"', "last-modified": date, "x-seen": "once", "x-old": "kept", "set-cookie": "old=1" },
      });
  await (await open()).download(get(site.url()));
  const young = await open({ maxAge: 3600, clock: later(clock, hour) });
  assert.equal(pageOf(await young.download(get(site.url()))).cached, true, "exactly as old as it may be");
  const old = await open({ maxAge: 3600, clock: later(clock, hour + 1) });
  const page = pageOf(await old.download(get(site.url(), { headers: { "x-own": "1" } })));
  assert.equal(page.status, 200);
  assert.equal(site.asked.length, 2, "another header is another entry");
  const renewed = pageOf(await old.download(get(site.url())));
  assert.deepEqual([renewed.status, textOf(renewed), renewed.cached], [200, "page", undefined]);
  assert.equal(renewed.storedAt, 1_795_253_400_000);
  assert.equal(site.asked.length, 3);
  const { headers } = renewed;
  assert.deepEqual(["x-seen", "x-old", "content-type", "etag"].map((name) => headers.get(name)), [
    "again",
    "kept",
    "text/plain;charset=UTF-8",
    'W/"v1"',
  ]);
  assert.deepEqual(headers.getSetCookie(), ["new=1"]);
  const again = await open({ maxAge: 3600, clock: later(clock, 2 * hour) });
  const stored = pageOf(await again.download(get(site.url())));
  assert.deepEqual([stored.cached, stored.headers.get("x-seen"), textOf(stored)], [true, "again", "page"]);
});

test("an answer whose 304 sets no cookie does not set again what it set then", async ({ site, clock, open }) => {
  site.handler = ({ headers }) =>
    headers.has("if-none-match")
      ? new Response(null, { status: 304 })
      : new Response("page", { headers: { etag: '"v1"', "set-cookie": "session=old" } });
  await (await open()).download(get(site.url()));
  const old = await open({ maxAge: 0, clock: later(clock, 1) });
  assert.deepEqual(pageOf(await old.download(get(site.url()))).headers.getSetCookie(), []);
  const stored = pageOf(await (await open()).download(get(site.url())));
  assert.deepEqual(stored.headers.getSetCookie(), ["session=old"], "the answer from the disk is whole");
});

test("an answer that is too old and has changed is replaced", async ({ site, clock, open }) => {
  let version = 1;
  site.handler = () => new Response(`version ${version}`, { headers: { etag: `"v${version}"` } });
  await (await open()).download(get(site.url()));
  version = 2;
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(textOf(await old.download(get(site.url()))), "version 2");
  assert.equal(site.asked[1]!.get("if-none-match"), '"v1"');
  assert.equal(textOf(await (await open()).download(get(site.url()))), "version 2");
  assert.equal(site.asked.length, 2);
});

test("an answer that is too old and has nothing to ask about it with is asked for plainly", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(pageOf(await old.download(get(site.url()))).cached, undefined);
  const headers = site.asked[1]!;
  assert.deepEqual([headers.get("if-none-match"), headers.get("if-modified-since")], [null, null]);
});

test("an error in answer to a question after age is the answer, and does not touch what is stored", async ({ site, clock, open }) => {
  await (await open()).download(get(site.url()));
  site.handler = () => new Response("down", { status: 503 });
  const old = await open({ maxAge: 60, clock: later(clock, hour) });
  assert.equal(pageOf(await old.download(get(site.url()))).status, 503);
  const url = site.url();
  await site[Symbol.asyncDispose]();
  assert.ok((await old.download(get(url))).failure !== undefined, "a failure is a failure");
  assert.equal(textOf(await (await open()).download(get(url))), "page");
});

test("a robots.txt is asked for again after a day, and counts on when the site cannot say", async ({ site, clock, open }) => {
  const url = site.url("robots.txt");
  site.handler = () => new Response("User-agent: *");
  await (await open()).download(get(url));
  const soon = await open({ clock: later(clock, 24 * hour) });
  assert.equal(pageOf(await soon.download(get(url))).cached, true);
  assert.equal(site.asked.length, 1);
  const late = await open({ clock: later(clock, 25 * hour) });
  site.handler = () => new Response("down", { status: 500 });
  assert.equal(textOf(await late.download(get(url))), "User-agent: *");
  assert.equal(site.asked.length, 2);
  site.handler = () => new Response("User-agent: new");
  assert.equal(textOf(await late.download(get(url))), "User-agent: new");
  await site[Symbol.asyncDispose]();
  const offline = await open({ clock: later(clock, 100 * hour) });
  assert.equal(textOf(await offline.download(get(url))), "User-agent: new");
});
