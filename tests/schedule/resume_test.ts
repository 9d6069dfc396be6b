import assert from "node:assert/strict";
import { Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest } from "../../lib/model/request.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { countOf, epoch, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("requests of an earlier process are next without being added", () => {
  const frontier = new Frontier({ seen: new Seen() });
  frontier.add(createRequest("http://a.com/"));
  const { scheduler } = openScheduler({ frontier });
  assert.equal(scheduler.waiting, 1);
  assert.equal(scheduler.next()?.url, "http://a.com/");
});

Deno.test("a scheduler that goes on from a snapshot waits the delay before the first request to every host", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 3, snapshot: { hosts: [] } });
  add("a.com");
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 3000);
  clock.advance(2000);
  add("b.com");
  assert.equal(scheduler.next(), undefined);
  clock.advance(1000);
  assert.deepEqual(hostsOf(takeAll(scheduler)).sort(), ["a.com", "b.com"]);
});

Deno.test("a new crawl does not wait before its first request", () => {
  const { scheduler, add } = openScheduler({ delay: 3 });
  add("a.com");
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("the delay of a slowed host and a Retry-After go on over a resume, by the calendar", () => {
  const first = openScheduler({ throttle: true });
  first.add("a.com", 3);
  first.add("b.com", 3);
  const taken = takeAll(first.scheduler);
  first.scheduler.ended(taken.find(({ url }) => hostOf(url) === "a.com")!, { latency: 0.1, status: "timeout" });
  first.scheduler.ended(taken.find(({ url }) => hostOf(url) === "b.com")!, { latency: 0.1, status: 404 }, 60);
  const snapshot = first.scheduler.snapshot();
  assert.deepEqual(snapshot, {
    hosts: [{ host: "a.com", delay: 1, notBefore: 0 }, { host: "b.com", delay: 0, notBefore: epoch + 60_000 }],
  });

  const clock = new ManualClock(epoch + 20_000);
  clock.advance(500);
  const again = openScheduler({ throttle: true, snapshot }, clock);
  again.add("a.com", 2);
  again.add("b.com", 2);
  again.add("c.com");
  assert.deepEqual(hostsOf(takeAll(again.scheduler)), ["c.com"]);
  assert.equal(again.scheduler.wait(), 1000);
  clock.advance(1000);
  assert.deepEqual(hostsOf(takeAll(again.scheduler)), ["a.com"]);
  assert.equal(again.scheduler.wait(), 38_500);
  assert.deepEqual(again.scheduler.waitingFor()?.reason, "retry-after");
  assert.deepEqual(again.scheduler.snapshot(), snapshot);
  clock.advance(38_500);
  assert.equal(countOf(takeAll(again.scheduler), "b.com"), 2);
});

Deno.test("a Crawl-delay goes on over a resume: robots.txt itself waits for it", () => {
  const first = openScheduler();
  first.add("a.com");
  first.scheduler.hold("a.com");
  first.scheduler.release("a.com", 7);
  const snapshot = first.scheduler.snapshot();
  assert.deepEqual(snapshot.hosts, [{ host: "a.com", delay: 0, crawlDelay: 7, notBefore: 0 }]);
  const again = openScheduler({ snapshot });
  again.add("a.com");
  assert.equal(again.scheduler.next(), undefined);
  assert.equal(again.scheduler.wait(), 7000);
});
