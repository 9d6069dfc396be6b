import assert from "node:assert/strict";
import type { Outcome } from "../../lib/model/outcome.ts";
import { asked, done, finish, open, type Said, settle } from "./parts.ts";
import { answer, failed, followFrom, links } from "./site.ts";

/** A network that can be pulled out, and a crawl over it. */
function networked(said: Partial<Said> = {}) {
  const network = { up: true };
  const run = open({
    spider: followFrom("/", "http://b.com/"),
    site: (request) => network.up ? answer(request.url, links("/1", "/2", "/3")) : failed("connect"),
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
  assert.deepEqual(await finish(run.clock, running), done);
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
  assert.deepEqual(["a.com", "b.com"].map((host) => run.parts.scheduler.delayOf(host)), [0, 0]);
  run.engine.cancel("x");
  await running;
});

Deno.test("a robots.txt that meets an outage is asked again when the network is back", async () => {
  const network = { up: false };
  const run = open({
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
  assert.deepEqual(await finish(run.clock, running), done);
  assert.deepEqual(asked(run).slice(1), ["/robots.txt", "/"]);
});

Deno.test("a robots.txt that fails in the moment in which an answer ends the outage is asked again, too", async () => {
  // The failure of the robots.txt of c.com and the page of b.com come within a few turns of each other.
  for (let turns = 0; turns < 10; turns++) {
    const robots = Promise.withResolvers<Outcome>(), page = Promise.withResolvers<Outcome>();
    const network = { up: true };
    let robotsAsked = 0;
    const run = open({
      spider: followFrom("http://b.com/", "http://c.com/", "http://d.com/"),
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
    robots.resolve(failed("connect"));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    network.up = true;
    page.resolve(answer("http://b.com/"));
    assert.deepEqual(await finish(run.clock, running), done, `${turns} turns`);
    assert.equal(run.parts.counters.pages, 3);
  }
});

Deno.test("a host that takes connections and breaks every one of them off does not keep the crawl for ever", async () => {
  const run = open({ site: () => failed("connect"), outage: { reach: () => Promise.resolve(true) } });
  const ending = await run.crawl(10_000);
  assert.ok(ending.outcome === "paused" || run.parts.counters.failed === 1);
});
