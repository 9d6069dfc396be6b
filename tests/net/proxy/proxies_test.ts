import assert from "node:assert/strict";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import type { Proxy } from "../../../lib/net/proxy/proxy.ts";
import { ManualClock } from "../../../lib/time/clock.ts";

function open(count: number) {
  const clock = new ManualClock();
  const all: readonly Proxy[] = Array.from({ length: count }, (_, n) => ({ name: `p${n}`, url: `http://p${n}:8080/` }));
  const log: string[] = [];
  const proxies = new Proxies({ name: "house", proxies: all, clock, onTrouble: (line) => log.push(line) });
  return { clock, all, proxies, log, next: () => proxies.next()?.name };
}

/** Fails a proxy with a request that begins now. */
function fail({ proxies, all, clock }: ReturnType<typeof open>, at: number): void {
  clock.advance(1);
  proxies.failed(all[at]!, clock.now(), "it is dead");
}

Deno.test("Proxies give each in turn", () => {
  const { next } = open(3);
  assert.deepEqual([next(), next(), next(), next()], ["p0", "p1", "p2", "p0"]);
});

Deno.test("Proxies leave out those that were tried", () => {
  const { proxies, all } = open(3);
  assert.equal(proxies.next(new Set([all[0]!, all[1]!])), all[2]);
  assert.equal(proxies.next(new Set(all)), undefined);
});

Deno.test("a proxy that fails rests for 30 seconds, then twice as long each time, up to ten minutes", () => {
  const opened = open(1);
  const { clock, proxies, log, next } = opened;
  for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
    fail(opened, 0);
    clock.advance(1000 * seconds - 1);
    assert.equal(next(), undefined, `within ${seconds} seconds`);
    clock.advance(1);
    assert.equal(next(), "p0");
  }
  assert.equal(log[1], "it is dead; it rests for 1 min");
  proxies.worked(opened.all[0]!);
  fail(opened, 0);
  clock.advance(30_000);
  assert.equal(next(), "p0", "it worked, so it begins again with 30 seconds");
});

Deno.test("of requests that were under way together through a proxy that fails, one counts", () => {
  const { clock, all, proxies, log, next } = open(1);
  const began = clock.now();
  clock.advance(5);
  for (let n = 0; n < 8; n++) proxies.failed(all[0]!, began, "it is dead");
  assert.equal(log.length, 1);
  clock.advance(30_000);
  assert.equal(next(), "p0");
});

Deno.test("after its rest a proxy gets one request, and the others only when that one has come through", () => {
  const opened = open(2);
  const { clock, all, proxies, next } = opened;
  fail(opened, 0);
  clock.advance(30_000);
  assert.deepEqual([next(), next(), next()], ["p0", "p1", "p1"]);
  proxies.worked(all[0]!);
  assert.deepEqual([next(), next()], ["p0", "p1"]);
});

Deno.test("a trial that tells nothing leaves a proxy to be tried again", () => {
  const opened = open(1);
  const { clock, all, proxies, next } = opened;
  fail(opened, 0);
  clock.advance(30_000);
  assert.deepEqual([next(), next()], ["p0", undefined]);
  proxies.undecided(all[0]!);
  assert.deepEqual([next(), next()], ["p0", undefined]);
});

Deno.test("a proxy that refuses the password is not given again", () => {
  const { clock, all, proxies, log, next } = open(2);
  proxies.denied(all[0]!, "wrong");
  proxies.denied(all[0]!, "wrong");
  clock.advance(86_400_000);
  assert.deepEqual([next(), next()], ["p1", "p1"]);
  assert.equal(proxies.areDenied, false);
  proxies.denied(all[1]!, "wrong");
  assert.equal(proxies.areDenied, true);
  assert.equal(next(), undefined);
  assert.deepEqual(log, ["wrong; it is not asked again", "wrong; it is not asked again"]);
});

Deno.test("Proxies know since when none of them works", () => {
  const opened = open(2);
  const { clock, all, proxies } = opened;
  fail(opened, 0);
  assert.equal(proxies.downSince, undefined);
  clock.advance(1000);
  fail(opened, 1);
  const since = clock.now();
  assert.equal(proxies.downSince, since);
  clock.advance(40_000);
  fail(opened, 0);
  assert.equal(proxies.downSince, since);
  proxies.worked(all[1]!);
  assert.equal(proxies.downSince, undefined);
});

Deno.test("Proxies remember when one has worked", () => {
  const { clock, all, proxies } = open(1);
  assert.equal(proxies.hasWorkedSince(all[0]!, 0), false);
  clock.advance(10);
  proxies.worked(all[0]!);
  assert.equal(proxies.hasWorkedSince(all[0]!, 10), true);
  assert.equal(proxies.hasWorkedSince(all[0]!, 11), false);
});

Deno.test("some() names others each time, the resting ones as well", () => {
  const opened = open(3);
  const { proxies, all } = opened;
  fail(opened, 1);
  proxies.denied(all[2]!, "wrong");
  assert.deepEqual(proxies.some(1).map(({ name }) => name), ["p0"]);
  assert.deepEqual(proxies.some(1).map(({ name }) => name), ["p1"]);
  assert.deepEqual(proxies.some(5).map(({ name }) => name).sort(), ["p0", "p1"]);
});
