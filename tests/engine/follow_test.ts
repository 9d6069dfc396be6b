import assert from "node:assert/strict";
import { Engine, type EngineOptions } from "../../lib/engine/engine.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { answer, finish, noLimits, type Said, settle, type Site, type World, worldOf } from "./parts.ts";

interface Run extends World {
  readonly engine: Engine;
}

function open(said: Said, options: Partial<EngineOptions> = {}): Run {
  const current: { current?: Engine } = {};
  const world = worldOf(said, current);
  const engine = current.current = new Engine(world.parts, { ...noLimits, ...options });
  return { ...world, engine };
}

const asked = ({ asked }: Run) => asked.map(({ what }) => what.replace("GET http://a.com", "")).sort();

/** A header of each request that had it, by the path of the request. */
function sent({ asked }: Run, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(asked.flatMap(({ what, headers }) => {
    const value = headers[name];
    return value === undefined ? [] : [[what.replace("GET http://a.com", ""), value]];
  }));
}

const urls = (run: Run) => run.items().map((item) => (item as { url: string }).url.replace("http://a.com", "")).sort();

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    yield { url: page.url };
    yield* page.follow("a");
  },
};

const links = (...paths: string[]) => paths.map((path) => `<a href="${path}">x</a>`).join("");
const refresh = (to: string, seconds = 0) => `<meta http-equiv="refresh" content="${seconds}; url=${to}">`;

Deno.test("a page that several redirects lead to is fetched once", async () => {
  const site: Site = ({ url }) => {
    const path = url.slice("http://a.com".length);
    if (path === "/") return answer(url, links("/old", "/older", "/soon", "/page"));
    if (path === "/old" || path === "/older") return answer(url, "", 301, { location: "/page" });
    if (path === "/soon") return answer(url, refresh("/page?"));
    return answer(url, "x");
  };
  const run = open({ spider, site });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(asked(run), ["/", "/old", "/older", "/page", "/soon"]);
  assert.deepEqual(urls(run), ["/", "/page"]);
  const { redirects, duplicates, failed } = run.parts.counters;
  assert.deepEqual({ redirects, duplicates, failed }, { redirects: 3, duplicates: 3, failed: 0 });
});

Deno.test("a page that sends elsewhere is a redirect, unless it waits long or the spider wants to see it", async () => {
  const site: Site = ({ url }) => {
    const path = url.slice("http://a.com".length);
    if (path === "/") return answer(url, links("/now", "/later"));
    if (path === "/now") return answer(url, refresh("/new", 5));
    if (path === "/later") return answer(url, refresh("/other", 60) + links("/link"));
    return answer(url, "x");
  };
  const run = open({ spider, site });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(urls(run), ["/", "/later", "/link", "/new"]);
  const all = open({ spider, site }, { metaRefresh: 60 });
  await finish(all.clock, all.engine.run());
  assert.deepEqual(urls(all), ["/", "/new", "/other"]);
  for (const options of [{ metaRefresh: false }, { handleStatuses: [200] }] as const) {
    const none = open({ spider, site }, options);
    await finish(none.clock, none.engine.run());
    assert.deepEqual(urls(none), ["/", "/later", "/link", "/now"]);
  }
});

Deno.test("a page that sets a cookie and sends back to itself is followed, one that reloads for ever is a page", async () => {
  const site: Site = ({ url, headers }) => {
    const path = url.slice("http://a.com".length);
    if (path === "/") return answer(url, links("/wall", "/live"));
    if (path === "/live") return answer(url, refresh("/live", 5));
    return headers.cookie === "seen=1"
      ? answer(url, "x")
      : answer(url, refresh("/wall"), 200, { "set-cookie": "seen=1" });
  };
  const run = open({ spider, site });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(urls(run), ["/", "/live", "/wall"]);
  assert.deepEqual(asked(run), ["/", "/live", "/live", "/live", "/wall", "/wall"]);
});

Deno.test("maxRedirects ends what goes round", async () => {
  const site: Site = ({ url }) => answer(url, "", 302, { location: `${url}x` });
  const run = open({ spider, site }, { maxRedirects: 3 });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(asked(run), ["/", "/x", "/xx", "/xxx"]);
  assert.equal(run.failures()[0]?.["message"], "Redirected more than 3 times, last to http://a.com/xxxx");
});

Deno.test("a request says on which page it was found, as the setting, the page and the request have it", async () => {
  const site: Site = ({ url }) => {
    if (url === "http://a.com/") return answer(url, links("/list?p=1", "http://b.com/"));
    if (url === "http://a.com/list?p=1") return answer(url, links("/moved"), 200, { "referrer-policy": "origin" });
    if (url === "http://a.com/moved") return answer(url, "", 302, { location: "/page" });
    return answer(url, "x");
  };
  const run = open({ spider, site });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(sent(run, "referer"), {
    "/list?p=1": "http://a.com/",
    "GET http://b.com/": "http://a.com/",
    "/moved": "http://a.com/",
    "/page": "http://a.com/moved",
  });
  const silent = open({ spider, site }, { referrerPolicy: "no-referrer" });
  await finish(silent.clock, silent.engine.run());
  assert.deepEqual(sent(silent, "referer"), { "/moved": "http://a.com/" });
});

/** What another process goes on with. */
function snapshotOf({ parts }: Run): CrawlSnapshot {
  for (const part of [parts.frontier, parts.items, parts.failures]) part.flush();
  return {
    counters: parts.counters,
    starts: parts.starts.snapshot(),
    state: parts.state.packed,
    frontier: parts.frontier.snapshot(),
    scheduler: parts.scheduler.snapshot(),
    cookies: parts.cookies?.snapshot() ?? [],
    items: parts.items.snapshot(),
    failures: parts.failures.snapshot(),
  } as CrawlSnapshot;
}

Deno.test("jars, logins and the pages that requests were found on outlast the process", async () => {
  const logins: Spider = {
    ...spider,
    allowedDomains: ["a.com"],
    *start() {
      yield { url: "http://a.com/", jar: "alice", cookies: { id: "1" } };
      yield { url: "http://a.com/", jar: "bob", cookies: { id: "2" } };
      yield "http://me:secret@a.com/private/";
    },
  };
  delete (logins as { startUrls?: unknown }).startUrls;
  const site: Site = ({ url, headers }) => {
    const path = url.slice("http://a.com".length);
    if (path === "/") return answer(url, links("/item"), 200, { "set-cookie": `of${headers.cookie?.slice(-1)}=x` });
    if (path === "/private/") return answer(url, links("more", "http://b.com/"));
    return answer(url, "x");
  };
  const first = open({ spider: logins, site, folder: "/queues", concurrency: 1, concurrencyPerHost: 1 });
  const running = first.engine.run();
  while (first.parts.counters.pages < 3) await settle();
  first.engine.cancel("test");
  await running;
  const { disk, clock } = first;
  const again = open({ spider: logins, site, folder: "/queues", disk, clock, snapshot: snapshotOf(first) });
  assert.deepEqual(await finish(clock, again.engine.run()), { outcome: "finished", reason: "done" });
  const all = [...first.asked, ...again.asked].map(({ what, headers }) => ({ what, ...headers }));
  const what = "GET http://a.com/item", referer = "http://a.com/", authorization = `Basic ${btoa("me:secret")}`;
  assert.deepEqual(all.slice(0, 3), [
    { what: "GET http://a.com/", cookie: "id=1" },
    { what: "GET http://a.com/", cookie: "id=2" },
    { what: "GET http://a.com/private/", authorization },
  ]);
  const inOrder = all.slice(3).sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  assert.deepEqual(inOrder, [
    { what, referer, cookie: "id=1; of1=x" },
    { what, referer, cookie: "id=2; of2=x" },
    { what: "GET http://a.com/private/more", referer: "http://a.com/private/", authorization },
  ]);
  assert.ok(!JSON.stringify([again.items(), first.events, again.events]).includes("secret"));
});

Deno.test("a retry and a redirect keep the jar, and a request without cookies neither sends nor keeps any", async () => {
  const jar = { jar: "alice" };
  const cookies: Spider = {
    name: "test",
    *start() {
      yield { url: "http://a.com/busy", ...jar };
      yield { url: "http://a.com/moved", ...jar };
      yield { url: "http://a.com/alone", ...jar, cookies: false };
    },
    parse: () => [],
  };
  let busy = 1;
  const site: Site = ({ url }) => {
    const path = url.slice("http://a.com/".length);
    const set = { "set-cookie": `${path}=1; Path=/` };
    if (path === "busy" && busy-- > 0) return answer(url, "", 503, set);
    if (path === "moved") return answer(url, "", 302, { location: "/there", ...set });
    if (path === "alone") return answer(url, "", 302, { location: "/alone2", ...set });
    return answer(url, "x");
  };
  const run = open({ spider: cookies, site, concurrency: 1, concurrencyPerHost: 1 });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.asked.map(({ what, headers }) => [what.replace("GET http://a.com", ""), headers.cookie]), [
    ["/busy", undefined],
    ["/moved", "busy=1"],
    ["/alone", undefined],
    ["/there", "busy=1; moved=1"],
    ["/alone2", undefined],
    ["/busy", "busy=1; moved=1"],
  ]);
  assert.deepEqual(run.parts.cookies?.snapshot().map(({ name, jar }) => [name, jar]), [
    ["busy", "alice"],
    ["moved", "alice"],
  ]);
});
