import assert from "node:assert/strict";
import { startDemo } from "../../scripts/demo/mod.ts";
import { links, read, status, texts } from "./read.ts";

/** Asks with a `Host` header of choice. */
async function ask(origin: string, host: string, path: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  return await new Response(connection.readable).text();
}

Deno.test("the index leads to every site", async () => {
  await using demo = await startDemo();
  const index = await read(demo.url);
  assert.equal(demo.url, `http://127.0.0.1:${demo.port}/`);
  assert.deepEqual(links(index, "a"), [demo.quotes, demo.books, demo.webUrl({ seed: 1, pages: 1000 })]);
  for (const link of links(index, "a")) assert.equal(await status(link), 200);
  assert.equal(await status(`${demo.url}page/2/`), 404);
});

Deno.test("the log holds every request with its time, site, host, path, method and status", async () => {
  await using demo = await startDemo();
  const before = performance.now();
  assert.equal(await status(`${demo.quotes}page/2/?a=1`), 200);
  assert.equal(await status(`${demo.books}nowhere`), 404);
  const head = await fetch(demo.url, { method: "HEAD" });
  const post = await fetch(demo.url, { method: "POST", body: "x" });
  assert.deepEqual([head.status, await head.text(), post.status, await post.text()], [
    200,
    "",
    405,
    "Only GET and HEAD are answered here.\n",
  ]);
  const host = (url: string) => new URL(url).host;
  assert.deepEqual(demo.log.map(({ time: _, ...entry }) => entry), [
    { site: "quotes", host: host(demo.quotes), path: "/page/2/?a=1", method: "GET", status: 200 },
    { site: "books", host: host(demo.books), path: "/nowhere", method: "GET", status: 404 },
    { site: "index", host: host(demo.url), path: "/", method: "HEAD", status: 200 },
    { site: "index", host: host(demo.url), path: "/", method: "POST", status: 405 },
  ]);
  const times = [before, ...demo.log.map(({ time }) => time), performance.now()];
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  demo.reset();
  assert.deepEqual(demo.log, []);
});

Deno.test("a name in the Host header decides, whatever the port", async () => {
  await using demo = await startDemo({ hosts: 2 });
  assert.match(await ask(demo.books, "Quotes.localhost:80", "/"), /Quotes to Scrape/);
  assert.match(await ask(demo.quotes, "books.localhost", "/"), /Books to Scrape/);
  assert.match(await ask(demo.quotes, "elsewhere.localhost", "/"), /Quotes to Scrape/);
  const page = await ask(demo.url, "h1.web.localhost:81", "/web/7/50/2/10/p/1");
  assert.match(page, /rel="canonical" href="http:\/\/h1\.web\.localhost:81\/web\/7\/50\/2\/10\/p\/1"/);
  assert.match(page, /href="(http|HTTP):\/\/(web\.localhost|WEB\.LOCALHOST):81\//);
  assert.match(await ask(demo.url, "h2.web.localhost:81", "/web/7/50/2/10/p/2"), /^HTTP\/1\.1 404 /);
  assert.deepEqual(demo.log.map(({ site }) => site), ["quotes", "books", "quotes", "h1.web", "h2.web"]);
});

Deno.test("close() answers at once what was still to wait, and may be called twice", async () => {
  const demo = await startDemo({ latency: 600_000 });
  const waiting = read(demo.quotes);
  while (demo.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await Promise.all([demo.close(), demo.close()]);
  assert.equal(texts((await waiting).document, "span.text").length, 10);
  await assert.rejects(fetch(demo.quotes), TypeError);
});

Deno.test("startDemo() fails where a port is taken, and leaves nothing running", async () => {
  await using demo = await startDemo();
  await assert.rejects(startDemo({ port: demo.port }), Deno.errors.AddrInUse);
  await assert.rejects(startDemo({ hosts: 0 }), {
    name: "RangeError",
    message: "Cannot serve 0 hosts: at least 1 is needed",
  });
});

Deno.test("startDemo() without a log keeps none", async () => {
  await using demo = await startDemo({ keepLog: false });
  assert.equal(await status(demo.quotes), 200);
  assert.deepEqual(demo.log, []);
});
