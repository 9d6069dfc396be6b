import assert from "node:assert/strict";
import type { Outcome } from "../../lib/model/outcome.ts";
import { done, finish, open, settle } from "./parts.ts";
import { answer, followAll, followFrom, links, smallSite, startingAgainAfter } from "./site.ts";

Deno.test("pause() takes no more requests, finishes those in flight, and keeps the others", async () => {
  const hold = Promise.withResolvers<Outcome>();
  const run = open({
    spider: followFrom("/1", "/2", "/3"),
    site: ({ url }) => url.endsWith("1") ? hold.promise : answer(url),
    concurrency: 1,
  });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  run.engine.pause("timeout");
  await settle();
  assert.equal(run.engine.progress.why, "pausing: 1 page is being finished");
  assert.equal(run.asked.length, 1);
  hold.resolve(answer("http://a.com/1", links("/4")));
  assert.deepEqual(await finish(run.clock, running), { outcome: "paused", reason: "SIGINT" });
  assert.equal(run.asked.length, 1);
  assert.deepEqual([run.parts.frontier.waiting, run.parts.frontier.inFlight, run.items().length], [3, 0, 1]);
});

Deno.test("a pause on the very last page is the end", async () => {
  const hold = Promise.withResolvers<Outcome>();
  const run = open({ site: () => hold.promise });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  hold.resolve(answer("http://a.com/"));
  assert.deepEqual(await finish(run.clock, running), done);
});

Deno.test("pause() with nothing in flight pauses at once", async () => {
  const run = open({ site: smallSite, delay: 100 });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGTERM");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGTERM" });
  assert.equal(run.parts.frontier.waiting, 2);
});

Deno.test("pause() does not wait for a start request that does not come", async () => {
  const run = open({
    spider: {
      ...followAll,
      async *start() {
        yield "http://a.com/1";
        await new Promise(() => {});
      },
    },
    site: smallSite,
  });
  const running = run.engine.run();
  await settle();
  run.engine.pause("SIGINT");
  assert.deepEqual(await finish(run.clock, running), { outcome: "paused", reason: "SIGINT" });
});

Deno.test("cancel() ends at once: requests in flight are aborted, stay pending, and what they bring is not committed", async () => {
  const hold = Promise.withResolvers<Outcome>();
  const run = open({ site: ({ url }) => url.endsWith("/") ? answer(url, links("/1")) : hold.promise });
  const running = run.engine.run();
  await settle();
  assert.equal(run.asked.length, 2);
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  assert.ok(run.signals.every((signal) => signal?.aborted));
  const counters = structuredClone(run.parts.counters);
  hold.resolve(answer("http://a.com/1"));
  await settle();
  assert.deepEqual(run.parts.counters, counters);
  assert.deepEqual([run.items().length, run.parts.frontier.inFlight, run.parts.frontier.waiting], [1, 1, 0]);
});

Deno.test("cancel() does not wait for a callback, and commits nothing of it", async () => {
  const hold = Promise.withResolvers<void>();
  const run = open({
    spider: {
      ...followAll,
      async *parse() {
        yield { early: true };
        await hold.promise;
        yield { late: true };
      },
    },
    site: smallSite,
  });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  hold.resolve();
  await settle();
  assert.deepEqual([run.items().length, run.parts.counters.pages, run.parts.frontier.inFlight], [0, 0, 1]);
});

Deno.test("start requests that come after cancel() are not taken for taken", async () => {
  const hold = Promise.withResolvers<void>();
  const run = open({
    spider: startingAgainAfter(hold.promise),
    site: smallSite,
  });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("SIGINT");
  await running;
  const { known } = run.parts.frontier;
  hold.resolve();
  await settle();
  const { taken, done } = run.parts.starts.snapshot();
  assert.deepEqual([taken, done], [1, false]);
  assert.equal(run.parts.frontier.known, known);
});
