import assert from "node:assert/strict";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { asked, done, open, pages, type Run, settle, snapshotOf } from "./parts.ts";
import { answer, followAll, followFrom, links, pathOf, type Site } from "./site.ts";

/** A header of each request that had it, by what was asked. */
function sent({ asked }: Run, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(asked.flatMap(({ what, headers }) => {
    const value = headers[name];
    return value === undefined ? [] : [[what, value]];
  }));
}

const refresh = (to: string, seconds = 0) => `<meta http-equiv="refresh" content="${seconds}; url=${to}">`;

Deno.test("a redirect is followed as a request of its own, unless it is known or leads out of the domains", async () => {
  const run = open({
    spider: { ...followFrom("/1", "/2", "/3"), allowedDomains: ["a.com"] },
    concurrency: 1,
    site({ url }) {
      const path = pathOf(url);
      if (path === "/1") return answer(url, "", 301, { location: "/new" });
      if (path === "/2") return answer(url, "", 302, { location: "/1" });
      if (path === "/3") return answer(url, "", 302, { location: "http://b.com/" });
      return answer(url);
    },
  });
  await run.crawl();
  assert.deepEqual(run.items(), [{ url: "http://a.com/new" }]);
  const { redirects, duplicates, failed, pages } = run.parts.counters;
  assert.deepEqual({ redirects, duplicates, failed, pages }, { redirects: 2, duplicates: 1, failed: 1, pages: 1 });
  assert.equal(
    run.failures()[0]?.["message"],
    "it redirects to http://b.com/, which is outside of the allowed domains",
  );
});

Deno.test("a page that several redirects lead to is fetched once", async () => {
  const site: Site = ({ url }) => {
    const path = pathOf(url);
    if (path === "/") return answer(url, links("/old", "/older", "/soon", "/page"));
    if (path === "/old" || path === "/older") return answer(url, "", 301, { location: "/page" });
    if (path === "/soon") return answer(url, refresh("/page?"));
    return answer(url, "x");
  };
  const run = open({ site });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run).sort(), ["/", "/old", "/older", "/page", "/soon"]);
  assert.deepEqual(pages(run), ["/", "/page"]);
  const { redirects, duplicates, failed } = run.parts.counters;
  assert.deepEqual({ redirects, duplicates, failed }, { redirects: 3, duplicates: 3, failed: 0 });
});

Deno.test("a page that sends elsewhere is a redirect, unless it waits long or the spider wants to see it", async () => {
  const site: Site = ({ url }) => {
    const path = pathOf(url);
    if (path === "/") return answer(url, links("/now", "/later"));
    if (path === "/now") return answer(url, refresh("/new", 5));
    if (path === "/later") return answer(url, refresh("/other", 60) + links("/link"));
    return answer(url, "x");
  };
  const run = open({ site });
  await run.crawl();
  assert.deepEqual(pages(run), ["/", "/later", "/link", "/new"]);
  const all = open({ site }, { metaRefresh: 60 });
  await all.crawl();
  assert.deepEqual(pages(all), ["/", "/new", "/other"]);
  for (const options of [{ metaRefresh: false }, { handleStatuses: [200] }] as const) {
    const none = open({ site }, options);
    await none.crawl();
    assert.deepEqual(pages(none), ["/", "/later", "/link", "/now"]);
  }
});

Deno.test("a page that sets a cookie and sends back to itself is followed, one that reloads for ever is a page", async () => {
  const site: Site = ({ url, headers }) => {
    const path = pathOf(url);
    if (path === "/") return answer(url, links("/wall", "/live"));
    if (path === "/live") return answer(url, refresh("/live", 5));
    return headers.cookie === "seen=1"
      ? answer(url, "x")
      : answer(url, refresh("/wall"), 200, { "set-cookie": "seen=1" });
  };
  const run = open({ site });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(pages(run), ["/", "/live", "/wall"]);
  assert.deepEqual(asked(run).sort(), ["/", "/live", "/live", "/live", "/wall", "/wall"]);
});

Deno.test("maxRedirects ends what goes round", async () => {
  const site: Site = ({ url }) => answer(url, "", 302, { location: `${url}x` });
  const run = open({ site }, { maxRedirects: 3 });
  await run.crawl();
  assert.deepEqual(asked(run), ["/", "/x", "/xx", "/xxx"]);
  assert.equal(run.failures()[0]?.["message"], "Redirected more than 3 times, last to http://a.com/xxxx");
});

Deno.test("a request says on which page it was found, as the setting, the page and the request have it", async () => {
  const site: Site = ({ url }) => {
    const path = pathOf(url);
    if (path === "/") return answer(url, links("/list?p=1", "http://b.com/"));
    if (path === "/list?p=1") return answer(url, links("/moved"), 200, { "referrer-policy": "origin" });
    if (path === "/moved") return answer(url, "", 302, { location: "http://b.com/moved", "referrer-policy": "" });
    if (url === "http://b.com/moved") return answer(url, "", 302, { location: "http://a.com/page" });
    return answer(url, "x");
  };
  const run = open({ site });
  await run.crawl();
  assert.deepEqual(sent(run, "referer"), {
    "/list?p=1": "http://a.com/",
    "http://b.com/": "http://a.com/",
    "/moved": "http://a.com/",
    "http://b.com/moved": "http://a.com/",
    "/page": "http://a.com/",
  });
  const silent = open({ site }, { referrerPolicy: "no-referrer" });
  await silent.crawl();
  assert.deepEqual(sent(silent, "referer"), {
    "/moved": "http://a.com/",
    "http://b.com/moved": "http://a.com/",
    "/page": "http://a.com/",
  });
});

Deno.test("the policy of the page that linked counts on the way, and an empty header does not override the setting", async () => {
  const policies: Record<string, string> = { "/full": "unsafe-url", "/empty": "" };
  const site: Site = ({ url }) => {
    const path = pathOf(url);
    if (path === "/") return answer(url, links("/full", "/empty"));
    const policy = policies[path];
    if (policy !== undefined) return answer(url, links(`${path}-moved`), 200, { "referrer-policy": policy });
    if (/^\/.*-moved$/.test(path)) return answer(url, "", 302, { location: `http://b.com${path}` });
    return answer(url, "x");
  };
  const run = open({ site }, { referrerPolicy: "no-referrer" });
  await run.crawl();
  assert.deepEqual(sent(run, "referer"), {
    "/full-moved": "http://a.com/full",
    "http://b.com/full-moved": "http://a.com/full",
  });
});

Deno.test("cookies are kept and sent back, and a request's own Cookie header wins", async () => {
  const run = open({
    spider: {
      ...followAll,
      *parse(page: Page) {
        if (page.depth > 0) return;
        yield page.request("/1");
        yield page.request("/2", { headers: { cookie: "own=1" } });
      },
    },
    site: ({ url }) => answer(url, "", 200, { "set-cookie": "session=abc" }),
  });
  await run.crawl();
  assert.deepEqual(asked(run).sort(), ["/", "/1", "/2"]);
  assert.deepEqual(sent(run, "cookie"), { "/1": "session=abc", "/2": "own=1" });
});

Deno.test("jars, logins and the pages that requests were found on outlast the process", async () => {
  const logins: Spider = {
    ...followAll,
    allowedDomains: ["a.com"],
    *start() {
      yield { url: "http://a.com/", jar: "alice", cookies: { id: "1" } };
      yield { url: "http://a.com/", jar: "bob", cookies: { id: "2" } };
      yield "http://me:secret@a.com/private/";
    },
  };
  const site: Site = ({ url, headers }) => {
    const path = pathOf(url);
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
  assert.deepEqual(await again.crawl(), done);
  const all = [...first.asked, ...again.asked].map(({ what, headers }) => ({ what, ...headers }));
  const what = "/item", referer = "http://a.com/", authorization = `Basic ${btoa("me:secret")}`;
  assert.deepEqual(all.slice(0, 3), [
    { what: "/", cookie: "id=1" },
    { what: "/", cookie: "id=2" },
    { what: "/private/", authorization },
  ]);
  const inOrder = all.slice(3).sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  assert.deepEqual(inOrder, [
    { what, referer, cookie: "id=1; of1=x" },
    { what, referer, cookie: "id=2; of2=x" },
    { what: "/private/more", referer: "http://a.com/private/", authorization },
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
    const path = pathOf(url);
    const set = { "set-cookie": `${path.slice(1)}=1; Path=/` };
    if (path === "/busy" && busy-- > 0) return answer(url, "", 503, set);
    if (path === "/moved") return answer(url, "", 302, { location: "/there", ...set });
    if (path === "/alone") return answer(url, "", 302, { location: "/alone2", ...set });
    return answer(url, "x");
  };
  const run = open({ spider: cookies, site, concurrency: 1, concurrencyPerHost: 1 });
  await run.crawl();
  assert.deepEqual(run.asked.map(({ what, headers }) => [what, headers.cookie]), [
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
