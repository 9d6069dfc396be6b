import assert from "node:assert/strict";
import { Patience } from "../../../lib/cli/watchdog/patience.ts";

const anyTime = { callback: Infinity, end: Infinity };

/** Lets so many ticks of 250 ms pass in which the thread is busy, or has its turn; returns the first reason to end. */
function pass(patience: Patience, ticks: number, beats: () => number): string | undefined {
  for (let tick = 0; tick < ticks; tick++) {
    const reason = patience.tick(250, beats());
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const busy = () => 7;
const lively = () => {
  let beats = 100;
  return () => ++beats;
};

Deno.test("a SIGTERM that is not heard ends the process after a second", () => {
  const patience = new Patience(anyTime);
  pass(patience, 4, busy);
  patience.signal("SIGTERM", 7);
  assert.equal(pass(patience, 4, busy), undefined);
  assert.equal(pass(patience, 1, busy), "SIGTERM was not heard within a second");
});

Deno.test("one SIGINT ends nothing, the second one does when it is not heard", () => {
  const patience = new Patience(anyTime);
  patience.signal("SIGINT", 7);
  assert.equal(pass(patience, 400, busy), undefined);
  patience.signal("SIGINT", 7);
  assert.equal(pass(patience, 4, busy), undefined);
  assert.equal(pass(patience, 1, busy), "the second SIGINT was not heard within a second");
});

Deno.test("signals that are heard end nothing", () => {
  const patience = new Patience(anyTime);
  const beats = lively();
  patience.signal("SIGTERM", 100);
  assert.equal(pass(patience, 400, beats), undefined);
});

Deno.test("who had its turn just before a signal, and was seen to only after it, has not heard it", () => {
  const patience = new Patience(anyTime);
  patience.tick(250, 7);
  patience.signal("SIGTERM", 8);
  assert.equal(pass(patience, 5, () => 8), "SIGTERM was not heard within a second");
});

Deno.test("who hears the second SIGINT and then hangs is given five seconds", () => {
  const patience = new Patience(anyTime);
  patience.signal("SIGINT", 7);
  patience.signal("SIGINT", 7);
  patience.tick(250, 8);
  assert.equal(pass(patience, 19, () => 8), undefined);
  assert.equal(pass(patience, 1, () => 8), "it was told to stop, and has not");
});

Deno.test("the end of the time counts like a signal, and a thread that hears it goes on", () => {
  const patience = new Patience({ callback: Infinity, end: 2000 });
  assert.equal(pass(patience, 11, busy), undefined);
  assert.equal(pass(patience, 1, busy), "the end of --timeout and --grace was not heard within a second");
  assert.equal(pass(new Patience({ callback: Infinity, end: 2000 }), 400, lively()), undefined);
});

Deno.test("who keeps the thread for the time of a callback and the grace has the process ended, whoever it is", () => {
  const patience = new Patience({ callback: 90_000, end: Infinity });
  // The first tick sees that the thread has had its turn.
  assert.equal(pass(patience, 360, busy), undefined);
  assert.match(pass(patience, 1, busy) ?? "", /^nothing else has had its turn/);
});

Deno.test("a machine that slept has not been busy", () => {
  const patience = new Patience({ callback: 90_000, end: Infinity });
  patience.tick(250, 7);
  assert.equal(patience.tick(3_600_000, 7), undefined);
  assert.equal(patience.busy, 500);
});

Deno.test("time that does not count brings the end no nearer, until it counts", () => {
  const patience = new Patience({ callback: Infinity, end: 1000 });
  for (let passed = 0; passed < 60_000; passed += 250) {
    assert.equal(patience.tick(250, 7, false), undefined);
  }
  const reasons = Array.from({ length: 10 }, () => patience.tick(250, 7));
  assert.equal(
    reasons.find((reason) => reason !== undefined),
    "the end of --timeout and --grace was not heard within a second",
  );
  assert.equal(reasons.slice(0, 4).every((reason) => reason === undefined), true);
});

Deno.test("a first SIGINT that is not heard is told of within a second; one that is heard is not", () => {
  const patience = new Patience(anyTime);
  patience.tick(250, 7);
  patience.signal("SIGINT", 7);
  pass(patience, 2, busy);
  assert.equal(patience.isDeaf, false);
  pass(patience, 1, busy);
  assert.equal(patience.isDeaf, true);
  const heard = new Patience(anyTime);
  heard.signal("SIGINT", 100);
  pass(heard, 400, lively());
  assert.equal(heard.isDeaf, false);
});
