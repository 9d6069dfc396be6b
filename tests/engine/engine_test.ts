import assert from "node:assert/strict";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { asked, done, epoch, finish, open, pages, settle, times } from "./parts.ts";
import { answer, followAll, followFrom, siteOf, smallSite, startingAgainAfter } from "./site.ts";

Deno.test("a crawl fetches every page once, writes its items, and ends", async () => {
  const run = open({ site: smallSite });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run).sort(), ["/", "/1", "/2", "/3", "/gone"]);
  assert.deepEqual(pages(run), ["/", "/1", "/2", "/3"]);
  const { statuses, bytes, tiers, failures, ...counters } = run.parts.counters;
  assert.deepEqual(statuses, { 200: 4, 404: 1 });
  assert.ok(bytes > 0);
  assert.deepEqual(tiers, { direct: { requests: 5, ok: 5, bytes } });
  assert.deepEqual(Object.entries(failures).map(([kind, { count, message }]) => [kind, count, message]), [
    ["status 404", 1, "status 404"],
  ]);
  assert.deepEqual(counters, {
    pages: 4,
    items: 4,
    dropped: 0,
    rejected: 0,
    failed: 1,
    forbidden: 0,
    downloads: 5,
    retries: 0,
    redirects: 0,
    duplicates: 2,
    offsite: 0,
    tooDeep: 0,
    tooMany: 0,
    blocked: {},
  });
  assert.deepEqual(run.failures(), [{
    url: "http://a.com/gone",
    kind: "status",
    message: "status 404",
    status: 404,
    attempts: 1,
    time: "2026-11-21T09:30:00.000Z",
    referrer: "http://a.com/3",
    method: "GET",
    callback: "parse",
    depth: 3,
  }]);
  assert.deepEqual([run.parts.scheduler.waiting, run.parts.frontier.inFlight], [0, 0]);
});

Deno.test("a crawl without a start request is finished at once", async () => {
  const run = open({ spider: { name: "none", *parse() {} }, site: smallSite });
  assert.deepEqual(await run.crawl(), done);
});

Deno.test("the same start request twice is one", async () => {
  const run = open({ spider: followFrom("/2", "/2#x"), site: () => answer("http://a.com/2") });
  await run.crawl();
  assert.deepEqual([run.parts.counters.pages, run.parts.counters.duplicates], [1, 1]);
});

Deno.test("one request object that is yielded twice with dontFilter is fetched twice, and the crawl ends", async () => {
  const run = open({
    spider: {
      ...followAll,
      *parse(page: Page) {
        const again = page.request("/2", { dontFilter: true, callback: "other" });
        yield again;
        yield again;
      },
      *other() {},
    },
    site: smallSite,
  });
  assert.deepEqual(await run.crawl(), done);
  assert.equal(run.asked.length, 3);
});

Deno.test("a start request is sent when it comes, and does not wait for the next one", async () => {
  const hold = Promise.withResolvers<void>();
  const run = open({
    spider: startingAgainAfter(hold.promise),
    site: smallSite,
  });
  const running = run.engine.run();
  await settle();
  assert.equal(asked(run)[0], "/1");
  hold.resolve();
  await finish(run.clock, running);
});

Deno.test("start requests are pulled as the crawl goes on, never far ahead", async () => {
  let made = 0;
  const run = open({
    spider: {
      ...followAll,
      *start() {
        for (; made < 10_000; made++) yield `http://a.com/${made}`;
      },
      *parse() {},
    },
    site: () => new Promise(() => {}),
  });
  void run.engine.run();
  for (let turn = 0; turn < 20; turn++) await settle();
  assert.ok(made >= 1000 && made <= 2100, `${made} start requests`);
  run.engine.cancel("x");
});

Deno.test("maxPages ends the crawl with exactly that many pages", async () => {
  const run = open({ site: smallSite }, { maxPages: 2 });
  assert.deepEqual(await run.crawl(), { outcome: "finished", reason: "maxPages" });
  assert.equal(run.parts.counters.pages, 2);
  assert.equal(run.items().length, 2);
});

Deno.test("limit ends the crawl with exactly that many items, in the middle of a page if need be", async () => {
  const many: Spider = {
    ...followAll,
    *parse(page) {
      for (let number = 0; number < 5; number++) yield { number };
      yield* page.follow("a");
    },
  };
  for (const limit of [1, 5, 7]) {
    const run = open({ spider: many, site: smallSite, concurrency: 1 }, { limit });
    assert.deepEqual(await run.crawl(), { outcome: "finished", reason: "limit" });
    assert.equal(run.items().length, limit);
    assert.equal(run.parts.counters.items, limit);
  }
});

Deno.test("links out of scope are counted and not fetched", async () => {
  const run = open({
    spider: { ...followAll, allowedDomains: ["a.com"] },
    site: siteOf({ "/": ["http://b.com/", "http://www.a.com/", "/1"], "/1": ["/2"], "/2": ["/3"] }),
    depthLimit: 2,
  });
  await run.crawl();
  assert.deepEqual([run.parts.counters.offsite, run.parts.counters.tooDeep], [1, 1]);
  assert.ok(!asked(run).some((what) => what.includes("b.com") || what.endsWith("/3")));
});

Deno.test("the delay is kept between the requests to a host", async () => {
  const run = open({ site: smallSite, delay: 2 });
  await run.crawl(100);
  assert.deepEqual(times(run), [0, 2, 4, 6, 8]);
});

Deno.test("no request is taken while more than maxActiveSize is downloaded and not committed", async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  let begun = 0;
  const slow: Spider = {
    ...followFrom("/1", "/2", "/3", "/4"),
    async *parse(page) {
      await gates[begun++]!.promise;
      yield { url: page.url };
    },
  };
  const run = open({ spider: slow, site: ({ url }) => answer(url, 2000), concurrency: 1, maxActiveSize: 3000 });
  const running = run.engine.run();
  await settle();
  // The second one passed the limit.
  assert.equal(run.asked.length, 2);
  const { open: count, activeSize, waiting, inFlight, why } = run.engine.progress;
  assert.deepEqual({ count, activeSize, waiting, inFlight }, { count: 2, activeSize: 4000, waiting: 2, inFlight: 0 });
  assert.equal(why, "2 pages (4 KB) wait for their callbacks");
  run.clock.advance(3_600_000);
  await settle();
  assert.equal(run.asked.length, 2);
  gates[0]!.resolve();
  await settle();
  run.clock.advance(0);
  await settle();
  assert.equal(run.asked.length, 3);
  assert.equal(run.items().length, 1);
  for (const each of gates) each.resolve();
  assert.deepEqual(await finish(run.clock, running), done);
  assert.equal(run.engine.progress.activeSize, 0);
});

Deno.test("pages without a body count too", async () => {
  const hold = Promise.withResolvers<void>();
  const slow: Spider = {
    ...followFrom(...Array.from({ length: 20 }, (_, at) => `/${at}`)),
    async *parse() {
      await hold.promise;
    },
  };
  const run = open({ spider: slow, site: ({ url }) => answer(url), concurrency: 1, maxActiveSize: 5000 });
  const running = run.engine.run();
  await settle();
  assert.equal(run.asked.length, 5);
  hold.resolve();
  await finish(run.clock, running);
});

Deno.test("progress says why nothing is sent although something waits", async () => {
  const delayed = open({ spider: followFrom("/1", "/2"), site: smallSite, delay: 30 });
  const running = delayed.engine.run();
  await settle();
  assert.equal(delayed.engine.progress.why, "the delay of a.com for 30 s");
  delayed.engine.cancel("x");
  await running;

  const held = open({ robots: true, site: () => new Promise(() => {}) });
  void held.engine.run();
  await settle();
  assert.equal(held.engine.progress.why, "robots.txt of a.com");
  held.engine.cancel("x");
});

Deno.test("the calendar of the tests is not the clock's zero", () => {
  assert.equal(open({ site: smallSite }).clock.wall(), epoch);
});
