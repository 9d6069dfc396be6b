import assert from "node:assert/strict";
import { asked, done, finish, open as openCrawl, pages, type Said, settle, times } from "./parts.ts";
import { answer, followAll, followFrom, smallSite } from "./site.ts";

/** A crawl that obeys robots.txt. */
const open = (said: Said) => openCrawl({ robots: true, ...said });

Deno.test("robots.txt is asked before anything else of its origin, and what it forbids is a failure", async () => {
  const run = open({
    spider: followFrom("/private", "/1"),
    site: ({ url }) => url.endsWith("robots.txt") ? answer(url, "User-agent: *\nDisallow: /private") : answer(url),
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/robots.txt", "/1"]);
  assert.deepEqual(run.failures().map(({ url, kind, message }) => ({ url, kind, message })), [{
    url: "http://a.com/private",
    kind: "robots",
    message: "http://a.com/robots.txt forbids it",
  }]);
});

Deno.test("a robots.txt that cannot be read is asked again, and then counts as a refusal", async () => {
  const run = open({ site: ({ url }) => answer(url, "", url.endsWith("robots.txt") ? 500 : 200) });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), Array(3).fill("/robots.txt"));
  assert.equal(run.failures()[0]?.["kind"], "robots");
});

Deno.test("the delay is kept between the attempts at a robots.txt, too", async () => {
  const run = open({ site: ({ url }) => answer(url, "", url.endsWith("robots.txt") ? 503 : 200), delay: 10 });
  await run.crawl();
  assert.deepEqual(times(run), [0, 10, 20]);
});

Deno.test("the delay is kept between a robots.txt and where it redirects to on the same host", async () => {
  const run = open({
    delay: 10,
    site: ({ url }) => url.endsWith("/robots.txt") ? answer(url, "", 302, { location: "/robots" }) : answer(url),
  });
  await run.crawl();
  assert.deepEqual(times(run), [0, 10, 20]);
});

Deno.test("Crawl-delay is kept, robots.txt included", async () => {
  const run = open({
    site: (request) =>
      request.url.endsWith("robots.txt")
        ? answer(request.url, "User-agent: *\nCrawl-delay: 5")
        : smallSite(request, undefined),
  });
  await run.crawl();
  assert.deepEqual(times(run), [0, 5, 10, 15, 20, 25]);
});

Deno.test("one robots.txt is asked for, however many requests of its origin wait for it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const urls = Array.from({ length: 50 }, (_, at) => `http://${at % 2 === 0 ? "a" : "b"}.com/${at}`);
  const run = open({
    spider: followFrom(...urls),
    async site({ url }) {
      if (url.endsWith("robots.txt")) await promise;
      return answer(url, url.endsWith("robots.txt") ? "User-agent: *\nDisallow: /7" : "");
    },
  });
  const running = run.engine.run();
  await settle();
  assert.deepEqual(asked(run).sort(), ["/robots.txt", "http://b.com/robots.txt"]);
  resolve();
  await finish(run.clock, running);
  assert.equal(asked(run).filter((url) => url.endsWith("robots.txt")).length, 2);
  assert.equal(pages(run).length, 49);
  assert.equal(run.parts.counters.forbidden, 1);
});

Deno.test("each origin has a robots.txt of its own, also on one host", async () => {
  const run = open({
    spider: followFrom("/1", "https://a.com/1", "http://a.com:81/1"),
    site: ({ url }) => answer(url, url.startsWith("https://") ? "User-agent: *\nDisallow: /" : ""),
  });
  await run.crawl();
  assert.equal(asked(run).filter((url) => url.endsWith("/robots.txt")).length, 3);
  assert.deepEqual(pages(run), ["/1", "http://a.com:81/1"]);
});

Deno.test("a site that could not say is asked again ten minutes later, and then what it says counts", async () => {
  let isDown = true;
  const run = open({
    spider: {
      ...followAll,
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
  await run.crawl(1000);
  assert.deepEqual(asked(run), [...Array(4).fill("/robots.txt"), "/3"]);
  assert.deepEqual(run.failures().map(({ url, kind }) => [url, kind]), [
    ["http://a.com/1", "robots"],
    ["http://a.com/2", "robots"],
  ]);
});

Deno.test("a timeout of robots.txt is asked again, and a site that answers none of the attempts is not crawled", async () => {
  const run = open({
    spider: followFrom("/1", "http://b.com/1"),
    site: ({ url }) =>
      url === "http://a.com/robots.txt"
        ? { failure: { kind: "timeout", message: "a.com sent no answer within 30 s" } }
        : answer(url, "", url.endsWith("robots.txt") ? 404 : 200),
  });
  await run.crawl();
  assert.equal(asked(run).filter((url) => url === "/robots.txt").length, 3);
  assert.deepEqual(pages(run), ["http://b.com/1"]);
  assert.equal(
    run.failures()[0]?.["message"],
    "http://a.com/robots.txt cannot be read, which counts as a refusal: a.com sent no answer within 30 s",
  );
});

Deno.test("an absurd Crawl-delay does not hang a crawl, and is told once", async () => {
  const run = open({
    spider: followFrom("/1", "/2", "/3"),
    site: ({ url }) => answer(url, url.endsWith("robots.txt") ? "User-agent: *\nCrawl-delay: 1e9" : ""),
  });
  await run.crawl(10_000);
  assert.deepEqual(times(run), [0, 600, 1200, 1800]);
  const logged = run.events.filter((event) => event.type === "log");
  assert.deepEqual(logged.map(({ level, url }) => [level, url]), [["warn", "http://a.com/robots.txt"]]);
});
