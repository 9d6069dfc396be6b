import assert from "node:assert/strict";
import { Engine, type EngineOptions } from "../../lib/engine/engine.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { answer, epoch, failed, finish, noLimits, type Said, settle, type Site, type World, worldOf } from "./parts.ts";

interface Run extends World {
  readonly engine: Engine;
}

function open(said: Said, options: Partial<EngineOptions> = {}): Run {
  const current: { current?: Engine } = {};
  const world = worldOf(said, current);
  const engine = current.current = new Engine(world.parts, { ...noLimits, ...options });
  return { ...world, engine };
}

const asked = ({ asked }: Run) => asked.map(({ what }) => what);
const logged = ({ events }: Run) => events.flatMap((event) => event.type === "log" ? [event.message] : []);

/** Pages by path of http://a.com; a page's text is its links. */
function siteOf(pages: Readonly<Record<string, readonly string[]>>): Site {
  return ({ url }) => {
    const links = pages[url.replace("http://a.com", "")];
    if (links === undefined) return answer(url, "", 404);
    return answer(url, links.map((link) => `<a href="${link}">x</a>`).join(""));
  };
}

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    yield { url: page.url };
    yield* page.follow("a");
  },
};

const small = siteOf({ "/": ["/1", "/2", "/1"], "/1": ["/2", "/3"], "/2": ["/"], "/3": ["/gone"] });

/** A promise, and what settles it. */
function gate<T = void>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}

Deno.test("a crawl fetches every page once, writes its items, and ends", async () => {
  const run = open({ spider, site: small });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(asked(run).sort(), ["", "1", "2", "3", "gone"].map((path) => `GET http://a.com/${path}`));
  assert.deepEqual(run.items().map((item) => (item as { url: string }).url).sort(), [
    "http://a.com/",
    "http://a.com/1",
    "http://a.com/2",
    "http://a.com/3",
  ]);
  const { statuses, bytes, tiers, ...counters } = run.parts.counters;
  assert.deepEqual(statuses, { 200: 4, 404: 1 });
  assert.ok(bytes > 0);
  assert.deepEqual(tiers, { direct: { requests: 5, ok: 5, bytes } });
  assert.deepEqual(counters, {
    pages: 4,
    items: 4,
    dropped: 0,
    failed: 1,
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
    method: "GET",
    callback: "parse",
    depth: 3,
  }]);
  assert.deepEqual([run.parts.scheduler.waiting, run.parts.frontier.inFlight], [0, 0]);
});

Deno.test("a crawl without a start request is finished at once", async () => {
  const run = open({ spider: { name: "none", *parse() {} }, site: small });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
});

Deno.test("the same start request twice is one", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/2", "http://a.com/2#x"] },
    site: () => answer("http://a.com/2"),
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual([run.parts.counters.pages, run.parts.counters.duplicates], [1, 1]);
});

Deno.test("maxPages ends the crawl with exactly that many pages", async () => {
  const run = open({ spider, site: small }, { maxPages: 2 });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "maxPages" });
  assert.equal(run.parts.counters.pages, 2);
  assert.equal(run.items().length, 2);
});

Deno.test("limit ends the crawl with exactly that many items, in the middle of a page if need be", async () => {
  const many: Spider = {
    ...spider,
    *parse(page) {
      for (let number = 0; number < 5; number++) yield { number };
      yield* page.follow("a");
    },
  };
  for (const limit of [1, 5, 7]) {
    const run = open({ spider: many, site: small, concurrency: 1 }, { limit });
    assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "limit" });
    assert.equal(run.items().length, limit);
    assert.equal(run.parts.counters.items, limit);
  }
});

Deno.test("links out of scope are counted and not fetched", async () => {
  const run = open({
    spider: { ...spider, allowedDomains: ["a.com"] },
    site: siteOf({ "/": ["http://b.com/", "http://www.a.com/", "/1"], "/1": ["/2"], "/2": ["/3"] }),
    depthLimit: 2,
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual([run.parts.counters.offsite, run.parts.counters.tooDeep], [1, 1]);
  assert.ok(!asked(run).some((what) => what.includes("b.com") || what.endsWith("/3")));
});

Deno.test("no request is taken while more than maxActiveSize is downloaded and not committed", async () => {
  const gates = [gate(), gate(), gate(), gate()];
  let begun = 0;
  const slow: Spider = {
    ...spider,
    startUrls: ["1", "2", "3", "4"].map((path) => `http://a.com/${path}`),
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
  gates[0]!.open();
  await settle();
  assert.equal(run.asked.length, 3);
  assert.equal(run.items().length, 1);
  for (const each of gates) each.open();
  assert.deepEqual(await finish(run.clock, running), { outcome: "finished", reason: "done" });
  assert.equal(run.engine.progress.activeSize, 0);
});

Deno.test("pages without a body count too", async () => {
  const hold = gate();
  const slow: Spider = {
    ...spider,
    startUrls: Array.from({ length: 20 }, (_, at) => `http://a.com/${at}`),
    async *parse() {
      await hold.promise;
    },
  };
  const run = open({ spider: slow, site: ({ url }) => answer(url), concurrency: 1, maxActiveSize: 5000 });
  const running = run.engine.run();
  await settle();
  assert.equal(run.asked.length, 5);
  hold.open();
  await finish(run.clock, running);
});

Deno.test("pause() takes no more requests, finishes those in flight, and keeps the others", async () => {
  const hold = gate<Outcome>();
  const run = open({
    spider: { ...spider, startUrls: ["1", "2", "3"].map((path) => `http://a.com/${path}`) },
    site: ({ url }) => url.endsWith("1") ? hold.promise : answer(url),
    concurrency: 1,
  });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  run.engine.pause("timeout");
  await settle();
  assert.equal(run.engine.progress.why, "pausing: 1 pages are being finished");
  assert.equal(run.asked.length, 1);
  hold.open(answer("http://a.com/1", `<a href="/4">`));
  assert.deepEqual(await finish(run.clock, running), { outcome: "paused", reason: "SIGINT" });
  assert.equal(run.asked.length, 1);
  assert.deepEqual([run.parts.frontier.waiting, run.parts.frontier.inFlight, run.items().length], [3, 0, 1]);
});

Deno.test("a pause on the very last page is the end", async () => {
  const hold = gate<Outcome>();
  const run = open({ spider, site: () => hold.promise });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  hold.open(answer("http://a.com/"));
  assert.deepEqual(await finish(run.clock, running), { outcome: "finished", reason: "done" });
});

Deno.test("pause() with nothing in flight pauses at once", async () => {
  const run = open({ spider, site: small, delay: 100 });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGTERM");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGTERM" });
  assert.equal(run.parts.frontier.waiting, 2);
});

Deno.test("cancel() ends at once: requests in flight are aborted, stay pending, and what they bring is not committed", async () => {
  const hold = gate<Outcome>();
  const run = open({ spider, site: ({ url }) => url.endsWith("/") ? answer(url, `<a href="/1">`) : hold.promise });
  const running = run.engine.run();
  await settle();
  assert.equal(run.asked.length, 2);
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  assert.ok(run.signals.every((signal) => signal?.aborted));
  const counters = structuredClone(run.parts.counters);
  hold.open(answer("http://a.com/1"));
  await settle();
  assert.deepEqual(run.parts.counters, counters);
  assert.deepEqual([run.items().length, run.parts.frontier.inFlight, run.parts.frontier.waiting], [1, 1, 0]);
});

Deno.test("cancel() does not wait for a callback, and commits nothing of it", async () => {
  const hold = gate();
  const run = open({
    spider: {
      ...spider,
      async *parse() {
        yield { early: true };
        await hold.promise;
        yield { late: true };
      },
    },
    site: small,
  });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  hold.open();
  await settle();
  assert.deepEqual([run.items().length, run.parts.counters.pages, run.parts.frontier.inFlight], [0, 0, 1]);
});

Deno.test("start requests that come after cancel() are not taken for taken", async () => {
  const hold = gate();
  const run = open({
    spider: {
      ...spider,
      startUrls: [],
      async *start() {
        yield "http://a.com/1";
        await hold.promise;
        yield "http://a.com/2";
      },
    },
    site: small,
  });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  await running;
  const { known } = run.parts.frontier;
  hold.open();
  await settle();
  assert.deepEqual(run.parts.starts.snapshot(), { taken: 1, done: false });
  assert.equal(run.parts.frontier.known, known);
});

Deno.test("a start request is sent when it comes, and does not wait for the next one", async () => {
  const hold = gate();
  const run = open({
    spider: {
      ...spider,
      startUrls: [],
      async *start() {
        yield "http://a.com/1";
        await hold.promise;
        yield "http://a.com/2";
      },
    },
    site: small,
  });
  const running = run.engine.run();
  await settle();
  assert.equal(asked(run)[0], "GET http://a.com/1");
  hold.open();
  await finish(run.clock, running);
});

Deno.test("pause() does not wait for a start request that does not come", async () => {
  const run = open({
    spider: {
      ...spider,
      startUrls: [],
      async *start() {
        yield "http://a.com/1";
        await new Promise(() => {});
      },
    },
    site: small,
  });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  assert.deepEqual(await finish(run.clock, running), { outcome: "paused", reason: "SIGINT" });
});

Deno.test("start requests are pulled as the crawl goes on, never far ahead", async () => {
  let made = 0;
  const run = open({
    spider: {
      ...spider,
      startUrls: [],
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

Deno.test("an error in start() fails the crawl with its message, and what was taken is consistent", async () => {
  const run = open({
    spider: {
      ...spider,
      startUrls: [],
      *start() {
        yield "http://a.com/1";
        throw new Error("the list is gone");
      },
    },
    site: small,
  });
  const ending = await finish(run.clock, run.engine.run());
  assert.equal(ending.outcome === "failed" && ending.error.message, "the list is gone");
  assert.equal(ending.outcome === "failed" && ending.consistent, true);
});

Deno.test("a callback that throws costs its page and nothing else", async () => {
  const told: string[] = [];
  const run = open({
    spider: {
      ...spider,
      *parse(page) {
        yield { url: page.url };
        yield* page.follow("a");
        if (page.url.endsWith("/1")) throw new RangeError("no price");
      },
      onError: (error, { url }) => void told.push(`${error.message} on ${url}`),
    },
    site: small,
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(run.items().map((item) => (item as { url: string }).url).sort(), [
    "http://a.com/",
    "http://a.com/2",
  ]);
  const [failure] = run.failures();
  assert.equal(failure?.["kind"], "callback");
  assert.equal(failure?.["message"], "RangeError: no price");
  assert.match(String(failure?.["stack"]), /engine_test\.ts/);
  assert.deepEqual(told, ["no price on http://a.com/1"]);
  assert.equal(run.parts.counters.pages, 2);
});

Deno.test("an error in onError costs a line in the log", async () => {
  const run = open({
    spider: {
      ...spider,
      *parse() {
        throw new Error("one");
      },
      onError() {
        throw new Error("two");
      },
    },
    site: small,
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(logged(run), ["onError failed: two"]);
});

Deno.test("a change of the state that fails leaves nothing of its page", async () => {
  const told: string[] = [];
  const run = open({
    spider: {
      ...spider,
      *parse(page) {
        page.update((state) => state.count = Number(state.count ?? 0) + 1);
        if (page.url.endsWith("/1")) page.update((state) => state.node = () => {});
        yield { url: page.url };
        yield* page.follow("a");
      },
      onError: (error) => void told.push(error.message),
    },
    site: small,
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(run.items().map((item) => (item as { url: string }).url).sort(), [
    "http://a.com/",
    "http://a.com/2",
  ]);
  assert.deepEqual(run.parts.state.value, { count: 2 });
  assert.equal(run.failures()[0]?.["message"], "SerializationError: state.node is a function, which cannot be stored");
  assert.ok(!asked(run).includes("GET http://a.com/3"), "its links are not followed");
  assert.deepEqual(told, ["state.node is a function, which cannot be stored"]);
});

const unusable: Readonly<Record<string, (page: Page) => unknown>> = {
  "a body that is an object": (page) => page.request("/x", { method: "POST", body: { a: 1 } as never }),
  "statuses that are no list": (page) => page.request("/x", { handleStatuses: 404 as never }),
};

for (const [name, make] of Object.entries(unusable)) {
  Deno.test(`a request with ${name} costs a page, and not the crawl`, async () => {
    const run = open({
      spider: {
        ...spider,
        startUrls: ["http://a.com/", "http://a.com/2"],
        *parse(page: Page) {
          if (page.url.endsWith("/")) yield make(page) as Request;
        },
      },
      site: small,
    });
    assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
    assert.equal(run.parts.counters.failed, 1);
  });
}

Deno.test("one request object that is yielded twice with dontFilter is fetched twice, and the crawl ends", async () => {
  const run = open({
    spider: {
      ...spider,
      *parse(page: Page) {
        const again = page.request("/2", { dontFilter: true, callback: "other" });
        yield again;
        yield again;
      },
      *other() {},
    },
    site: small,
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.equal(run.asked.length, 3);
});

Deno.test("a failed attempt is tried again later, up to retries, behind the others", async () => {
  let attempts = 0;
  const run = open({
    spider,
    site: ({ url }) => ++attempts < 3 ? answer(url, "", 503) : answer(url),
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual([attempts, run.parts.counters.retries, run.parts.counters.pages], [3, 2, 1]);
  const gaps = run.asked.map(({ at }, number) => at - (run.asked[number - 1]?.at ?? 0));
  assert.ok(gaps[1]! >= 500 && gaps[2]! >= 1000, `${gaps}`);

  attempts = -10;
  const failing = open({ spider, site: ({ url }) => (attempts++, answer(url, "", 503)) });
  assert.deepEqual(await finish(failing.clock, failing.engine.run()), { outcome: "finished", reason: "done" });
  assert.equal(failing.asked.length, 3);
  assert.deepEqual(failing.failures().map(({ status, attempts }) => [status, attempts]), [[503, 3]]);
});

Deno.test("Retry-After is kept, for the request and for its host", async () => {
  let first = true;
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/1", "http://a.com/2"] },
    concurrency: 1,
    site({ url }) {
      const status = first ? 503 : 200;
      first = false;
      return answer(url, "", status, { "retry-after": "30" });
    },
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.asked.map(({ at }) => at), [0, 30_000, 30_000]);
});

Deno.test("an absurd Retry-After holds its host up for maxRetryAfter, and the page is given up after eight answers", async () => {
  const run = open({
    spider,
    site: ({ url }) => answer(url, "", 429, { "retry-after": "1000000000000" }),
  }, { maxRetryAfter: 5 });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.asked.map(({ at }) => at), [0, 5, 10, 15, 20, 25, 30, 35].map((seconds) => seconds * 1000));
  assert.deepEqual(run.failures().map(({ status, attempts }) => [status, attempts]), [[429, 8]]);
});

Deno.test("a redirect is followed as a request of its own, unless it is known or leads out of the domains", async () => {
  const run = open({
    spider: { ...spider, allowedDomains: ["a.com"], startUrls: ["1", "2", "3"].map((path) => `http://a.com/${path}`) },
    concurrency: 1,
    site: ({ url }) =>
      url.endsWith("/1")
        ? answer(url, "", 301, { location: "/new" })
        : url.endsWith("/2")
        ? answer(url, "", 302, { location: "/1" })
        : url.endsWith("/3")
        ? answer(url, "", 302, { location: "http://b.com/" })
        : answer(url),
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.items(), [{ url: "http://a.com/new" }]);
  const { redirects, duplicates, failed, pages } = run.parts.counters;
  assert.deepEqual({ redirects, duplicates, failed, pages }, { redirects: 2, duplicates: 1, failed: 1, pages: 1 });
  assert.equal(
    run.failures()[0]?.["message"],
    "it redirects to http://b.com/, which is outside of the allowed domains",
  );
});

Deno.test("cookies are kept and sent back, and a request's own Cookie header wins", async () => {
  const run = open({
    spider: {
      ...spider,
      *parse(page: Page) {
        if (page.depth > 0) return;
        yield page.request("/1");
        yield page.request("/2", { headers: { cookie: "own=1" } });
      },
    },
    site: ({ url }) => answer(url, "", 200, { "set-cookie": "session=abc" }),
  });
  await finish(run.clock, run.engine.run());
  const sent = Object.fromEntries(run.asked.map(({ what, headers }) => [what.slice(-1), headers["cookie"]]));
  assert.deepEqual(sent, { "/": undefined, "1": "session=abc", "2": "own=1" });
});

Deno.test("the delay is kept between the requests to a host", async () => {
  const run = open({ spider, site: small, delay: 2 });
  await finish(run.clock, run.engine.run(), 100);
  assert.deepEqual(run.asked.map(({ at }) => at), [0, 2000, 4000, 6000, 8000]);
});

Deno.test("requests whose callback does not exist any more are counted by its name", async () => {
  const run = open({ spider, site: ({ url }) => answer(url) });
  const request = { callback: "gone" } as const;
  run.parts.scheduler.add(createRequest("http://a.com/1", request));
  run.parts.scheduler.add(createRequest("http://a.com/2", request));
  await finish(run.clock, run.engine.run());
  assert.deepEqual([...run.engine.missingCallbacks], [["gone", 2]]);
  assert.equal(run.parts.counters.pages, 3);
});

Deno.test("a disk that is full fails the crawl, and what is in memory is not to be saved", async () => {
  const run = open({
    spider: {
      ...spider,
      *parse() {
        // More than the feed's buffer holds.
        yield { text: "x".repeat(100_000) };
      },
    },
    site: small,
  });
  run.disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  const ending = await finish(run.clock, run.engine.run());
  assert.equal(
    ending.outcome === "failed" && ending.error.message,
    "Cannot write to /items.jsonl.part: no space left on device",
  );
  assert.equal(ending.outcome === "failed" && ending.consistent, false);
});

Deno.test("robots.txt is asked before anything else of its origin, and what it forbids is a failure", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/private", "http://a.com/1"] },
    robots: true,
    site: ({ url }) => url.endsWith("robots.txt") ? answer(url, "User-agent: *\nDisallow: /private") : answer(url),
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(asked(run), ["GET http://a.com/robots.txt", "GET http://a.com/1"]);
  assert.deepEqual(run.failures().map(({ url, kind, message }) => ({ url, kind, message })), [{
    url: "http://a.com/private",
    kind: "robots",
    message: "http://a.com/robots.txt forbids it",
  }]);
});

Deno.test("a robots.txt that cannot be read is asked again, and then counts as a refusal", async () => {
  const run = open({
    spider,
    robots: true,
    site: ({ url }) => answer(url, "", url.endsWith("robots.txt") ? 500 : 200),
  });
  assert.deepEqual(await finish(run.clock, run.engine.run()), { outcome: "finished", reason: "done" });
  assert.deepEqual(asked(run), Array(3).fill("GET http://a.com/robots.txt"));
  assert.equal(run.failures()[0]?.["kind"], "robots");
});

Deno.test("the delay is kept between the attempts at a robots.txt, too", async () => {
  const run = open({
    spider,
    robots: true,
    delay: 10,
    site: ({ url }) => answer(url, "", url.endsWith("robots.txt") ? 503 : 200),
  });
  await finish(run.clock, run.engine.run());
  const gaps = run.asked.slice(1).map(({ at }, number) => at - run.asked[number]!.at);
  assert.ok(gaps.every((gap) => gap >= 10_000), `the gaps are ${gaps} ms`);
});

Deno.test("the delay is kept between a robots.txt and where it redirects to on the same host", async () => {
  const run = open({
    spider,
    robots: true,
    delay: 10,
    site: ({ url }) => url.endsWith("/robots.txt") ? answer(url, "", 302, { location: "/robots" }) : answer(url),
  });
  await finish(run.clock, run.engine.run());
  const gaps = run.asked.slice(1).map(({ at }, number) => at - run.asked[number]!.at);
  assert.ok(gaps.every((gap) => gap >= 10_000), `the gaps are ${gaps} ms`);
});

Deno.test("Crawl-delay is kept, robots.txt included", async () => {
  const run = open({
    spider,
    robots: true,
    site: (request) =>
      request.url.endsWith("robots.txt")
        ? answer(request.url, "User-agent: *\nCrawl-delay: 5")
        : small(request, undefined),
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.asked.map(({ at }) => at), [0, 5000, 10_000, 15_000, 20_000, 25_000]);
});

/** A network that can be pulled out, and a crawl over it. */
function networked(said: Partial<Said> = {}) {
  const network = { up: true };
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/", "http://b.com/"] },
    site: (request) =>
      network.up ? answer(request.url, `<a href="/1"></a><a href="/2"></a><a href="/3"></a>`) : failed("connect"),
    outage: { reach: () => Promise.resolve(network.up) },
    delay: 10,
    ...said,
  });
  return { network, run };
}

Deno.test("an outage loses no request and uses up no attempt, and the crawl goes on when the network is back", async () => {
  const { network, run } = networked();
  const running = run.engine.run();
  await settle();
  assert.equal(run.asked.length, 2);
  network.up = false;
  run.clock.advance(10_000);
  await settle();
  assert.equal(run.asked.length, 4);
  assert.equal(run.engine.progress.why, "the network is down for 0 s: connect failed");
  for (let minute = 0; minute < 5; minute++) {
    run.clock.advance(60_000);
    await settle();
  }
  assert.equal(run.asked.length, 4);
  assert.match(run.engine.progress.why ?? "", /^the network is down for 300 s: /);
  network.up = true;
  assert.deepEqual(await finish(run.clock, running), { outcome: "finished", reason: "done" });
  const { pages, failed, retries, downloads } = run.parts.counters;
  assert.deepEqual({ pages, failed, retries, downloads }, { pages: 8, failed: 0, retries: 0, downloads: 10 });
});

Deno.test("an outage that is too long pauses the crawl", async () => {
  const { network, run } = networked();
  const running = run.engine.run();
  await settle();
  network.up = false;
  assert.deepEqual(await finish(run.clock, running, 1000), { outcome: "paused", reason: "outage" });
  assert.equal(run.parts.frontier.waiting, 6);
  assert.equal(run.parts.counters.failed, 0);
});

Deno.test("an outage does not slow down the hosts, which did not push back", async () => {
  const { network, run } = networked({ throttle: true, delay: 0, concurrency: 1 });
  const running = run.engine.run();
  while (run.asked.length < 2) await Promise.resolve();
  network.up = false;
  await settle();
  run.clock.advance(5000);
  await settle();
  network.up = true;
  run.clock.advance(60_000);
  await settle();
  assert.deepEqual(run.parts.scheduler.snapshot().hosts.map(({ delay }) => delay), []);
  run.engine.cancel("x");
  await running;
});

Deno.test("a robots.txt that meets an outage is asked again when the network is back", async () => {
  const network = { up: false };
  const run = open({
    spider,
    robots: true,
    site: ({ url }) => network.up ? answer(url) : failed("connect"),
    outage: { reach: () => Promise.resolve(network.up), lastAnswer: "http://z.com/" },
  });
  const running = run.engine.run();
  await settle();
  run.clock.advance(100_000);
  await settle();
  assert.equal(run.asked.length, 1);
  network.up = true;
  assert.deepEqual(await finish(run.clock, running), { outcome: "finished", reason: "done" });
  assert.deepEqual(asked(run).slice(1), ["GET http://a.com/robots.txt", "GET http://a.com/"]);
});

Deno.test("a robots.txt that fails in the moment in which an answer ends the outage is asked again, too", async () => {
  // The failure of the robots.txt of c.com and the page of b.com come within a few turns of each other.
  for (let turns = 0; turns < 10; turns++) {
    const robots = gate<Outcome>(), page = gate<Outcome>();
    const network = { up: true };
    let robotsAsked = 0;
    const run = open({
      spider: { ...spider, startUrls: ["b", "c", "d"].map((host) => `http://${host}.com/`), *parse() {} },
      robots: true,
      outage: { reach: () => Promise.resolve(network.up) },
      site({ url }) {
        if (url === "http://c.com/robots.txt" && robotsAsked++ === 0) return robots.promise;
        if (url === "http://b.com/") return page.promise;
        return url === "http://d.com/" && !network.up ? failed("connect") : answer(url);
      },
    });
    network.up = false;
    const running = run.engine.run();
    await settle();
    assert.ok(run.parts.outage.down !== undefined, "the network is down");
    robots.open(failed("connect"));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    network.up = true;
    page.open(answer("http://b.com/"));
    assert.deepEqual(await finish(run.clock, running), { outcome: "finished", reason: "done" }, `${turns} turns`);
    assert.equal(run.parts.counters.pages, 3);
  }
});

Deno.test("a host that takes connections and breaks every one of them off does not keep the crawl for ever", async () => {
  const run = open({ spider, site: () => failed("connect"), outage: { reach: () => Promise.resolve(true) } });
  const ending = await finish(run.clock, run.engine.run(), 10_000);
  assert.ok(ending.outcome === "paused" || run.parts.counters.failed === 1);
});

Deno.test("progress says why nothing is sent although something waits", async () => {
  const delayed = open({
    spider: { ...spider, startUrls: ["http://a.com/1", "http://a.com/2"] },
    site: small,
    delay: 30,
  });
  const running = delayed.engine.run();
  await settle();
  assert.equal(delayed.engine.progress.why, "the delay of a.com for 30 s");
  delayed.engine.cancel("x");
  await running;

  const held = open({ spider, robots: true, site: () => new Promise(() => {}) });
  void held.engine.run();
  await settle();
  assert.equal(held.engine.progress.why, "robots.txt of a.com");
  held.engine.cancel("x");
});

Deno.test("the calendar of the tests is not the clock's zero", () => {
  assert.equal(worldOf({ spider, site: small }).clock.wall(), epoch);
});
