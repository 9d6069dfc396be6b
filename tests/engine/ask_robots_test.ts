import assert from "node:assert/strict";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { asked, done, epoch, finish, open as openCrawl, pages, type Said, settle, snapshotOf, times } from "./parts.ts";
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

/** Sites whose robots.txt is at http://b.com/robots.txt, and that host. */
const elsewhere: Said["site"] = ({ url }) =>
  url.endsWith("/robots.txt") && !url.startsWith("http://b.com/")
    ? answer(url, "", 301, { location: "http://b.com/robots.txt" })
    : answer(url, "");

const fromEach = (...urls: readonly string[]) => followFrom(...urls.map((url) => `http://${url}`));

Deno.test("a robots.txt that is at another host waits for that host's delay, and its pages for it", async () => {
  const run = open({
    delay: 3,
    spider: fromEach("b.com/1", "b.com/2", "a1.com/", "a2.com/", "a3.com/"),
    site: elsewhere,
  });
  assert.deepEqual(await run.crawl(), done);
  const atB = run.asked.filter(({ what }) => what.startsWith("http://b.com/")).map(({ at }) => at / 1000);
  assert.deepEqual(atB, [0, 3, 6, 9, 12, 15]);
  assert.equal(pages(run).length, 5);
});

Deno.test("a robots.txt that is at another host waits as long as that host asks, and as its Crawl-delay says", async () => {
  const run = open({
    spider: fromEach("b.com/1", "a1.com/", "a2.com/"),
    site: (request) =>
      request.url === "http://b.com/1"
        ? answer(request.url, "", 429, { "retry-after": "40" })
        : request.url === "http://b.com/robots.txt"
        ? answer(request.url, "User-agent: *\nCrawl-delay: 5")
        : elsewhere(request, undefined),
  });
  await run.crawl();
  const atB = run.asked.filter(({ what }) => what.startsWith("http://b.com/")).map(({ at }) => at / 1000);
  const gaps = atB.slice(1).map((at, before) => at - atB[before]!);
  assert.ok(gaps.every((gap) => gap >= 5), `${atB}`);
  assert.ok(gaps.some((gap) => gap >= 40), `${atB}`);
});

Deno.test("a robots.txt at a host that is not crawled otherwise is asked with its delay, too", async () => {
  const run = open({ delay: 3, spider: fromEach("a1.com/", "a2.com/"), site: elsewhere });
  assert.deepEqual(await run.crawl(), done);
  const atB = run.asked.filter(({ what }) => what.startsWith("http://b.com/")).map(({ at }) => at / 1000);
  assert.equal(atB.length, 2);
  assert.ok(atB[1]! - atB[0]! >= 3, `${atB}`);
  assert.equal(run.parts.scheduler.inFlight, 0);
  assert.equal(run.parts.scheduler.asking, 0);
});

Deno.test("the next time slice keeps the delay of the host that a robots.txt is at", async () => {
  const disk = new FaultyDisk(), clock = new ManualClock(epoch);
  disk.makeFolder("/c");
  const said: Said = {
    delay: 3,
    spider: fromEach("b.com/1", "a1.com/", "a2.com/"),
    site: elsewhere,
    disk,
    clock,
    folder: "/c",
  };
  const atB: number[] = [];
  let snapshot: Said["snapshot"];
  for (let slice = 0, ending; ending?.outcome !== "finished"; slice++) {
    assert.ok(slice < 30);
    const run = open({ ...said, ...snapshot && { snapshot } });
    clock.after(1000, () => run.engine.pause("timeout"));
    ending = await run.crawl();
    atB.push(...run.asked.filter(({ what }) => what.startsWith("http://b.com/")).map(({ at }) => at / 1000));
    snapshot = snapshotOf(run);
    for (const part of [run.parts.frontier, run.parts.items, run.parts.failures, run.parts.logs]) part?.close();
  }
  assert.equal(atB.length, 4);
  assert.ok(atB.slice(1).every((at, before) => at - atB[before]! >= 3), `${atB}`);
});

Deno.test("two hosts whose robots.txt lead to each other do not wait for each other for ever", async () => {
  const run = open({
    delay: 3,
    spider: fromEach("b.com/1", "c.com/1"),
    site: ({ url }) =>
      url.endsWith("/robots.txt")
        ? answer(url, "", 301, { location: `http://${url.includes("b.com") ? "c" : "b"}.com/robots.txt` })
        : answer(url),
  });
  assert.deepEqual(await run.crawl(), done);
  assert.equal(pages(run).length, 2);
  for (const host of ["b", "c"]) {
    const at = run.asked.filter(({ what }) => what.startsWith(`http://${host}.com/`)).map(({ at }) => at / 1000);
    assert.ok(at.slice(1).every((time, before) => time - at[before]! >= 3), `${at}`);
  }
});
