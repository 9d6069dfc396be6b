import assert from "node:assert/strict";
import { hostOf } from "../../lib/frontier/frontier.ts";
import { good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("a request that stalls gives up its place to another host, and to its own only as its share allows", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 2, concurrencyPerHost: 1 });
  add("slow.com", 2);
  add("dead.com", 2);
  add("a.com", 3);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["slow.com", "dead.com"]);
  assert.equal(scheduler.wait(), 500);
  clock.advance(499);
  assert.deepEqual(takeAll(scheduler), []);
  clock.advance(1);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["a.com"]);
  assert.equal(scheduler.inFlight, 3);
});

Deno.test("a host that stalled gets no place, but lanes beside the others, until it has answered in time", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 1 });
  add("slow.com", 4);
  add("a.com", 3);
  const stalled = scheduler.next()!;
  clock.advance(600);
  const first = takeAll(scheduler);
  assert.deepEqual(hostsOf(first), ["a.com"]);
  scheduler.ended(stalled, good);
  // Its next one goes out although a.com holds the only place.
  const [late] = takeAll(scheduler);
  assert.equal(hostOf(late!.url), "slow.com");
  clock.advance(10);
  scheduler.ended(late!, good);
  // It answered in time, so it waits for a place as others do.
  assert.deepEqual(takeAll(scheduler), []);
  scheduler.ended(first[0]!, good);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["slow.com"]);
});

Deno.test("no more than eight stalled requests for each place go out", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 1 });
  for (let at = 0; at < 20; at++) add(`h${at}.com`, 3);
  for (let at = 0; at < 20; at++) {
    takeAll(scheduler);
    clock.advance(10_000);
  }
  takeAll(scheduler);
  assert.equal(scheduler.inFlight, 8);
});

Deno.test("what is usual is learnt: where every answer takes two seconds, two seconds are no stall", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 1 });
  add("slow.com", 200);
  for (let at = 0; at < 100; at++) {
    const request = scheduler.next()!;
    clock.advance(2000);
    scheduler.ended(request, good);
  }
  assert.ok(scheduler.next());
  add("other.com");
  clock.advance(2000);
  assert.deepEqual(takeAll(scheduler), []);
  clock.advance(3000);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["other.com"]);
});

Deno.test("a stalled host takes no share from the others", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 8, concurrencyPerHost: 8 });
  for (let at = 0; at < 4; at++) add(`dead${at}.com`);
  takeAll(scheduler);
  add("a.com", 20);
  assert.equal(takeAll(scheduler).length, 2);
  clock.advance(500);
  assert.equal(takeAll(scheduler).length, 6);
});

Deno.test("robots.txt takes a place while it is asked for, and gives it up when it stalls", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 1 });
  add("a.com");
  add("b.com");
  const request = scheduler.next()!;
  scheduler.ended(request, undefined);
  scheduler.hold("a.com");
  scheduler.putBack(request);
  assert.deepEqual([scheduler.inFlight, scheduler.asking], [1, 1]);
  assert.deepEqual(takeAll(scheduler), []);
  clock.advance(500);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com"]);
  scheduler.release("a.com");
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["a.com"]);
  assert.deepEqual([scheduler.inFlight, scheduler.asking], [2, 0]);
});
