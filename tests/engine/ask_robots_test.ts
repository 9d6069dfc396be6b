import assert from "node:assert/strict";
import { Engine } from "../../lib/engine/engine.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { answer, finish, noLimits, type Said, settle, worldOf } from "./parts.ts";

const spider: Spider = {
  name: "test",
  *parse(page: Page) {
    yield { url: page.url };
  },
};

function open(said: Said) {
  const world = worldOf({ robots: true, ...said });
  const engine = new Engine(world.parts, noLimits);
  const asked = () => world.asked.map(({ what }) => what.replace("GET http://", ""));
  const pages = () => world.items().map((item) => (item as { url: string }).url);
  const times = () => world.asked.map(({ at }) => at / 1000);
  return { ...world, engine, asked, times, pages };
}

Deno.test("one robots.txt is asked for, however many requests of its origin wait for it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const startUrls = Array.from({ length: 50 }, (_, at) => `http://${at % 2 === 0 ? "a" : "b"}.com/${at}`);
  const run = open({
    spider: { ...spider, startUrls },
    async site({ url }) {
      if (url.endsWith("robots.txt")) await promise;
      return answer(url, url.endsWith("robots.txt") ? "User-agent: *\nDisallow: /7" : "");
    },
  });
  const running = run.engine.run();
  await settle();
  assert.deepEqual(run.asked().sort(), ["a.com/robots.txt", "b.com/robots.txt"]);
  resolve();
  await finish(run.clock, running);
  assert.equal(run.asked().filter((url) => url.endsWith("robots.txt")).length, 2);
  assert.equal(run.pages().length, 49);
  assert.equal(run.parts.counters.failed, 1);
});

Deno.test("each origin has a robots.txt of its own, also on one host", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/1", "https://a.com/1", "http://a.com:81/1"] },
    site: ({ url }) => answer(url, url.startsWith("https://") ? "User-agent: *\nDisallow: /" : ""),
  });
  await finish(run.clock, run.engine.run());
  assert.equal(run.asked().filter((url) => url.endsWith("/robots.txt")).length, 3);
  assert.deepEqual(run.pages().sort(), ["http://a.com/1", "http://a.com:81/1"]);
});

Deno.test("a site that could not say is asked again ten minutes later, and then what it says counts", async () => {
  let isDown = true;
  const run = open({
    spider: {
      ...spider,
      async *start() {
        yield "http://a.com/1";
        await new Promise<void>((later) => run.clock.after(9 * 60_000, later));
        yield "http://a.com/2";
        isDown = false;
        await new Promise<void>((later) => run.clock.after(2 * 60_000, later));
        yield "http://a.com/3";
      },
    },
    site: ({ url }) => answer(url, "", url.endsWith("robots.txt") && isDown ? 503 : 200),
  });
  await finish(run.clock, run.engine.run(), 1000);
  assert.deepEqual(run.asked(), [...Array(4).fill("a.com/robots.txt"), "a.com/3"]);
  assert.deepEqual(run.failures().map(({ url, kind }) => [url, kind]), [
    ["http://a.com/1", "robots"],
    ["http://a.com/2", "robots"],
  ]);
});

Deno.test("a timeout of robots.txt is asked again, and a site that answers none of the attempts is not crawled", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/1", "http://b.com/1"] },
    site: ({ url }) =>
      url === "http://a.com/robots.txt"
        ? { failure: { kind: "timeout", message: "a.com sent no answer within 30 s" } }
        : answer(url, "", url.endsWith("robots.txt") ? 404 : 200),
  });
  await finish(run.clock, run.engine.run());
  assert.equal(run.asked().filter((url) => url === "a.com/robots.txt").length, 3);
  assert.deepEqual(run.pages(), ["http://b.com/1"]);
  assert.equal(
    run.failures()[0]?.["message"],
    "http://a.com/robots.txt cannot be read, which counts as a refusal: a.com sent no answer within 30 s",
  );
});

Deno.test("an absurd Crawl-delay does not hang a crawl, and is told once", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/1", "http://a.com/2", "http://a.com/3"] },
    site: ({ url }) => answer(url, url.endsWith("robots.txt") ? "User-agent: *\nCrawl-delay: 1e9" : ""),
  });
  await finish(run.clock, run.engine.run(), 10_000);
  assert.deepEqual(run.times(), [0, 600, 1200, 1800]);
  const told = run.events.flatMap((event) => event.type === "log" ? [event] : []);
  assert.deepEqual(told.map(({ level, url }) => [level, url]), [["warn", "http://a.com/robots.txt"]]);
});
