import assert from "node:assert/strict";
import { type Late, Watch } from "../../lib/net/watch.ts";
import { type Clock, ManualClock } from "../../lib/time/clock.ts";

function watched(limits = { connect: 20_000, idle: 10_000, total: 60_000 }) {
  const clock = new ManualClock();
  const passed: Late[] = [];
  const watch = new Watch(clock, limits, (late) => passed.push(late));
  return { clock, passed, watch };
}

Deno.test("Watch ends the wait for an answer, to the millisecond", () => {
  const { clock, passed } = watched();
  clock.advance(19_999);
  assert.deepEqual(passed, []);
  clock.advance(1);
  assert.deepEqual(passed, ["connect"]);
});

Deno.test("Watch measures silence from what was heard last", () => {
  const { clock, passed, watch } = watched();
  clock.advance(19_000);
  assert.equal(watch.answered(), 19);
  clock.advance(9_000);
  watch.heard();
  clock.advance(9_999);
  assert.deepEqual(passed, []);
  clock.advance(1);
  assert.deepEqual(passed, ["idle"]);
});

Deno.test("Watch ends a body that keeps coming", () => {
  const { clock, passed, watch } = watched();
  watch.answered();
  for (let second = 1; second < 60; second++) {
    clock.advance(1000);
    watch.heard();
  }
  assert.deepEqual(passed, []);
  clock.advance(1000);
  assert.deepEqual(passed, ["total"]);
});

Deno.test("Watch calls once, and not at all when it was stopped", () => {
  const one = watched();
  one.clock.advance(1_000_000);
  assert.deepEqual(one.passed, ["connect"]);
  const other = watched();
  other.clock.advance(15_000);
  other.watch.stop();
  other.clock.advance(1_000_000);
  assert.deepEqual(other.passed, []);
});

Deno.test("Watch lets the limit for everything end the wait for an answer too", () => {
  const { clock, passed } = watched({ connect: 30_000, idle: 30_000, total: 5_000 });
  clock.advance(5_000);
  assert.deepEqual(passed, ["total"]);
});

Deno.test("Watch stands still between pause() and goOn(), for silence and for the whole", () => {
  const { clock, passed, watch } = watched({ connect: 20_000, idle: 10_000, total: 30_000 });
  watch.answered();
  clock.advance(9_000);
  watch.pause();
  clock.advance(100_000);
  assert.deepEqual(passed, []);
  watch.goOn();
  clock.advance(999);
  assert.deepEqual(passed, []);
  clock.advance(1);
  assert.deepEqual(passed, ["idle"]);

  const other = watched({ connect: 20_000, idle: 10_000, total: 15_000 });
  other.clock.advance(6_000);
  other.watch.answered();
  other.watch.pause();
  other.clock.advance(100_000);
  other.watch.goOn();
  other.clock.advance(4_000);
  other.watch.heard();
  other.clock.advance(4_999);
  assert.deepEqual(other.passed, []);
  other.clock.advance(1);
  assert.deepEqual(other.passed, ["total"]);
});

Deno.test("Watch does not fire when it is stopped while it stands still", () => {
  const { clock, passed, watch } = watched();
  watch.pause();
  watch.stop();
  clock.advance(100_000);
  assert.deepEqual(passed, []);
});

/** A watch whose timers fire as late as the test wants. */
function heldUp() {
  let now = 0;
  const timers: { at: number; work: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    wall: () => now,
    after(ms, work) {
      timers.push({ at: now + ms, work });
      return () => {};
    },
  };
  const passed: Late[] = [];
  const watch = new Watch(clock, { connect: 20_000, idle: 10_000, total: 60_000 }, (late) => passed.push(late));
  const fire = (late: number) => {
    const { at, work } = timers.pop()!;
    now = at + late;
    work();
    return now;
  };
  return { watch, passed, fire };
}

Deno.test("Watch looks once more when work of our own has held it up", () => {
  const { watch, passed, fire } = heldUp();
  fire(0);
  watch.answered();
  // It was due after ten seconds of silence, and three more went by before anybody could look.
  assert.equal(fire(3_000), 23_000);
  watch.heard();
  assert.equal(fire(0), 26_000);
  fire(3_000);
  assert.deepEqual(passed, []);
  assert.equal(fire(0), 39_000);
  assert.deepEqual(passed, ["idle"]);
});

Deno.test("Watch waits no longer than for a silence when the whole process has stood still", () => {
  const { passed, fire } = heldUp();
  const stopped = fire(3_600_000);
  assert.deepEqual(passed, []);
  assert.equal(fire(0) - stopped, 10_000);
  assert.deepEqual(passed, ["total"]);
});
