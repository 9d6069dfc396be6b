import assert from "node:assert/strict";
import { hostOf } from "../../lib/frontier/frontier.ts";
import type { Request } from "../../lib/model/request.ts";
import { good, hostsOf, openScheduler, takeAll } from "./open_scheduler.ts";

Deno.test("however many hosts are dead, those that have answered are asked nearly as fast as without them", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 4, concurrencyPerHost: 2 });
  for (const host of ["a.com", "b.com"]) {
    add(host);
    scheduler.ended(scheduler.next()!, good);
  }
  for (let at = 0; at < 200; at++) add(`dead${at}.com`);
  add("a.com", 100);
  add("b.com", 100);
  const isAlive = ({ url }: Request) => !hostOf(url).startsWith("dead");
  const sent: { readonly request: Request; readonly endsAt: number }[] = [];
  let answered = 0;
  // Alone they would be done after 2.5 seconds: 200 pages of 50 ms, four at a time.
  for (; answered < 200 && clock.now() < 10_000; clock.advance(10)) {
    for (const { request, endsAt } of sent.filter(({ endsAt }) => endsAt <= clock.now())) {
      scheduler.ended(request, isAlive(request) ? good : { latency: 5, status: undefined });
      if (isAlive(request)) answered += 1;
      sent.splice(sent.findIndex((each) => each.request === request && each.endsAt === endsAt), 1);
    }
    for (const request of takeAll(scheduler)) {
      sent.push({ request, endsAt: clock.now() + (isAlive(request) ? 50 : 5000) });
    }
  }
  assert.equal(answered, 200, `after ${clock.now()} ms`);
});

Deno.test("hosts that never answered get half of the places while others want them, and all while none does", () => {
  const { scheduler, add } = openScheduler({ concurrency: 4, concurrencyPerHost: 4 });
  add("a.com");
  scheduler.ended(scheduler.next()!, good);
  for (let at = 0; at < 10; at++) add(`new${at}.com`);
  const alone = takeAll(scheduler);
  assert.deepEqual(hostsOf(alone), ["new0.com", "new1.com", "new2.com", "new3.com"]);
  add("a.com", 10);
  scheduler.ended(alone[0]!, undefined);
  scheduler.ended(alone[1]!, undefined);
  scheduler.ended(alone[2]!, undefined);
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["new4.com", "a.com", "a.com"]);
});

Deno.test("a host that stalls but has answered before gets room where hosts that never did have all of theirs", () => {
  const { scheduler, clock, add } = openScheduler({ concurrency: 1, concurrencyPerHost: 1 });
  add("a.com", 2);
  scheduler.ended(scheduler.next()!, good);
  const late = scheduler.next()!;
  clock.advance(5000);
  scheduler.ended(late, { latency: 5, status: 200 });
  for (let at = 0; at < 20; at++) {
    add(`dead${at}.com`);
    takeAll(scheduler);
    clock.advance(5000);
  }
  assert.deepEqual([takeAll(scheduler), scheduler.inFlight], [[], 8]);
  add("a.com");
  assert.deepEqual(hostsOf(takeAll(scheduler)), ["a.com"]);
});
