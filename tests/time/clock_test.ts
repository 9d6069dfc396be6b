import assert from "node:assert/strict";
import { ManualClock, systemClock } from "../../lib/time/clock.ts";

Deno.test("ManualClock stands still until advance() turns it", () => {
  const clock = new ManualClock();
  assert.equal(clock.now(), 0);
  assert.equal(clock.wall(), 0);
  clock.advance(1500);
  clock.advance(0.5);
  assert.equal(clock.now(), 1500.5);
  assert.equal(clock.wall(), 1500.5);
});

Deno.test("ManualClock begins at the calendar time it is given", () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  clock.advance(1000);
  assert.equal(clock.now(), 1000);
  assert.equal(new Date(clock.wall()).toISOString(), "2026-01-01T00:00:01.000Z");
});

Deno.test("ManualClock calls back in the order of the times, equal times in the order they were asked for", () => {
  const clock = new ManualClock();
  const calls: string[] = [];
  const note = (name: string) => () => calls.push(`${name} at ${clock.now()}`);
  clock.after(30, note("c"));
  clock.after(10, note("a"));
  clock.after(20, note("b1"));
  clock.after(20, note("b2"));
  clock.after(31, note("d"));
  clock.advance(9);
  assert.deepEqual(calls, []);
  clock.advance(21);
  assert.deepEqual(calls, ["a at 10", "b1 at 20", "b2 at 20", "c at 30"]);
  assert.equal(clock.now(), 30);
});

Deno.test("ManualClock calls once, and not when the call was taken back", () => {
  const clock = new ManualClock();
  let calls = 0;
  const cancel = clock.after(10, () => calls++);
  clock.after(10, () => calls += 10);
  cancel();
  clock.advance(10);
  clock.advance(100);
  cancel();
  assert.equal(calls, 10);
});

Deno.test("ManualClock makes calls that calls ask for, in the same advance() when they fall due", () => {
  const clock = new ManualClock();
  const calls: number[] = [];
  const again = () => {
    calls.push(clock.now());
    clock.after(10, again);
  };
  clock.after(10, again);
  clock.advance(35);
  assert.deepEqual(calls, [10, 20, 30]);
  assert.equal(clock.now(), 35);
});

Deno.test("ManualClock lets a call take back another that falls due with it", () => {
  const clock = new ManualClock();
  const calls: string[] = [];
  clock.after(10, () => {
    calls.push("first");
    cancel();
  });
  const cancel = clock.after(10, () => calls.push("second"));
  clock.advance(10);
  assert.deepEqual(calls, ["first"]);
});

Deno.test("ManualClock never goes back, even when a call turns it further", () => {
  const clock = new ManualClock();
  clock.after(5, () => clock.advance(100));
  clock.advance(10);
  assert.equal(clock.now(), 105);
});

Deno.test("systemClock tells the calendar's time", () => {
  const before = Date.now();
  const wall = systemClock.wall();
  assert.ok(before <= wall && wall <= Date.now());
});

Deno.test("systemClock goes forward, and calls back at the end of the delay", async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.after(0, resolve));
  assert.ok(systemClock.now() >= start);
});

Deno.test("systemClock does not make a call that was taken back", async () => {
  const calls: string[] = [];
  const cancel = systemClock.after(0, () => calls.push("taken back"));
  cancel();
  await new Promise<void>((resolve) => systemClock.after(0, resolve));
  assert.deepEqual(calls, []);
});

Deno.test("systemClock does not fire at once for a delay longer than a timer takes", async () => {
  const calls: string[] = [];
  const cancel = systemClock.after(1e12, () => calls.push("too early"));
  await new Promise<void>((resolve) => systemClock.after(0, resolve));
  cancel();
  assert.deepEqual(calls, []);
});
