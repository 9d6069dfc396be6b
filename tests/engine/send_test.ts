import assert from "node:assert/strict";
import type { EngineOptions } from "../../lib/engine/engine.ts";
import { sendForRobots } from "../../lib/engine/send.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { done, finish, open as openCrawl, type Run, type Said, settle } from "./parts.ts";
import { answer, failed, followAll, followFrom, type Site } from "./site.ts";

/** A crawl of three pages, one after the other. */
function open(said: Said, options: Partial<EngineOptions> = {}): Run {
  return openCrawl({ spider: followFrom("/0", "/1", "/2"), concurrency: 1, ...said }, options);
}

/** Blocks what comes directly, and answers what comes through a proxy. */
function blocking(status: number, headers: Record<string, string> = {}): Site {
  return ({ url }, _signal, proxy) => proxy === undefined ? answer(url, "", status, headers) : answer(url, "page");
}

/** What was asked for, and through which proxy. */
const ways = ({ asked }: Run) => asked.map(({ what, proxy = "direct" }) => `${what} ${proxy}`);

/** The same, and when, in seconds. */
const timedWays = ({ asked }: Run) => asked.map(({ what, proxy = "direct", at }) => `${what} ${proxy} ${at / 1000}`);

Deno.test("what is blocked goes once more through the paid tier, after the delay of the host and nothing else", async () => {
  const site = blocking(429, { "retry-after": "600" });
  const run = open({ site, delay: 2, proxies: { paid: ["p"] } });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(timedWays(run), ["/0 direct 0", "/0 p 2", "/1 p 4", "/2 p 6"]);
  const { pages, retries, downloads, statuses, tiers, blocked } = run.parts.counters;
  assert.deepEqual({ pages, retries, downloads, statuses, tiers, blocked }, {
    pages: 3,
    retries: 0,
    downloads: 4,
    statuses: { 200: 3, 429: 1 },
    tiers: { direct: { requests: 1, ok: 0, bytes: 0 }, datacenter: { requests: 3, ok: 3, bytes: 12 } },
    blocked: {},
  });
});

Deno.test("what is blocked again in the paid tier is what a block is without one", async () => {
  const site: Site = ({ url }) => answer(url, "", 403);
  const run = open({ site, proxies: { paid: ["p"] } });
  await run.crawl();
  assert.deepEqual(ways(run), ["/0 direct", "/0 p", "/1 p", "/2 p"]);
  assert.deepEqual(run.failures().map(({ kind, status, attempts }) => [kind, status, attempts]), [
    ["status", 403, 1],
    ["status", 403, 1],
    ["status", 403, 1],
  ]);
  assert.deepEqual(run.parts.counters.blocked, { "a.com": 3 });
});

Deno.test("a 503 with Retry-After in the paid tier is waited for and tried again, as any", async () => {
  let busy = true;
  const site: Site = ({ url }, _signal, proxy) => {
    if (proxy !== undefined && !busy) return answer(url, "page");
    busy = proxy === undefined;
    return answer(url, "", 503, { "retry-after": "60" });
  };
  const run = open({ spider: followFrom("/0"), site, proxies: { paid: ["p"] } });
  await run.crawl();
  assert.deepEqual(timedWays(run), ["/0 direct 0", "/0 p 0", "/0 p 60"]);
});

Deno.test("without a paid tier a block is retried, or a failure, as any answer of its status", async () => {
  const run = open({ spider: followFrom("/0"), site: blocking(429) }, { retries: 1 });
  await run.crawl();
  assert.equal(run.asked.length, 2);
  assert.deepEqual(run.failures().map(({ kind, message }) => [kind, message]), [["status", "status 429"]]);
  assert.deepEqual(run.parts.counters.blocked, { "a.com": 1 });
});

Deno.test("the cookies of a block that is left behind are not kept", async () => {
  const run = open({ site: blocking(403, { "set-cookie": "caught=yes" }), proxies: { paid: ["p"] } });
  await run.crawl();
  assert.deepEqual(run.asked.map(({ headers }) => headers.cookie), [undefined, undefined, undefined, undefined]);
});

Deno.test("a request that may not be sent twice is not; what it learnt counts for the next", async () => {
  const spider: Spider = {
    ...followAll,
    *start() {
      yield { url: "http://a.com/order", method: "POST", body: "x", priority: 1 };
      yield { url: "http://a.com/page" };
    },
  };
  const run = open({ spider, site: blocking(403), proxies: { paid: ["p"] } });
  await run.crawl();
  assert.deepEqual(run.asked.map(({ what, proxy }) => [what, proxy]), [
    ["POST /order", undefined],
    ["/page", "p"],
  ]);
  assert.deepEqual(run.failures().map(({ url }) => url), ["http://a.com/order"]);
});

Deno.test("a status that the spider or the request handles is no block", async () => {
  const spider: Spider = {
    ...followAll,
    *start() {
      yield { url: "http://a.com/0", handleStatuses: [403] };
    },
  };
  const seen = open({ spider, site: blocking(403), proxies: { paid: ["p"] } });
  await seen.crawl();
  assert.deepEqual([seen.items().length, seen.asked.length], [1, 1]);
  const all = open({
    spider: followFrom("/0"),
    site: blocking(403),
    proxies: { paid: ["p"] },
    blocks: { statuses: [403], handled: [403] },
  }, { handleStatuses: [403] });
  await all.crawl();
  assert.deepEqual([all.items().length, all.asked.length], [1, 1]);
});

const challenge = { "cf-mitigated": "challenge" };

Deno.test("a challenge with status 200 is no page: it is tried again, and then a failure that says whose it is", async () => {
  const site: Site = ({ url }) => answer(url, "<h1>prove it</h1>", 200, challenge);
  const run = open({ spider: followFrom("/0"), site }, { retries: 1 });
  await run.crawl();
  assert.deepEqual(run.items(), []);
  assert.deepEqual(run.failures().map(({ kind, message, status, attempts }) => ({ kind, message, status, attempts })), [
    {
      kind: "blocked",
      message: "a.com wants proof that we are a browser (Cloudflare, status 200)",
      status: 200,
      attempts: 2,
    },
  ]);
  assert.deepEqual(run.parts.counters.blocked, { "a.com": 1 });
  assert.deepEqual(run.parts.counters.tiers.direct, { requests: 2, ok: 0, bytes: 34 });
});

Deno.test("a challenge that is got around is a page like any other", async () => {
  const site: Site = ({ url }, _signal, proxy) => answer(url, "page", 200, proxy === undefined ? challenge : {});
  const run = open({ site, proxies: { paid: ["p"] } });
  await run.crawl();
  assert.equal(run.items().length, 3);
  assert.deepEqual(ways(run), ["/0 direct", "/0 p", "/1 p", "/2 p"]);
});

Deno.test("after half an hour one direct request sees whether a host still blocks us", async () => {
  let blocks = true;
  const site: Site = (request, signal, proxy) => {
    blocks &&= run.clock.now() < 3_000_000;
    return blocks ? blocking(403)(request, signal, proxy) : answer(request.url, "page");
  };
  const run = open({
    spider: followFrom(...Array.from({ length: 9 }, (_, at) => `/${at}`)),
    site,
    delay: 600,
    proxies: { paid: ["p"] },
  });
  await run.crawl(10_000);
  assert.deepEqual(run.asked.map(({ at, proxy = "direct" }) => `${at / 60_000} ${proxy}`), [
    "0 direct",
    "10 p",
    "20 p",
    // The probe, which is blocked: for an hour more.
    "30 direct",
    "40 p",
    "50 p",
    "60 p",
    "70 p",
    "80 p",
    "90 direct",
    "100 direct",
  ]);
  assert.equal(run.items().length, 9);
});

Deno.test("while no proxy of the paid tier works, what needs one waits, and costs no attempt", async () => {
  let dead = true;
  const site: Site = (request, signal, proxy) =>
    proxy !== undefined && dead ? failed("proxy", "it is dead") : blocking(403)(request, signal, proxy);
  const other = "http://b.com/";
  const spider = followFrom("/0", "/1", other);
  const free: Site = (request, signal, proxy) =>
    request.url === other ? answer(other, "page") : site(request, signal, proxy);
  const run = open({ spider, site: free, concurrency: 2, concurrencyPerHost: 1, proxies: { paid: ["p"] } }, {
    retries: 0,
  });
  const running = run.engine.run();
  await settle();
  run.clock.advance(20_000);
  await settle();
  assert.deepEqual(run.items(), [{ url: other }], "other hosts do not wait");
  assert.equal(run.asked.filter(({ proxy }) => proxy !== undefined).length, 1, "the proxy rests");
  dead = false;
  assert.deepEqual(await finish(run.clock, running), done);
  assert.equal(run.items().length, 3);
  assert.deepEqual(run.parts.counters.retries, 0);
  assert.deepEqual(run.events.filter(({ type }) => type === "outage"), []);
});

Deno.test("a paid tier that is down for too long pauses the crawl", async () => {
  const site: Site = (request, signal, proxy) =>
    proxy !== undefined ? failed("proxy", "it is dead") : blocking(403)(request, signal, proxy);
  const run = open({ site, proxies: { paid: ["p"] }, outage: { timeout: 120 } });
  assert.deepEqual(await run.crawl(), { outcome: "paused", reason: "outage" });
  assert.ok(run.clock.now() >= 120_000);
  assert.deepEqual(run.failures(), []);
});

Deno.test("when everything goes through proxies and none works, the crawl waits for the first that does", async () => {
  let dead = true;
  const site: Site = ({ url }) => dead ? failed("proxy", "it is dead") : answer(url, "page");
  const reach = () => Promise.resolve(!dead);
  const run = open({ site, proxies: { always: ["p", "q"] }, outage: { reach } }, { retries: 0 });
  const running = run.engine.run();
  for (let seconds = 0; seconds < 100; seconds += 10) {
    await settle();
    run.clock.advance(10_000);
  }
  assert.ok(run.events.some(({ type }) => type === "outage"));
  assert.deepEqual(run.asked.map(({ proxy }) => proxy), ["p", "q"]);
  dead = false;
  assert.deepEqual(await finish(run.clock, running), done);
  assert.equal(run.items().length, 3);
  assert.deepEqual(run.failures(), []);
});

Deno.test("a host that no proxy reaches is given up after its attempts, and costs the others nothing", async () => {
  const dead = "http://dead.com/";
  const site: Site = ({ url }) => url === dead ? failed("connect", "no connection") : answer(url, "page");
  const run = open({ spider: followFrom(dead, "/0", "/1", "/2"), site, proxies: { always: ["p", "q"] } }, {
    retries: 1,
  });
  await run.crawl();
  assert.deepEqual(run.failures().map(({ url, kind, attempts }) => [url, kind, attempts]), [[dead, "connect", 2]]);
  assert.equal(run.items().length, 3);
});

Deno.test("a name that a proxy cannot find is given up at once", async () => {
  const gone = "http://gone.invalid/";
  const lost: Outcome = { failure: { kind: "dns", message: "no such host", final: true } };
  const site: Site = ({ url }) => url === gone ? lost : answer(url, "page");
  const run = open({ spider: followFrom("/0", "/1", gone), site, proxies: { always: ["p"] } });
  await run.crawl();
  assert.deepEqual(run.failures().map(({ url, attempts }) => [url, attempts]), [[gone, 1]]);
  assert.equal(run.parts.counters.retries, 0);
});

Deno.test("proxies that all refuse the password are told of once they do", async () => {
  const denied: string[] = [];
  const refusal: Outcome = { failure: { kind: "proxy", message: "it refuses", final: true } };
  const run = open({
    site: () => refusal,
    proxies: { always: ["p", "q"] },
    onDenied: (message) => {
      denied.push(message);
      run.engine.fail(new Error(message), true);
    },
  });
  const ending = await run.crawl();
  assert.equal(ending.outcome, "failed");
  assert.deepEqual(denied, ["it refuses"]);
  assert.deepEqual(run.asked.map(({ proxy }) => proxy), ["p", "q"]);
});

Deno.test("a crawl that is cancelled while a blocked request waits for its turn leaves it pending", async () => {
  const run = open({ spider: followFrom("/0"), site: blocking(403), delay: 60, proxies: { paid: ["p"] } });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  await settle();
  run.clock.advance(120_000);
  await settle();
  assert.deepEqual(timedWays(run), ["/0 direct 0"]);
  assert.equal(run.parts.frontier.inFlight, 1);
});

Deno.test("robots.txt goes the way that its host is known to need, and teaches nothing", async () => {
  const run = open({ site: blocking(403), proxies: { paid: ["p"] } });
  const robots = () => sendForRobots("http://a.com/robots.txt", false, run.parts);
  assert.equal((await robots()).response?.status, 403);
  assert.equal(run.asked.at(-1)?.proxy, undefined);
  assert.equal(run.parts.tiers.choose("a.com", false), "direct");
  run.parts.tiers.blocked("a.com", "direct");
  run.clock.advance(3_600_000);
  assert.equal((await robots()).response?.status, 200);
  assert.equal(run.asked.at(-1)?.proxy, "p", "it is never the probe");
  assert.deepEqual(run.parts.counters.tiers, {
    direct: { requests: 1, ok: 0, bytes: 0 },
    datacenter: { requests: 1, ok: 1, bytes: 4 },
  });
});
