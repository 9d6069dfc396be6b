import assert from "node:assert/strict";
import { get, pageOf, textOf } from "../one_download.ts";
import { test } from "./cached_site.ts";

test("a page is asked for once, and answered from the disk from then on", async ({ site, open }) => {
  site.handler = () => new Response("Grüße", { status: 203, headers: { "x-a": "b", "content-type": "text/html" } });
  const cache = await open();
  const first = pageOf(await cache.download(get(site.url("a"))));
  assert.deepEqual([first.cached, first.storedAt], [undefined, undefined]);
  for (const again of [cache, await open()]) {
    const page = pageOf(await again.download(get(site.url("a"))));
    assert.deepEqual([page.url, page.status, textOf(page)], [site.url("a"), 203, "Grüße"]);
    assert.deepEqual([...page.headers], [...first.headers]);
    assert.deepEqual([page.cached, page.storedAt, page.latency], [true, 1_795_253_400_000, first.latency]);
  }
  assert.equal(site.asked.length, 1);
});

test("an answer without a body, a binary one and a compressed one come back as they were", async ({ site, open }) => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at * 31 + (at >> 8));
  site.handler = ({ url }) => {
    if (url.endsWith("/none")) return new Response(null, { status: 204 });
    const stream = new Blob([bytes]).stream();
    return url.endsWith("/gzip")
      ? new Response(stream.pipeThrough(new CompressionStream("gzip")), { headers: { "content-encoding": "gzip" } })
      : new Response(stream);
  };
  const cache = await open();
  for (const path of ["none", "binary", "gzip"]) {
    await cache.download(get(site.url(path)));
    const page = pageOf(await cache.download(get(site.url(path))));
    assert.equal(page.cached, true);
    assert.deepEqual(page.body, path === "none" ? new Uint8Array() : bytes);
  }
  assert.equal(site.asked.length, 3);
});

test("cookies that an answer set are in the answer from the disk, each on its own line", async ({ site, open }) => {
  site.handler = () => {
    const headers = new Headers();
    headers.append("set-cookie", "a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT");
    headers.append("set-cookie", "b=2");
    return new Response("", { headers });
  };
  const cache = await open();
  await cache.download(get(site.url()));
  const page = pageOf(await cache.download(get(site.url())));
  assert.equal(page.cached, true);
  assert.deepEqual(page.headers.getSetCookie(), ["a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=2"]);
});

test("a server that is not there is a failure, and what is stored goes on counting", async ({ site, open }) => {
  const cache = await open();
  const [known, unknown] = [site.url("known"), site.url("unknown")];
  await cache.download(get(known));
  await site[Symbol.asyncDispose]();
  assert.ok((await cache.download(get(unknown))).failure !== undefined);
  assert.equal(textOf(await cache.download(get(known))), "page");
});

test("an answer of which a part was enough is not the answer where the whole is wanted", async ({ site, open }) => {
  site.handler = () => new Response("x".repeat(300_000));
  const cache = await open();
  const lengthOf = async (atMost?: number) => {
    const page = pageOf(await cache.download(get(site.url()), atMost === undefined ? {} : { atMost }));
    return [page.cached, page.body.length];
  };
  assert.deepEqual(await lengthOf(1000), [undefined, 1000]);
  assert.deepEqual(await lengthOf(), [undefined, 300_000]);
  assert.deepEqual(await lengthOf(1000), [true, 1000]);
  assert.deepEqual(await lengthOf(), [true, 300_000]);
});

test("a redirect that sets a cookie and comes back does not go round, on the network or from the disk", async ({ site, open }) => {
  site.handler = ({ headers }) =>
    headers.get("cookie") === "seen=1"
      ? new Response("in")
      : new Response(null, { status: 302, headers: { location: "/", "set-cookie": "seen=1" } });
  for (const cached of [undefined, true] as const) {
    const jar: { cookie?: string } = {};
    const cache = await open({ jarCookie: () => jar.cookie });
    const first = pageOf(await cache.download(get(site.url(), { redirects: [] })));
    assert.deepEqual([first.status, first.cached], [302, cached]);
    jar.cookie = first.headers.getSetCookie()[0]!;
    const second = get(site.url(), { headers: { cookie: jar.cookie }, redirects: [site.url()] });
    const page = pageOf(await cache.download(second));
    assert.deepEqual([textOf(page), page.cached], ["in", cached]);
  }
  assert.equal(site.asked.length, 2);
});

test("an abort is an abort, whether the answer is on the disk or not", async ({ site, open }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  for (const path of ["a", "b"]) {
    const reason = new Error("no more");
    await assert.rejects(cache.download(get(site.url(path)), { signal: AbortSignal.abort(reason) }), reason);
    const late = new AbortController();
    const running = cache.download(get(site.url(path)), { signal: late.signal });
    late.abort(reason);
    await assert.rejects(running, reason);
  }
});

test("before the network is asked, it is told which hosts of the user's own the disk has answered for", async ({ site, open }) => {
  await (await open()).download(get(site.url("start")));
  const order: string[] = [];
  const telling = Promise.withResolvers<void>();
  const cache = await open({
    network: {
      download: ({ url }) => {
        order.push(`asks ${url}`);
        return Promise.resolve({ failure: { kind: "connect", message: "" } });
      },
      close() {},
    },
    trust: async (url) => {
      order.push(`hears of ${url}`);
      await telling.promise;
      order.push("has heard");
      throw new Error("no such host");
    },
  });
  assert.equal(pageOf(await cache.download(get(site.url("start")), { trusted: true })).cached, true);
  assert.equal(pageOf(await cache.download(get(site.url("start")))).cached, true);
  assert.deepEqual(order, [], "while the disk answers, nobody is looked up");
  const both = Promise.all(["a", "b"].map((path) => cache.download(get(site.url(path)))));
  while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  telling.resolve();
  await both;
  await cache.download(get(site.url("c")));
  assert.deepEqual(order, [
    `hears of ${site.url("start")}`,
    "has heard",
    ...["a", "b", "c"].map((path) => `asks ${site.url(path)}`),
  ]);
});
