import assert from "node:assert/strict";
import { KeyedLog } from "../../lib/disk/keyed_log.ts";
import type { SchedulerOptions } from "../../lib/schedule/scheduler.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { good, openScheduler } from "./open_scheduler.ts";

function open(said: Partial<SchedulerOptions> = {}) {
  const log = new KeyedLog({ disk: new FaultyDisk(), path: "/hosts" });
  const run = openScheduler({ log, ...said });
  /** Sends a request to a host as soon as it may be sent, to its end. */
  const visit = (host: string, observation: typeof good | { latency: number; status: number } = good) => {
    run.add(host);
    let request = run.scheduler.next();
    for (; request === undefined; request = run.scheduler.next()) run.clock.advance(run.scheduler.wait()!);
    run.scheduler.ended(request, observation);
    run.scheduler.done(request);
  };
  return { ...run, log, visit };
}

Deno.test("a host that is finished is remembered until its rest is over, and then costs nothing", () => {
  const { log, visit, clock, scheduler, add } = open({ delay: 5 });
  visit("a.com");
  assert.equal(log.size, 1);
  add("a.com");
  assert.equal(scheduler.next(), undefined, "a URL that turns up within the delay waits");
  assert.equal(scheduler.wait(), 5000);
  clock.advance(5000);
  const request = scheduler.next()!;
  scheduler.ended(request, good);
  scheduler.done(request);
  clock.advance(4999);
  scheduler.next();
  assert.equal(log.size, 1);
  clock.advance(1);
  scheduler.next();
  assert.equal(log.size, 0);
  assert.equal(scheduler.wait(), undefined, "nobody is woken for it");
});

Deno.test("twenty thousand finished hosts, each with a Crawl-delay, leave nothing to save", () => {
  const { log, clock, scheduler } = open();
  for (let number = 0; number < 20_000; number++) {
    const host = `h${number}.example`;
    scheduler.hold(host);
    scheduler.release(host, 1);
    clock.advance(1);
    scheduler.next();
  }
  // Those of the last second.
  assert.equal(log.size, 999);
  const bytes = log.snapshot().reduce((sum, [, length]) => sum + length, 0);
  assert.ok(bytes < 3 * 2 ** 20, `${bytes} bytes`);
  assert.deepEqual(scheduler.snapshot(), { delay: 0 });
  clock.advance(1000);
  scheduler.next();
  assert.equal(log.size, 0);
});

Deno.test("a host is not forgotten while a request of it is open, or waits for its own time", () => {
  const { scheduler, add, clock, log } = open({ throttle: true });
  add("a.com", 1, { notBefore: clock.wall() + 500_000, wait: 500 });
  add("a.com");
  const first = scheduler.next()!;
  scheduler.ended(first, { latency: 1, status: 503 });
  scheduler.done(first);
  clock.advance(60_000);
  scheduler.next();
  assert.equal(log.size, 1);
  clock.advance(440_000);
  const second = scheduler.next()!;
  assert.equal(log.size, 0, "it has recovered");
  scheduler.ended(second, good);
  assert.equal(scheduler.inFlight, 0);
});

Deno.test("a host that is forgotten learns its Crawl-delay again before anything is sent", () => {
  const { scheduler, add, clock } = open();
  scheduler.hold("a.com");
  scheduler.release("a.com", 10);
  clock.advance(10_000);
  scheduler.next();
  add("a.com", 3);
  const first = scheduler.next()!;
  scheduler.keepCrawlDelay("a.com", 10);
  assert.equal(scheduler.next(), undefined, "one at a time");
  scheduler.ended(first, good);
  assert.equal(scheduler.wait(), 10_000);
});

Deno.test("a slowed host recovers with time as it would with good answers", () => {
  for (
    const [idle, delay] of [[0, 16], [15, 16], [16, 8], [23, 8], [24, 4], [28, 2], [31.9, 0.0625], [100, 0]] as const
  ) {
    const { scheduler, add, clock, visit } = open({ throttle: true });
    for (let times = 0; times < 5; times++) visit("a.com", { latency: 0.1, status: 503 });
    assert.equal(scheduler.delayOf("a.com"), 16);
    add("a.com", 2);
    // From the moment at which it might be asked.
    clock.advance(16_000 + 1000 * idle);
    const request = scheduler.next()!;
    assert.equal(scheduler.delayOf("a.com"), delay, `${idle} s`);
    scheduler.ended(request, { latency: 0.1, status: 404 });
  }
});

Deno.test("the time that a host asks for with Retry-After does not count for it", () => {
  const { scheduler, add, clock } = open({ throttle: true });
  add("a.com", 2);
  const first = scheduler.next()!;
  scheduler.ended(first, { latency: 0.1, status: 503 }, 600);
  clock.advance(600_000);
  scheduler.next();
  assert.equal(scheduler.delayOf("a.com"), 1);
});

Deno.test("a host that never answers is not new again when it has been forgotten", () => {
  const { scheduler, add, clock } = open({ concurrency: 2 });
  add("dead.com");
  const first = scheduler.next()!;
  clock.advance(10_000);
  scheduler.ended(first, { latency: 10, status: 404 });
  scheduler.done(first);
  add("dead.com");
  add("new.com");
  assert.equal(scheduler.next()?.url, "http://new.com/2");
  assert.equal(scheduler.next()?.url, "http://dead.com/1");
});
