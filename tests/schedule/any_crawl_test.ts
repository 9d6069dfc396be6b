import assert from "node:assert/strict";
import fc from "fast-check";
import { hostOf } from "../../lib/frontier/frontier.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { epoch, openScheduler } from "./open_scheduler.ts";

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
      const { scheduler, clock } = openScheduler(options);
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
