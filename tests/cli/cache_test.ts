import assert from "node:assert/strict";
import type { Demo } from "../../scripts/demo/mod.ts";
import { records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { files, Workplace } from "./workplace.ts";

const cache = ["--cache", "pages"];

/** The entries of the cache. */
function entries(place: Workplace): string[] {
  return files(`${place.folder}/pages`).filter((path) => path.endsWith(".msgpack"));
}

/** The items of a crawl in an order that does not depend on when their pages came. */
function itemsOf(place: Workplace, project: string, spider: string): string[] {
  return records(place.kept(spider, project).output).map((item) => JSON.stringify(item)).sort();
}

function statuses({ log }: Demo): number[] {
  return [...new Set(log.map(({ status }) => status))].sort();
}

Deno.test("a crawl with --cache needs no server the second time and finds the same, however fast the server may be asked", async () => {
  await using place = await Workplace.open({ hosts: 2, errorRate: 0.2 });
  const crawl = [
    "crawl",
    webSpider,
    "--start-url",
    place.demo.webUrl({ seed: 5, pages: 60, hosts: 2 }),
    ...cache,
    "-s",
    "retries=5",
  ];
  ends(await place.run([...crawl, "--project", "first"]), 0);
  assert.ok(statuses(place.demo).some((status) => status >= 500), "there were errors to be left out");
  assert.equal(entries(place).length, place.pages.filter(({ status }) => status === 200).length + 2);
  await place.demo.close();
  // Where a request had to be sent, the next one to that host would be an hour later.
  const second = await place.run([...crawl, "--project", "second", "-s", "delay=1h", "-s", "robots=false"]);
  ends(second, 0);
  assert.equal(place.kept("web", "second").summary.counters.failed, 0);
  const items = itemsOf(place, "second", "web");
  assert.equal(items.length, 60);
  assert.deepEqual(items, itemsOf(place, "first", "web"));
  const obedient = await place.run([...crawl, "--project", "third"]);
  ends(obedient, 0);
  assert.deepEqual(itemsOf(place, "third", "web"), items);
});

Deno.test("what a crawl could not have is asked for by the next one, and nothing else", async () => {
  await using place = await Workplace.open({ errorRate: 0.5, errorTimes: 1 });
  const spec = { seed: 9, pages: 40 };
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), ...cache];
  // A web in which half of the pages fail at first, without a second attempt.
  await place.run([...crawl, "--project", "first", "-s", "retries=0"]);
  const failed = place.pages.filter(({ status }) => status !== 200).map(({ path }) => path);
  const had = place.pages.filter(({ status }) => status === 200).map(({ path }) => path);
  assert.ok(failed.length > 0);
  const before = place.demo.log.length;
  ends(await place.run([...crawl, "--project", "second"]), 0);
  const asked = place.demo.log.slice(before).map(({ path }) => path);
  for (const path of failed) assert.ok(asked.includes(path), path);
  for (const path of had) assert.ok(!asked.includes(path), path);
  assert.ok(!asked.includes("/robots.txt"), "that there is none is known");
  assert.equal(itemsOf(place, "second", "web").length, 40);
});

Deno.test("a torn entry is told, asked for again and replaced", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, ...cache];
  ends(await place.run([...crawl, "--project", "first"]), 0);
  const before = place.demo.log.length;
  for (const path of entries(place)) Deno.truncateSync(path, Deno.statSync(path).size >> 1);
  const torn = await place.run([...crawl, "--project", "second"]);
  ends(torn, 0);
  assert.match(torn.stderr, /warn .*it is not answered from the cache: .*\.msgpack is damaged at byte 0/);
  assert.equal(place.demo.log.length, 2 * before, "every page once more");
  ends(await place.run([...crawl, "--project", "third"]), 0);
  assert.equal(place.demo.log.length, 2 * before);
  assert.deepEqual(itemsOf(place, "third", "quotes"), itemsOf(place, "first", "quotes"));
});

Deno.test("a crawl that was killed goes on with the pages that its cache has", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", "books", "--start-url", place.demo.books, ...cache];
  await using first = place.start(crawl);
  await first.until("some pages", () => place.pages.length > 50);
  first.kill();
  await first.ended;
  place.demo.faults = {};
  ends(await place.run([...crawl, "-s", "maxPages=100"]), 0);
  for (const path of entries(place)) assert.ok(Deno.statSync(path).size > 0);
});

Deno.test("two crawls at once share a cache", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, ...cache];
  const both = await Promise.all(["first", "second"].map((project) => place.run([...crawl, "--project", project])));
  for (const each of both) ends(each, 0);
  await place.demo.close();
  ends(await place.run([...crawl, "--project", "third"]), 0);
  const items = itemsOf(place, "third", "quotes");
  assert.equal(items.length, 100);
  for (const project of ["first", "second"]) assert.deepEqual(itemsOf(place, project, "quotes"), items);
});

Deno.test("--cache-age lets the server say that nothing has changed", async () => {
  const asked: string[] = [];
  await using place = await Workplace.open();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url, headers }) => {
    const { pathname } = new URL(url);
    const known = headers.get("if-none-match") === `"${pathname}"`;
    asked.push(`${pathname} ${known}`);
    if (pathname === "/robots.txt") return new Response("", { status: 404 });
    if (known) return new Response(null, { status: 304 });
    const body = `<title>${pathname}</title><a href="/a">a</a><a href="/b">b</a>`;
    return new Response(body, { headers: { "content-type": "text/html", etag: `"${pathname}"` } });
  });
  const crawl = ["crawl", "site", "--start-url", `http://127.0.0.1:${server.addr.port}/`, ...cache, "--cache-age", "0"];
  ends(await place.run([...crawl, "--project", "first"]), 0);
  assert.deepEqual(asked.splice(0).sort(), ["/ false", "/a false", "/b false", "/robots.txt false"]);
  ends(await place.run([...crawl, "--project", "second"]), 0);
  assert.deepEqual(asked.splice(0).sort(), ["/ true", "/a true", "/b true", "/robots.txt false"]);
  assert.deepEqual(itemsOf(place, "second", "site"), itemsOf(place, "first", "site"));
  assert.equal(itemsOf(place, "second", "site").length, 3);
});

Deno.test("pages that come in another order, with other cookies in the jar, are found all the same", async () => {
  await using place = await Workplace.open();
  const second = Promise.withResolvers<void>();
  const cookies: Record<string, string | null> = {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ url, headers }) => {
    const { pathname } = new URL(url);
    cookies[pathname] = headers.get("cookie");
    if (pathname === "/b") second.resolve();
    // The first to be asked is the second to answer, so that nobody has its cookie by then.
    if (pathname === "/a") await second.promise;
    const body = `<title>${pathname}</title><a href="/a">a</a><a href="/b">b</a>`;
    const set = pathname === "/a" ? { "set-cookie": "session=1" } : undefined;
    return new Response(body, { headers: { "content-type": "text/html", ...set } });
  });
  try {
    const start = ["--start-url", `http://127.0.0.1:${server.addr.port}/`];
    const crawl = ["crawl", "site", ...start, ...cache, "-s", "robots=false", "--outage-timeout", "1s"];
    ends(await place.run([...crawl, "--project", "first"]), 0);
    assert.deepEqual(cookies, { "/": null, "/a": null, "/b": null });
    await server.shutdown();
    ends(await place.run([...crawl, "--project", "second", "-s", "concurrency=1"]), 0);
    assert.deepEqual(itemsOf(place, "second", "site"), itemsOf(place, "first", "site"));
    assert.equal(itemsOf(place, "second", "site").length, 3);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a challenge with status 200 is not stored, and what a test run fetches is", async () => {
  let isBlocking = true;
  const asked: string[] = [];
  await using place = await Workplace.open();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    asked.push(new URL(url).pathname);
    const headers = { "content-type": "text/html", ...isBlocking && { "cf-mitigated": "challenge" } };
    return new Response("<title>page</title>", { headers });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const crawl = [
    "crawl",
    "site",
    "--start-url",
    url,
    ...cache,
    "-s",
    "robots=false",
    "-s",
    "retries=0",
    "--limit",
    "1",
  ];
  await place.run(crawl);
  assert.deepEqual(entries(place), []);
  isBlocking = false;
  asked.length = 0;
  for (let at = 0; at < 2; at++) ends(await place.run(crawl), 0);
  assert.deepEqual([asked, entries(place).length], [["/"], 1]);
});

Deno.test("a cache that cannot be written to is a usage error that names the flag, and nobody is asked", async () => {
  await using place = await Workplace.open();
  place.write("file", "in the way");
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  for (
    const [args, said] of [
      [["--cache", "file"], /--cache: Cannot .*file.*Name a folder that can be written to/],
      [["--cache", "file/below"], /--cache: Cannot .*file\/below.*Name a folder that can be written to/],
      [["--cache="], /--cache needs a value: --cache DIR/],
      [["--cache-age", "1h"], /--cache-age: .*--cache DIR/],
      [["--cache", "new", "--cache-age", "soon"], /--cache-age: .*"soon"/],
    ] as const
  ) {
    const ended = await place.run([...crawl, ...args]);
    ends(ended, 2);
    assert.match(ended.stderr, said);
  }
  assert.equal(place.demo.log.length, 0);
  assert.deepEqual(files(place.folder), [`${place.folder}/file`]);
});
