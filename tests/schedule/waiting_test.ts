import assert from "node:assert/strict";
import { DiskQueues } from "../../lib/frontier/disk_queues.ts";
import { Frontier } from "../../lib/frontier/frontier.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest } from "../../lib/model/request.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { epoch, good, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("attempts that wait for their time are not in memory, however many there are", () => {
  const queues = new DiskQueues({ disk: new FaultyDisk(), folder: "/c", window: 10 });
  const frontier = new Frontier({ seen: new Seen(), queues });
  const { clock, scheduler } = openScheduler({ concurrency: 4, concurrencyPerHost: 4, frontier });
  const count = 2000;
  for (let n = 0; n < count; n++) {
    scheduler.addAgain(createRequest(`http://a.com/${n}`, { attempt: 1, notBefore: epoch + 600_000 }));
  }
  assert.equal(scheduler.next(), undefined);
  assert.deepEqual([scheduler.waiting, queues.popped.size, queues.room], [count, 0, 10]);
  assert.equal(scheduler.wait(), 600_000);
  assert.deepEqual(scheduler.waitingFor(), { reason: "retry", host: "a.com", seconds: 600 });
  clock.advance(600_000);
  const urls: string[] = [];
  for (let next = scheduler.next(); next !== undefined; next = scheduler.next()) {
    urls.push(next.url);
    // They come back one by one.
    assert.ok(queues.popped.size <= 4, `${queues.popped.size} are in memory`);
    assert.equal(next.attempt, 1);
    scheduler.ended(next, good);
    frontier.done(next);
  }
  assert.equal(new Set(urls).size, count);
  assert.deepEqual([scheduler.waiting, frontier.inFlight], [0, 0]);
});

Deno.test("limit() lowers how many requests are in flight, and raises it again up to the concurrency", () => {
  const { scheduler, add } = openScheduler({ concurrency: 8 });
  for (let n = 0; n < 40; n++) add(`h${n}.com`);
  const all = takeAll(scheduler);
  assert.equal(all.length, 8);
  scheduler.limit(3);
  const end = (count: number) => all.splice(0, count).forEach((request) => scheduler.ended(request, good));
  end(5);
  assert.equal(scheduler.next(), undefined);
  end(1);
  assert.deepEqual([takeAll(scheduler).length, scheduler.inFlight], [1, 3]);
  scheduler.limit(100);
  assert.deepEqual([takeAll(scheduler).length, scheduler.inFlight], [5, 8]);
});

Deno.test("slowDown() is as if the host had pushed back, once for all that were on their way", () => {
  const { scheduler, clock, add } = openScheduler({ throttle: true });
  add("a.com", 3);
  clock.advance(1000);
  for (const beganAt of [0, 500, 1000]) scheduler.slowDown("a.com", beganAt);
  assert.equal(scheduler.delayOf("a.com"), 1);
});
