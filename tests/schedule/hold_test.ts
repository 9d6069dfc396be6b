import assert from "node:assert/strict";
import { good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("hold() stops one host and no other, until release()", () => {
  const { scheduler, add } = openScheduler();
  add("a.com", 2);
  add("b.com", 1);
  scheduler.hold("a.com");
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com"]);
  add("a.com", 1);
  assert.deepEqual(takeAll(scheduler), []);
  assert.equal(scheduler.wait(), undefined);
  assert.deepEqual(scheduler.waitingFor(), { reason: "robots", host: "a.com", seconds: undefined });
  scheduler.release("a.com");
  assert.equal(takeAll(scheduler).length, 3);
});

Deno.test("hold() stops a host that is in its delay, and one whose share is in flight", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 1 });
  add("a.com", 3);
  const first = scheduler.next()!;
  scheduler.hold("a.com");
  scheduler.ended(first, good);
  clock.advance(5000);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), undefined);

  const resting = openScheduler({ delay: 1 });
  resting.add("a.com", 2);
  resting.scheduler.ended(resting.scheduler.next()!, good);
  assert.equal(resting.scheduler.wait(), 1000);
  resting.scheduler.hold("a.com");
  assert.equal(resting.scheduler.wait(), undefined);
  resting.clock.advance(1000);
  assert.equal(resting.scheduler.next(), undefined);
});

Deno.test("release() counts robots.txt as a request, and keeps a longer Crawl-delay", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 1 });
  add("a.com", 3);
  scheduler.hold("a.com");
  scheduler.release("a.com", 10);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 10_000);
  clock.advance(10_000);
  scheduler.ended(scheduler.next()!, good);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 10_000);
  // Another origin of the same host says less.
  scheduler.hold("a.com");
  scheduler.release("a.com", 2);
  assert.equal(scheduler.wait(), 10_000);
});

Deno.test("release() keeps the configured delay when it is longer than the Crawl-delay", () => {
  const { scheduler, add } = openScheduler({ delay: 5 });
  add("a.com");
  scheduler.hold("a.com");
  scheduler.release("a.com", 2);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 5000);
});
