import assert from "node:assert/strict";
import { hostOf } from "../../lib/frontier/frontier.ts";
import { epoch, good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("with a delay one request at a time goes to a host, and the delay counts from its end", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 2 });
  add("a.com", 3);
  const [first, ...more] = takeAll(scheduler);
  assert.deepEqual(more, []);
  assert.equal(scheduler.wait(), undefined);
  clock.advance(10_000);
  assert.equal(scheduler.next(), undefined);
  scheduler.ended(first!, good);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 2000);
  assert.deepEqual(scheduler.waitingFor(), { reason: "delay", host: "a.com", seconds: 2 });
  clock.advance(1999);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 1);
  clock.advance(1);
  assert.equal(takeAll(scheduler).length, 1);
});

Deno.test("a request that was not sent begins no delay", () => {
  const { scheduler, add } = openScheduler({ delay: 2 });
  add("a.com", 2);
  scheduler.ended(scheduler.next()!, undefined);
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("randomizeDelay makes the delay longer by up to a half, never shorter", () => {
  for (const [random, wait] of [[0, 2000], [0.5, 2500], [0.999, 2999]] as const) {
    const { scheduler, add } = openScheduler({ delay: 2, randomizeDelay: true, random: () => random });
    add("a.com", 2);
    scheduler.ended(scheduler.next()!, good);
    assert.equal(scheduler.next(), undefined);
    assert.equal(scheduler.wait(), wait);
  }
});

Deno.test("a host in its delay does not hold up another", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 0.3, concurrency: 2 });
  add("slow.com", 3);
  scheduler.ended(scheduler.next()!, good);
  add("b.com");
  add("c.com");
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com", "c.com"]);
  clock.advance(300);
  assert.deepEqual(takeAll(scheduler), []);
});

Deno.test("Retry-After pauses its host, requests in flight notwithstanding, and no other", () => {
  const { scheduler, clock, add } = openScheduler({ concurrencyPerHost: 2 });
  add("a.com", 4);
  add("b.com", 1);
  const [first, second] = takeAll(scheduler);
  scheduler.ended(first!, { latency: 0.1, status: 503 }, 30);
  scheduler.ended(second!, good);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 30_000);
  assert.deepEqual(scheduler.waitingFor(), { reason: "retry-after", host: "a.com", seconds: 30 });
  add("b.com", 1);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com"]);
  clock.advance(29_999);
  assert.equal(scheduler.next(), undefined);
  clock.advance(1);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["a.com", "a.com"]);
});

Deno.test("a shorter Retry-After does not end a longer one", () => {
  const { scheduler, add } = openScheduler();
  add("a.com", 3);
  const [first, second] = [scheduler.next()!, scheduler.next()!];
  scheduler.ended(first, { latency: 0.1, status: 503 }, 30);
  scheduler.ended(second, { latency: 0.1, status: 503 }, 5);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 30_000);
});

Deno.test("a request waits for its notBefore, counts as waiting, and holds up neither its host nor others", () => {
  const { scheduler, clock, add } = openScheduler();
  add("a.com", 1, { notBefore: epoch + 5000, priority: 1 });
  add("a.com", 1);
  add("b.com", 1, { notBefore: epoch + 3000 });
  assert.deepEqual(takeAll(scheduler).map(({ url }) => url), ["http://a.com/1"]);
  assert.equal(scheduler.waiting, 2);
  assert.equal(scheduler.wait(), 3000);
  assert.deepEqual(scheduler.waitingFor(), { reason: "retry", host: "b.com", seconds: 3 });
  clock.advance(2999);
  assert.equal(scheduler.next(), undefined);
  clock.advance(1);
  assert.deepEqual(takeAll(scheduler).map(({ url }) => url), ["http://b.com/2"]);
  assert.equal(scheduler.wait(), 2000);
  clock.advance(60_000);
  assert.deepEqual(takeAll(scheduler).map(({ url }) => url), ["http://a.com/0"]);
  assert.equal(scheduler.waiting, 0);
});

Deno.test("a request that waits for its notBefore still keeps the delay of its host", () => {
  const { scheduler, clock, add } = openScheduler({ delay: 10 });
  add("a.com", 1, { notBefore: epoch + 1000 });
  add("a.com", 1);
  scheduler.ended(scheduler.next()!, good);
  clock.advance(1000);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 9000);
  clock.advance(9000);
  assert.equal(scheduler.next()?.url, "http://a.com/0");
});

Deno.test("throttle slows down a host that pushes back, and only when it is asked for", () => {
  const { scheduler, clock, add } = openScheduler({ throttle: true });
  add("a.com", 5);
  add("b.com", 1);
  const taken = takeAll(scheduler).filter(({ url }) => hostOf(url) === "a.com");
  add("a.com", 5);
  for (const request of taken) scheduler.ended(request, good);
  const next = takeAll(scheduler);
  scheduler.ended(next[0]!, { latency: 0.1, status: 503 });
  for (const request of next.slice(1)) scheduler.ended(request, { latency: 0.1, status: 404 });
  add("a.com", 2);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 1000);
  assert.deepEqual(scheduler.waitingFor(), { reason: "throttle", host: "a.com", seconds: 1 });
  assert.equal(scheduler.delayOf("a.com"), 1);
  clock.advance(1000);
  assert.equal(takeAll(scheduler).length, 1);

  const other = openScheduler({ throttle: false });
  other.add("a.com", 2);
  other.scheduler.ended(other.scheduler.next()!, { latency: 0.1, status: 503 });
  assert.notEqual(other.scheduler.next(), undefined);
});

Deno.test("requests that were on their way when a host first pushed back slow it down once", () => {
  const { scheduler, clock, add } = openScheduler({ throttle: true });
  add("a.com", 10);
  const burst = takeAll(scheduler);
  assert.equal(burst.length, 8);
  for (const request of burst) {
    clock.advance(100);
    scheduler.ended(request, { latency: 0.1, status: 503 });
  }
  assert.equal(scheduler.delayOf("a.com"), 1);
  clock.advance(1000);
  scheduler.ended(scheduler.next()!, { latency: 0.1, status: 503 });
  assert.equal(scheduler.delayOf("a.com"), 2);
});

Deno.test("requests that were under way when a host first pushed back slow it down once", () => {
  const { scheduler, add, clock } = openScheduler({ throttle: true, concurrencyPerHost: 4 });
  add("a.com", 9);
  const taken = takeAll(scheduler);
  clock.advance(10);
  for (const request of taken) scheduler.ended(request, { latency: 0.01, status: 503 });
  assert.equal(scheduler.delayOf("a.com"), 1);
  clock.advance(1000);
  scheduler.ended(scheduler.next()!, { latency: 0.01, status: 503 });
  assert.equal(scheduler.delayOf("a.com"), 2);
});

Deno.test("a connection that is refused does not slow its host down", () => {
  const { scheduler, add } = openScheduler({ throttle: true });
  add("a.com", 2);
  scheduler.ended(scheduler.next()!, { latency: 0.01, status: undefined });
  assert.equal(scheduler.delayOf("a.com"), 0);
  assert.notEqual(scheduler.next(), undefined);
});
