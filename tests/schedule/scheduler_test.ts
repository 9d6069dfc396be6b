import assert from "node:assert/strict";
import { Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { MemoryQueue } from "../../lib/frontier/memory_queue.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest } from "../../lib/model/request.ts";
import { countOf, good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("an empty scheduler has nothing next, nothing to wait for, and no reason", () => {
  const { scheduler } = openScheduler();
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), undefined);
  assert.equal(scheduler.waitingFor(), undefined);
  assert.deepEqual([scheduler.waiting, scheduler.inFlight], [0, 0]);
  assert.deepEqual(scheduler.snapshot(), { delay: 0 });
});

Deno.test("next() gives no more than concurrency, and goes on when one has ended", () => {
  const { scheduler, add } = openScheduler({ concurrency: 3 });
  add("a.com", 5);
  const taken = takeAll(scheduler);
  assert.equal(taken.length, 3);
  assert.deepEqual([scheduler.waiting, scheduler.inFlight], [2, 3]);
  scheduler.ended(taken[0]!, good);
  assert.equal(takeAll(scheduler).length, 1);
});

Deno.test("next() gives no more than concurrencyPerHost to one host, and the rest to others", () => {
  const { scheduler, add } = openScheduler({ concurrency: 10, concurrencyPerHost: 2 });
  add("a.com", 5);
  assert.equal(takeAll(scheduler).length, 2);
  add("b.com", 5);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com", "b.com"]);
});

Deno.test("two hosts with work share the concurrency, and one alone has it all", () => {
  const { scheduler, add } = openScheduler({ concurrency: 8, concurrencyPerHost: 8 });
  add("a.com", 20);
  add("b.com", 20);
  const both = takeAll(scheduler);
  assert.deepEqual([countOf(both, "a.com"), countOf(both, "b.com")], [4, 4]);

  const alone = openScheduler({ concurrency: 8, concurrencyPerHost: 8 });
  alone.add("a.com", 20);
  let flying = takeAll(alone.scheduler);
  assert.equal(flying.length, 8);
  alone.add("b.com", 20);
  // As the first host's requests end, the second gets its half.
  for (let round = 0; round < 8; round++) {
    alone.scheduler.ended(flying[0]!, good);
    flying = [...flying.slice(1), ...takeAll(alone.scheduler)];
  }
  assert.deepEqual([countOf(flying, "a.com"), countOf(flying, "b.com")], [4, 4]);
});

Deno.test("a host that has run out leaves its share to the others", () => {
  const { scheduler, add } = openScheduler({ concurrency: 8, concurrencyPerHost: 8 });
  add("a.com", 2);
  add("b.com", 20);
  const taken = takeAll(scheduler);
  assert.deepEqual([countOf(taken, "a.com"), countOf(taken, "b.com")], [2, 4]);
  for (const request of taken.filter(({ url }) => hostOf(url) === "a.com")) scheduler.ended(request, good);
  assert.equal(takeAll(scheduler).length, 4);
  assert.equal(scheduler.inFlight, 8);
});

Deno.test("among hosts the highest priority goes first, then what came first", () => {
  const { scheduler, add } = openScheduler({ concurrency: 2, concurrencyPerHost: 1 });
  add("a.com");
  add("b.com");
  add("c.com", 1, { priority: 1 });
  add("a.com", 1, { priority: 2 });
  const first = takeAll(scheduler);
  assert.deepEqual(first.map(({ url }) => url), ["http://a.com/3", "http://c.com/2"]);
  for (const each of first) scheduler.ended(each, good);
  assert.deepEqual(takeAll(scheduler).map(({ url }) => url), ["http://a.com/0", "http://b.com/1"]);
});

Deno.test("addAgain() adds a known request, add() does not", () => {
  const { scheduler } = openScheduler();
  const request = createRequest("http://a.com/");
  assert.equal(scheduler.add(request), true);
  assert.equal(scheduler.add(request), false);
  scheduler.addAgain(createRequest("http://a.com/", { attempt: 1 }));
  assert.deepEqual(takeAll(scheduler).map(({ attempt }) => attempt), [0, 1]);
});

Deno.test("putBack() gives a request again, before the others", () => {
  const { scheduler, add } = openScheduler({ concurrency: 1 });
  add("a.com", 2);
  const first = scheduler.next()!;
  scheduler.ended(first, good);
  scheduler.putBack(first);
  assert.equal(scheduler.waiting, 2);
  assert.equal(scheduler.next(), first);
});

Deno.test("one request object that is added twice with dontFilter is two requests in flight", () => {
  const { scheduler } = openScheduler();
  const same = createRequest("http://a.com/", { dontFilter: true });
  scheduler.add(same);
  scheduler.add(same);
  assert.equal(takeAll(scheduler).length, 2);
  assert.equal(scheduler.inFlight, 2);
});

Deno.test("a queue that cannot give its request just now is asked again in a second", () => {
  let away = true;
  const frontier = new Frontier({
    seen: new Seen(),
    queues: () => {
      const queue = new MemoryQueue();
      const pop = queue.pop.bind(queue);
      queue.pop = () => away ? undefined : pop();
      return queue;
    },
  });
  const { scheduler, clock, add } = openScheduler({ frontier });
  add("a.com");
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 1000);
  away = false;
  assert.equal(scheduler.next(), undefined);
  clock.advance(1000);
  assert.notEqual(scheduler.next(), undefined);
});
