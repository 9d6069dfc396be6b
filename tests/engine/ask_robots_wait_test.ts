import assert from "node:assert/strict";
import type { EngineOptions } from "../../lib/engine/engine.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { asked, done, epoch, finish, open as openCrawl, pages, type Said, settle, snapshotOf, times } from "./parts.ts";
import { answer, failed, followFrom, type Site } from "./site.ts";

/** A crawl that obeys robots.txt. */
const open = (said: Said, options?: Partial<EngineOptions>) => openCrawl({ robots: true, ...said }, options);

const paused = { outcome: "paused", reason: "SIGINT" };

/** A robots.txt that is elsewhere, on the same host. */
const moved: Site = ({ url }) =>
  url.endsWith("/robots.txt") ? answer(url, "", 302, { location: "/robots" }) : answer(url);

/** A site whose robots.txt answers with these in turn, and with the last of them from then on. */
function robotsIn(turns: readonly ((url: string) => Outcome)[]): Site {
  let turn = 0;
  return ({ url }) => {
    if (!url.endsWith("/robots.txt")) return answer(url);
    const next = turns[Math.min(turn, turns.length - 1)]!;
    turn += 1;
    return next(url);
  };
}

/** An answer that asks to wait. */
const busy = (status: number, retryAfter: string) => (url: string) =>
  answer(url, "", status, { "retry-after": retryAfter });

Deno.test("pause() does not wait for the delay before a robots.txt that is redirected, and keeps what waits for it", async () => {
  const run = open({ site: moved, delay: 20 });
  const running = run.engine.run();
  await settle();
  assert.deepEqual(asked(run), ["/robots.txt"]);
  run.engine.pause("SIGINT");
  assert.deepEqual(await running, paused);
  assert.deepEqual([run.parts.frontier.waiting, run.parts.frontier.inFlight], [1, 0]);
  run.clock.advance(60_000);
  await settle();
  assert.deepEqual(asked(run), ["/robots.txt"]);
});

Deno.test("pause() follows no redirect of a robots.txt that was in flight, also where there is no delay", async () => {
  const hold = Promise.withResolvers<void>();
  const run = open({
    async site(...said) {
      await hold.promise;
      return moved(...said);
    },
  });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  hold.resolve();
  assert.deepEqual(await running, paused);
  assert.deepEqual(asked(run), ["/robots.txt"]);
  assert.equal(run.parts.frontier.waiting, 1);
});

Deno.test("cancel() follows no redirect of a robots.txt either", async () => {
  const run = open({ site: moved, delay: 20 });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, paused);
  run.clock.advance(60_000);
  await settle();
  assert.deepEqual(asked(run), ["/robots.txt"]);
});

Deno.test("while a pause waits for a page, no further attempt at a robots.txt is made", async () => {
  const hold = Promise.withResolvers<void>();
  const run = open({
    spider: followFrom("/1", "http://b.com/1"),
    async site({ url }) {
      if (url === "http://b.com/1") await hold.promise;
      return answer(url, "", url === "http://a.com/robots.txt" ? 500 : url.endsWith("robots.txt") ? 404 : 200);
    },
  });
  const running = run.engine.run();
  await settle();
  const before = asked(run);
  assert.deepEqual(before, ["/robots.txt", "http://b.com/robots.txt", "http://b.com/1"]);
  run.engine.pause("SIGINT");
  run.clock.advance(60_000);
  await settle();
  hold.resolve();
  assert.deepEqual(await running, paused);
  assert.deepEqual(asked(run), before);
  assert.deepEqual([run.parts.frontier.waiting, run.failures().length], [1, 0]);
});

Deno.test("while a pause waits for a page, the end of an outage makes nobody ask for a robots.txt", async () => {
  const hold = Promise.withResolvers<void>();
  let reaches = false;
  const run = open({
    spider: followFrom("http://b.com/1", "/1"),
    concurrency: 2,
    outage: { reach: () => Promise.resolve(reaches) },
    async site({ url }) {
      if (url === "http://b.com/1") await hold.promise;
      return url === "http://a.com/robots.txt" ? failed("reset") : answer(url);
    },
  });
  const running = run.engine.run();
  await settle();
  assert.notEqual(run.parts.outage.down, undefined);
  const before = asked(run);
  run.engine.pause("SIGINT");
  reaches = true;
  run.clock.advance(60_000);
  await settle();
  assert.equal(run.parts.outage.down, undefined);
  hold.resolve();
  assert.deepEqual(await running, paused);
  assert.deepEqual(asked(run), before);
});

Deno.test("after a pause the next run goes on where the robots.txt has redirected to, and loses nothing", async () => {
  const said = { spider: followFrom("/1", "/2"), site: moved, delay: 20, folder: "/queues" };
  const run = open(said);
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  await running;
  const { disk, clock } = run;
  const next = open({ ...said, disk, clock, snapshot: snapshotOf(run) });
  assert.deepEqual(await next.crawl(), done);
  assert.deepEqual(asked(next), ["/robots", "/1", "/2"]);
});

Deno.test("a robots.txt that is busy is asked again when it says, by a number or a date, and the site is crawled then", async () => {
  const date = new Date(epoch + 90_000).toUTCString();
  const run = open({
    site: robotsIn([busy(503, "40"), busy(503, date), (url) => answer(url, "User-agent: *\nDisallow: /no")]),
    spider: followFrom("/1"),
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/robots.txt", "/robots.txt", "/robots.txt", "/1"]);
  assert.deepEqual(times(run), [0, 40, 90, 90]);
  assert.deepEqual(pages(run), ["/1"]);
});

Deno.test("what a busy robots.txt redirects to may ask to wait, too", async () => {
  let attempts = 0;
  const run = open({
    site({ url }) {
      if (url.endsWith("/robots.txt")) return answer(url, "", 302, { location: "/robots" });
      return url.endsWith("/robots") && attempts++ === 0 ? busy(503, "40")(url) : answer(url);
    },
  });
  await run.crawl();
  assert.deepEqual(times(run), [0, 0, 40, 40, 40]);
});

Deno.test("a robots.txt makes nobody wait longer than maxRetryAfter, nor less than the back-off", async () => {
  const run = open({ site: robotsIn([busy(503, "86400"), busy(503, "0"), (url) => answer(url)]) }, {
    maxRetryAfter: 30,
  });
  await run.crawl();
  assert.deepEqual(times(run), [0, 30, 32, 32]);
});

Deno.test("Retry-After of another failure of a robots.txt than 503 means nothing", async () => {
  const run = open({ site: robotsIn([busy(500, "40"), (url) => answer(url)]) });
  await run.crawl();
  assert.deepEqual(times(run), [0, 1, 1]);
});

Deno.test("a robots.txt with 429 forbids nothing, but the first page waits as long as it asks for", async () => {
  const run = open({ site: robotsIn([busy(429, "40")]), spider: followFrom("/1") });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/robots.txt", "/1"]);
  assert.deepEqual(times(run), [0, 40]);
});

Deno.test("pause() does not wait for the Retry-After of a robots.txt", async () => {
  for (const status of [429, 503]) {
    const run = open({ site: robotsIn([busy(status, "500")]) });
    const running = run.engine.run();
    await settle();
    run.engine.pause("SIGINT");
    assert.deepEqual(await finish(run.clock, running, 0), paused);
    run.clock.advance(1_000_000);
    await settle();
    assert.deepEqual(asked(run), ["/robots.txt"]);
    assert.equal(run.parts.frontier.waiting, 1);
  }
});
