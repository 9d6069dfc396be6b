import assert from "node:assert/strict";
import { KeyedLog } from "../../lib/disk/keyed_log.ts";
import { Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest } from "../../lib/model/request.ts";
import type { SchedulerOptions } from "../../lib/schedule/scheduler.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { countOf, epoch, good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

/** A scheduler, and others that come after it has ended, or was killed, at whatever time their calendar shows. */
function processes(said: Partial<SchedulerOptions> = {}) {
  const disk = new FaultyDisk();
  const log = () => new KeyedLog({ disk, path: "/hosts" }, lengths);
  let lengths: ReturnType<KeyedLog["snapshot"]> = [];
  let first: KeyedLog | undefined;
  const open = (changed: Partial<SchedulerOptions> = {}, wall = epoch) => {
    if (first !== undefined) lengths = first.snapshot();
    first = log();
    return openScheduler({ ...said, log: first, ...changed }, new ManualClock(wall));
  };
  return { open, kept: () => entriesOf(first!) };
}

function entriesOf(log: KeyedLog): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  log.each((key, value) => entries[key] = value);
  return entries;
}

Deno.test("requests of an earlier process are next without being added", () => {
  const frontier = new Frontier({ seen: new Seen() });
  frontier.add(createRequest("http://a.com/"));
  const { scheduler } = openScheduler({ frontier });
  assert.equal(scheduler.waiting, 1);
  assert.equal(scheduler.next()?.url, "http://a.com/");
});

Deno.test("a host waits what is left of its delay over a pause, by the calendar, and another does not wait", () => {
  const { open, kept } = processes({ delay: 3 });
  const first = open();
  first.add("a.com");
  first.clock.advance(500);
  first.scheduler.ended(first.scheduler.next()!, good);
  assert.deepEqual(kept(), { "a.com": { asked: epoch + 500 } });
  const second = open({ snapshot: first.scheduler.snapshot() }, epoch + 2500);
  second.add("a.com");
  second.add("b.com");
  assert.deepEqual(hostsOf(takeAll(second.scheduler)), ["b.com"]);
  // And a millisecond, because the calendar knows no less.
  assert.equal(second.scheduler.wait(), 1001);
});

Deno.test("slices that are shorter than the delay get on: the wait is over in the end", () => {
  const { open } = processes({ delay: 10 });
  const times: number[] = [];
  let snapshot;
  for (let slice = 0; slice < 20; slice++) {
    const run = open({ ...snapshot && { snapshot } }, epoch + 3000 * slice);
    run.add("a.com");
    for (let step = 0; step < 2; step++) {
      const request = run.scheduler.next();
      if (request !== undefined) {
        times.push(run.clock.wall() - epoch);
        run.scheduler.ended(request, good);
      }
      run.clock.advance(1500);
    }
    snapshot = run.scheduler.snapshot();
  }
  assert.deepEqual(times, [0, 10_500, 21_000, 31_500, 42_000, 52_500]);
});

Deno.test("what was in flight when the process was killed may have been answered just now: its host waits a whole delay, once", () => {
  const { open, kept } = processes({ delay: 4 });
  const first = open();
  first.add("a.com");
  assert.notEqual(first.scheduler.next(), undefined);
  assert.deepEqual(kept(), { "a.com": { busy: true } });
  const second = open({ snapshot: { delay: 4 } }, epoch + 60_000);
  second.add("a.com");
  assert.equal(second.scheduler.next(), undefined);
  assert.equal(second.scheduler.wait(), 4000);
  // It is killed before the delay is over; the third process does not begin anew.
  const third = open({ snapshot: { delay: 4 } }, epoch + 63_000);
  third.add("a.com");
  assert.equal(third.scheduler.wait(), 1001);
});

Deno.test("where the delay has become longer, every host waits for it, also when that process was killed soon", () => {
  const { open } = processes({ delay: 0 });
  const first = open();
  first.add("a.com");
  first.scheduler.ended(first.scheduler.next()!, good);
  const second = open({ delay: 5, snapshot: first.scheduler.snapshot() }, epoch + 1000);
  second.add("a.com");
  assert.equal(second.scheduler.wait(), 5000);
  const third = open({ delay: 5, snapshot: second.scheduler.snapshot() }, epoch + 2000);
  third.add("a.com");
  assert.equal(third.scheduler.wait(), 4001);
  const fourth = open({ delay: 5, snapshot: third.scheduler.snapshot() }, epoch + 8000);
  fourth.add("a.com");
  assert.notEqual(fourth.scheduler.next(), undefined);
});

Deno.test("a new crawl does not wait before its first request", () => {
  const { scheduler, add } = openScheduler({ delay: 3 });
  add("a.com");
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("the delay of a slowed host and a Retry-After go on over a resume, by the calendar", () => {
  const { open, kept } = processes({ throttle: true });
  const first = open();
  first.add("a.com", 3);
  first.add("b.com", 3);
  const taken = takeAll(first.scheduler);
  for (const request of taken) {
    const isA = hostOf(request.url) === "a.com";
    first.scheduler.ended(request, { latency: 0.1, status: isA ? "timeout" : 404 }, isA ? 0 : 60);
  }
  assert.deepEqual(kept(), {
    "a.com": { asked: epoch, delay: 1 },
    "b.com": { asked: epoch, notBefore: epoch + 60_000, pause: 60 },
  });
  const again = open({ snapshot: first.scheduler.snapshot() }, epoch + 500);
  again.add("a.com", 2);
  again.add("b.com", 2);
  again.add("c.com");
  assert.deepEqual(hostsOf(takeAll(again.scheduler)), ["c.com"]);
  assert.equal(again.scheduler.wait(), 501);
  again.clock.advance(501);
  assert.deepEqual(hostsOf(takeAll(again.scheduler)), ["a.com"]);
  assert.equal(again.scheduler.wait(), 58_999);
  assert.deepEqual(again.scheduler.waitingFor()?.reason, "retry-after");
  again.clock.advance(58_999);
  assert.equal(countOf(takeAll(again.scheduler), "b.com"), 2);
});

for (const [what, skew] of [["a year ahead", 365 * 86_400_000], ["ten years back", -3650 * 86_400_000]] as const) {
  Deno.test(`nothing waits longer than at first when the calendar was ${what}`, () => {
    const { open } = processes({ delay: 7, throttle: true });
    const first = open({}, epoch + skew);
    first.add("a.com");
    first.add("b.com");
    const [a, b] = takeAll(first.scheduler);
    first.scheduler.ended(a!, { latency: 0.1, status: 503 }, 30);
    first.scheduler.ended(b!, good);
    const again = open({ snapshot: first.scheduler.snapshot() });
    again.add("a.com");
    again.add("b.com");
    const waits = [];
    for (let wait = again.scheduler.wait(); wait !== undefined; wait = again.scheduler.wait()) {
      again.clock.advance(wait);
      if (again.scheduler.next() !== undefined) waits.push(again.clock.now());
    }
    if (skew > 0) assert.deepEqual(waits, [7000, 30_000]);
    else assert.deepEqual([waits, again.scheduler.waiting], [[], 2]);
    assert.equal(takeAll(again.scheduler).length, skew > 0 ? 0 : 2);
  });
}

Deno.test("a request waits no longer for its own time than at first, however the calendar was set", () => {
  const year = 365 * 86_400_000;
  for (const [wait, longest] of [[5, 5000], [0, 600_000]] as const) {
    const { scheduler, add, clock } = openScheduler();
    add("a.com", 1, { notBefore: epoch + year, wait });
    assert.equal(scheduler.next(), undefined);
    assert.equal(scheduler.wait(), longest);
    clock.advance(longest);
    assert.notEqual(scheduler.next(), undefined, "its time has come, whatever the calendar says");
  }
});

Deno.test("a Crawl-delay goes on over a resume: robots.txt itself waits for it", () => {
  const { open, kept } = processes();
  const first = open();
  first.add("a.com");
  first.scheduler.hold("a.com");
  first.scheduler.release("a.com", 7);
  assert.deepEqual(kept(), { "a.com": { asked: epoch, crawlDelay: 7 } });
  const again = open({ snapshot: first.scheduler.snapshot() });
  again.add("a.com");
  assert.equal(again.scheduler.next(), undefined);
  assert.equal(again.scheduler.wait(), 7000);
});

Deno.test("the hosts of a checkpoint of format 2 keep their delays, and each waits a whole one at first", () => {
  const { open } = processes();
  const hosts = [{ host: "a.com", delay: 0, crawlDelay: 7, notBefore: 0 }, {
    host: "b.com",
    delay: 0,
    notBefore: epoch + 60_000,
  }];
  const run = open({ snapshot: { hosts } });
  run.add("a.com");
  run.add("b.com");
  run.add("c.com");
  assert.deepEqual(hostsOf(takeAll(run.scheduler)), ["c.com"]);
  assert.equal(run.scheduler.wait(), 7000);
  run.clock.advance(7000);
  assert.deepEqual(hostsOf(takeAll(run.scheduler)), ["a.com"]);
  assert.equal(run.scheduler.wait(), 53_000);
});
