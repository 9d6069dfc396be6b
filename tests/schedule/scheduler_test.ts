import assert from "node:assert/strict";
import fc from "fast-check";
import { Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { MemoryQueue } from "../../lib/frontier/memory_queue.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { Scheduler, type SchedulerOptions } from "../../lib/schedule/scheduler.ts";
import { ManualClock } from "../../lib/time/clock.ts";

const epoch = 1_795_253_400_000;
const good = { latency: 0.1, status: 200 };

type Said = Partial<Omit<SchedulerOptions, "clock">>;

function open(said: Said = {}, clock = new ManualClock(epoch)) {
  const frontier = said.frontier ?? new Frontier({ seen: new Seen() });
  const scheduler = new Scheduler({
    concurrency: 16,
    concurrencyPerHost: 8,
    delay: 0,
    randomizeDelay: false,
    throttle: false,
    ...said,
    frontier,
    clock,
  });
  let added = 0;
  const add = (host: string, count = 1, said: Partial<Request> = {}) => {
    for (let at = 0; at < count; at++) scheduler.add(createRequest(`http://${host}/${added++}`, said));
  };
  return { clock, frontier, scheduler, add };
}

/** Takes all that may be sent now. */
function takeAll(scheduler: Scheduler): Request[] {
  const requests: Request[] = [];
  for (let next = scheduler.next(); next !== undefined; next = scheduler.next()) requests.push(next);
  return requests;
}

const hostsOf = (requests: readonly Request[]) => requests.map(({ url }) => hostOf(url));

function count(hosts: readonly string[], host: string): number {
  return hosts.filter((each) => each === host).length;
}

Deno.test("an empty scheduler has nothing next, nothing to wait for, and no reason", () => {
  const { scheduler } = open();
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), undefined);
  assert.equal(scheduler.waitingFor(), undefined);
  assert.deepEqual([scheduler.waiting, scheduler.inFlight], [0, 0]);
  assert.deepEqual(scheduler.snapshot(), { hosts: [] });
});

Deno.test("next() gives no more than concurrency, and goes on when one has ended", () => {
  const { scheduler, add } = open({ concurrency: 3 });
  add("a.com", 5);
  const taken = takeAll(scheduler);
  assert.equal(taken.length, 3);
  assert.deepEqual([scheduler.waiting, scheduler.inFlight], [2, 3]);
  scheduler.ended(taken[0]!, good);
  assert.equal(takeAll(scheduler).length, 1);
});

Deno.test("next() gives no more than concurrencyPerHost to one host, and the rest to others", () => {
  const { scheduler, add } = open({ concurrency: 10, concurrencyPerHost: 2 });
  add("a.com", 5);
  assert.equal(takeAll(scheduler).length, 2);
  add("b.com", 5);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com", "b.com"]);
});

Deno.test("two hosts with work share the concurrency, and one alone has it all", () => {
  const { scheduler, add } = open({ concurrency: 8, concurrencyPerHost: 8 });
  add("a.com", 20);
  add("b.com", 20);
  const both = takeAll(scheduler);
  assert.deepEqual([count(hostsOf(both), "a.com"), count(hostsOf(both), "b.com")], [4, 4]);

  const alone = open({ concurrency: 8, concurrencyPerHost: 8 });
  alone.add("a.com", 20);
  let flying = takeAll(alone.scheduler);
  assert.equal(flying.length, 8);
  alone.add("b.com", 20);
  // As the first host's requests end, the second gets its half.
  for (let round = 0; round < 8; round++) {
    alone.scheduler.ended(flying[0]!, good);
    flying = [...flying.slice(1), ...takeAll(alone.scheduler)];
  }
  const hosts = hostsOf(flying);
  assert.deepEqual([count(hosts, "a.com"), count(hosts, "b.com")], [4, 4]);
});

Deno.test("a host that has run out leaves its share to the others", () => {
  const { scheduler, add } = open({ concurrency: 8, concurrencyPerHost: 8 });
  add("a.com", 2);
  add("b.com", 20);
  const taken = takeAll(scheduler);
  assert.deepEqual([count(hostsOf(taken), "a.com"), count(hostsOf(taken), "b.com")], [2, 4]);
  for (const request of taken.filter(({ url }) => hostOf(url) === "a.com")) scheduler.ended(request, good);
  assert.equal(takeAll(scheduler).length, 4);
  assert.equal(scheduler.inFlight, 8);
});

Deno.test("among hosts the highest priority goes first, then what came first", () => {
  const { scheduler, add } = open({ concurrency: 2, concurrencyPerHost: 1 });
  add("a.com");
  add("b.com");
  add("c.com", 1, { priority: 1 });
  add("a.com", 1, { priority: 2 });
  const first = takeAll(scheduler);
  assert.deepEqual(first.map(({ url }) => url), ["http://a.com/3", "http://c.com/2"]);
  for (const each of first) scheduler.ended(each, good);
  assert.deepEqual(takeAll(scheduler).map(({ url }) => url), ["http://a.com/0", "http://b.com/1"]);
});

Deno.test("with a delay one request at a time goes to a host, and the delay counts from its end", () => {
  const { scheduler, clock, add } = open({ delay: 2 });
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
  const { scheduler, add } = open({ delay: 2 });
  add("a.com", 2);
  scheduler.ended(scheduler.next()!, undefined);
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("randomizeDelay makes the delay longer by up to a half, never shorter", () => {
  for (const [random, wait] of [[0, 2000], [0.5, 2500], [0.999, 2999]] as const) {
    const { scheduler, add } = open({ delay: 2, randomizeDelay: true, random: () => random });
    add("a.com", 2);
    scheduler.ended(scheduler.next()!, good);
    assert.equal(scheduler.next(), undefined);
    assert.equal(scheduler.wait(), wait);
  }
});

Deno.test("a host in its delay does not hold up another", () => {
  const { scheduler, clock, add } = open({ delay: 0.3, concurrency: 2 });
  add("slow.com", 3);
  scheduler.ended(scheduler.next()!, good);
  add("b.com");
  add("c.com");
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["b.com", "c.com"]);
  clock.advance(300);
  assert.deepEqual(takeAll(scheduler), []);
});

Deno.test("hold() stops one host and no other, until release()", () => {
  const { scheduler, add } = open();
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
  const { scheduler, clock, add } = open({ delay: 1 });
  add("a.com", 3);
  const first = scheduler.next()!;
  scheduler.hold("a.com");
  scheduler.ended(first, good);
  clock.advance(5000);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), undefined);

  const resting = open({ delay: 1 });
  resting.add("a.com", 2);
  resting.scheduler.ended(resting.scheduler.next()!, good);
  assert.equal(resting.scheduler.wait(), 1000);
  resting.scheduler.hold("a.com");
  assert.equal(resting.scheduler.wait(), undefined);
  resting.clock.advance(1000);
  assert.equal(resting.scheduler.next(), undefined);
});

Deno.test("release() counts robots.txt as a request, and keeps a longer Crawl-delay", () => {
  const { scheduler, clock, add } = open({ delay: 1 });
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
  const { scheduler, add } = open({ delay: 5 });
  add("a.com");
  scheduler.hold("a.com");
  scheduler.release("a.com", 2);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 5000);
});

Deno.test("Retry-After pauses its host, requests in flight notwithstanding, and no other", () => {
  const { scheduler, clock, add } = open({ concurrencyPerHost: 2 });
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
  const { scheduler, add } = open();
  add("a.com", 3);
  const [first, second] = [scheduler.next()!, scheduler.next()!];
  scheduler.ended(first, { latency: 0.1, status: 503 }, 30);
  scheduler.ended(second, { latency: 0.1, status: 503 }, 5);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 30_000);
});

Deno.test("a request waits for its notBefore, counts as waiting, and holds up neither its host nor others", () => {
  const { scheduler, clock, add } = open();
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
  const { scheduler, clock, add } = open({ delay: 10 });
  add("a.com", 1, { notBefore: epoch + 1000 });
  add("a.com", 1);
  scheduler.ended(scheduler.next()!, good);
  clock.advance(1000);
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 9000);
  clock.advance(9000);
  assert.equal(scheduler.next()?.url, "http://a.com/0");
});

Deno.test("addAgain() adds a known request, add() does not", () => {
  const { scheduler } = open();
  const request = createRequest("http://a.com/");
  assert.equal(scheduler.add(request), true);
  assert.equal(scheduler.add(request), false);
  scheduler.addAgain(createRequest("http://a.com/", { attempt: 1 }));
  assert.deepEqual(takeAll(scheduler).map(({ attempt }) => attempt), [0, 1]);
});

Deno.test("putBack() gives a request again, before the others", () => {
  const { scheduler, add } = open({ concurrency: 1 });
  add("a.com", 2);
  const first = scheduler.next()!;
  scheduler.ended(first, good);
  scheduler.putBack(first);
  assert.equal(scheduler.waiting, 2);
  assert.equal(scheduler.next(), first);
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
  const { scheduler, clock, add } = open({ frontier });
  add("a.com");
  assert.equal(scheduler.next(), undefined);
  assert.equal(scheduler.wait(), 1000);
  away = false;
  assert.equal(scheduler.next(), undefined);
  clock.advance(1000);
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("throttle slows down a host that pushes back, and only when it is asked for", () => {
  const { scheduler, clock, add } = open({ throttle: true });
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
  assert.deepEqual(scheduler.snapshot(), { hosts: [{ host: "a.com", delay: 1, notBefore: 0 }] });
  clock.advance(1000);
  assert.equal(takeAll(scheduler).length, 1);

  const other = open({ throttle: false });
  other.add("a.com", 2);
  other.scheduler.ended(other.scheduler.next()!, { latency: 0.1, status: 503 });
  assert.notEqual(other.scheduler.next(), undefined);
});

Deno.test("requests that were on their way when a host first pushed back slow it down once", () => {
  const { scheduler, clock, add } = open({ throttle: true });
  add("a.com", 10);
  const burst = takeAll(scheduler);
  assert.equal(burst.length, 8);
  for (const request of burst) {
    clock.advance(100);
    scheduler.ended(request, { latency: 0.1, status: 503 });
  }
  assert.deepEqual(scheduler.snapshot().hosts.map(({ delay }) => delay), [1]);
  clock.advance(1000);
  scheduler.ended(scheduler.next()!, { latency: 0.1, status: 503 });
  assert.deepEqual(scheduler.snapshot().hosts.map(({ delay }) => delay), [2]);
});

Deno.test("one request object that is added twice with dontFilter is two requests in flight", () => {
  const { scheduler } = open();
  const same = createRequest("http://a.com/", { dontFilter: true });
  scheduler.add(same);
  scheduler.add(same);
  assert.equal(takeAll(scheduler).length, 2);
  assert.equal(scheduler.inFlight, 2);
});

Deno.test("a scheduler that goes on from a snapshot waits the delay before the first request to every host", () => {
  const { scheduler, clock, add } = open({ delay: 3, snapshot: { hosts: [] } });
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
  const { scheduler, add } = open({ delay: 3 });
  add("a.com");
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("the delay of a slowed host and a Retry-After go on over a resume, by the calendar", () => {
  const first = open({ throttle: true });
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
  const again = open({ throttle: true, snapshot }, clock);
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
  assert.equal(count(hostsOf(takeAll(again.scheduler)), "b.com"), 2);
});

Deno.test("requests of an earlier process are next without being added", () => {
  const frontier = new Frontier({ seen: new Seen() });
  frontier.add(createRequest("http://a.com/"));
  const { scheduler } = open({ frontier });
  assert.equal(scheduler.waiting, 1);
  assert.equal(scheduler.next()?.url, "http://a.com/");
});

Deno.test("any crawl ends: limits and delays are kept, and wait() never says too little or nothing while something could be sent", () => {
  const options = fc.record({
    concurrency: fc.integer({ min: 1, max: 6 }),
    concurrencyPerHost: fc.integer({ min: 1, max: 4 }),
    delay: fc.constantFrom(0, 0, 1),
    throttle: fc.boolean(),
    randomizeDelay: fc.boolean(),
  });
  const request = fc.record({
    host: fc.constantFrom("a.com", "b.com", "c.com"),
    takes: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3000 })),
    status: fc.constantFrom(200, 200, 200, 404, 503, "timeout" as const, undefined),
    retryAfter: fc.constantFrom(0, 0, 0, 2),
    notBefore: fc.constantFrom(0, 0, 0, 4000),
    priority: fc.integer({ min: -1, max: 1 }),
  });
  fc.assert(
    fc.property(options, fc.array(request, { maxLength: 25 }), (options, requests) => {
      const { scheduler, clock } = open(options);
      const of = new Map<string, (typeof requests)[number]>();
      requests.forEach((each, number) => {
        const url = `http://${each.host}/${number}`;
        of.set(url, each);
        const notBefore = each.notBefore === 0 ? 0 : epoch + each.notBefore;
        scheduler.add(createRequest(url, { priority: each.priority, notBefore }));
      });
      const flying = new Map<Request, number>(),
        lastEnd = new Map<string, number>(),
        paused = new Map<string, number>(),
        sentAt = new Map<Request, number>();
      let mayHaveStalled = false;
      let left = requests.length;
      while (left > 0) {
        for (let next = scheduler.next(); next !== undefined; next = scheduler.next()) {
          const host = hostOf(next.url), { takes, notBefore } = of.get(next.url)!;
          const ofHost = [...flying.keys()].filter(({ url }) => hostOf(url) === host).length;
          // Half a second is the least after which a request gives up its place.
          mayHaveStalled ||= [...sentAt.values()].some((at) => clock.now() - at > 499.9);
          assert.ok(flying.size < options.concurrency * (mayHaveStalled ? 9 : 1));
          assert.ok(ofHost < Math.min(options.concurrency, options.concurrencyPerHost));
          sentAt.set(next, clock.now());
          if (options.delay > 0) assert.equal(ofHost, 0);
          assert.ok(clock.now() >= (lastEnd.get(host) ?? -Infinity) + 1000 * options.delay, "the delay is kept");
          assert.ok(clock.now() >= (paused.get(host) ?? 0), "Retry-After is kept");
          assert.ok(clock.wall() >= (notBefore === 0 ? 0 : epoch + notBefore), "notBefore is kept");
          flying.set(next, clock.now() + takes);
        }
        assert.equal(scheduler.inFlight, flying.size);
        assert.equal(scheduler.waiting + flying.size, left);
        const wait = scheduler.wait();
        const [first] = [...flying].sort((a, b) => a[1] - b[1]);
        const steps = [wait, first && first[1] - clock.now()].filter((step) => step !== undefined);
        assert.ok(steps.length > 0, "the crawl stands still although requests wait");
        clock.advance(Math.min(...steps));
        if (first !== undefined && first[1] <= clock.now()) {
          const { status, retryAfter, host } = of.get(first[0].url)!;
          mayHaveStalled ||= clock.now() - sentAt.get(first[0])! > 499.9;
          flying.delete(first[0]);
          sentAt.delete(first[0]);
          left -= 1;
          lastEnd.set(host, clock.now());
          paused.set(host, Math.max(paused.get(host) ?? 0, retryAfter > 0 ? clock.now() + 1000 * retryAfter : 0));
          scheduler.ended(first[0], { latency: 0.1, status }, retryAfter);
        }
      }
      assert.equal(scheduler.waiting, 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("requests that were under way when a host first pushed back slow it down once", () => {
  const { scheduler, add, clock } = open({ throttle: true, concurrencyPerHost: 4 });
  add("a.com", 9);
  const taken = takeAll(scheduler);
  clock.advance(10);
  for (const request of taken) scheduler.ended(request, { latency: 0.01, status: 503 });
  assert.deepEqual(scheduler.snapshot().hosts, [{ host: "a.com", delay: 1, notBefore: 0 }]);
  clock.advance(1000);
  scheduler.ended(scheduler.next()!, { latency: 0.01, status: 503 });
  assert.deepEqual(scheduler.snapshot().hosts, [{ host: "a.com", delay: 2, notBefore: 0 }]);
});

Deno.test("a connection that is refused does not slow its host down", () => {
  const { scheduler, add } = open({ throttle: true });
  add("a.com", 2);
  scheduler.ended(scheduler.next()!, { latency: 0.01, status: undefined });
  assert.deepEqual(scheduler.snapshot().hosts, []);
  assert.notEqual(scheduler.next(), undefined);
});

Deno.test("a Crawl-delay goes on over a resume: robots.txt itself waits for it", () => {
  const first = open();
  first.add("a.com");
  first.scheduler.hold("a.com");
  first.scheduler.release("a.com", 7);
  const snapshot = first.scheduler.snapshot();
  assert.deepEqual(snapshot.hosts, [{ host: "a.com", delay: 0, crawlDelay: 7, notBefore: 0 }]);
  const again = open({ snapshot });
  again.add("a.com");
  assert.equal(again.scheduler.next(), undefined);
  assert.equal(again.scheduler.wait(), 7000);
});

Deno.test("a request that stalls gives up its place to another host, and to its own only as its share allows", () => {
  const { scheduler, clock, add } = open({ concurrency: 2, concurrencyPerHost: 1 });
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
  const { scheduler, clock, add } = open({ concurrency: 1 });
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
  const { scheduler, clock, add } = open({ concurrency: 1 });
  for (let at = 0; at < 20; at++) add(`h${at}.com`, 3);
  for (let at = 0; at < 20; at++) {
    takeAll(scheduler);
    clock.advance(10_000);
  }
  takeAll(scheduler);
  assert.equal(scheduler.inFlight, 9);
});

Deno.test("what is usual is learnt: where every answer takes two seconds, two seconds are no stall", () => {
  const { scheduler, clock, add } = open({ concurrency: 1 });
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
  const { scheduler, clock, add } = open({ concurrency: 8, concurrencyPerHost: 8 });
  for (let at = 0; at < 4; at++) add(`dead${at}.com`);
  takeAll(scheduler);
  add("a.com", 20);
  assert.equal(takeAll(scheduler).length, 2);
  clock.advance(500);
  assert.equal(takeAll(scheduler).length, 6);
});

Deno.test("robots.txt takes a place while it is asked for, and gives it up when it stalls", () => {
  const { scheduler, clock, add } = open({ concurrency: 1 });
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
