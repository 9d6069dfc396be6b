import assert from "node:assert/strict";
import { type Call, slowWords, TimeLimit, TimeLimitError } from "../../lib/engine/time_limit.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { epoch, settle } from "./parts.ts";

const never = () => new Promise<never>(() => {});

Deno.test("a call returns what its function returns, at once or later, and throws what it throws", async () => {
  const limit = new TimeLimit({ clock: new ManualClock(), seconds: 60 });
  assert.equal(await limit.call({ name: "parse" }, () => 5), 5);
  assert.equal(await limit.call({ name: "parse" }, () => Promise.resolve(6)), 6);
  await assert.rejects(
    limit.call({ name: "parse" }, () => {
      throw new RangeError("x");
    }),
    { name: "RangeError", message: "x" },
  );
  assert.equal(limit.longest, undefined);
});

Deno.test("a call that never ends fails when its time is over, and not before", async () => {
  const clock = new ManualClock(epoch);
  const limit = new TimeLimit({ clock, seconds: 60 });
  const thrown: unknown[] = [];
  limit.call({ name: "detail", url: "http://a.com/" }, never).catch((error) => thrown.push(error));
  clock.advance(59_999);
  await settle();
  assert.equal(thrown.length, 0);
  assert.deepEqual([limit.longest?.name, limit.longest?.url, limit.longest?.since], ["detail", "http://a.com/", epoch]);
  clock.advance(1);
  await settle();
  const [error] = thrown;
  assert.ok(error instanceof TimeLimitError);
  assert.equal(error.message, "detail has not ended within 1 min (callbackTimeout)");
  assert.equal(limit.longest, undefined);
});

Deno.test("a call without a limit may take any time", async () => {
  const clock = new ManualClock();
  const limit = new TimeLimit({ clock });
  const gate = Promise.withResolvers<number>();
  const call = limit.call({ name: "parse" }, () => gate.promise);
  clock.advance(100 * 86_400_000);
  await settle();
  gate.resolve(7);
  assert.equal(await call, 7);
});

Deno.test("pace lets timers have their turn after a while, and throws when the time is over", async () => {
  const clock = new ManualClock();
  const limit = new TimeLimit({ clock, seconds: 60 });
  const given = Promise.withResolvers<Call>();
  const call = limit.call({ name: "parse" }, (call) => {
    given.resolve(call);
    return never();
  });
  const { pace } = await given.promise;
  clock.advance(50);
  assert.equal(pace(), undefined);
  clock.advance(1);
  const turn = pace();
  assert.ok(turn instanceof Promise);
  clock.advance(0);
  await turn;
  assert.equal(pace(), undefined, "the next turn is as far away again");
  clock.advance(60_000);
  assert.throws(pace, { name: "TimeLimitError" });
  await assert.rejects(call, { name: "TimeLimitError" });
});

Deno.test("a call that takes long is told of after 5 s, 10 s, 20 s ... until it ends", async () => {
  const clock = new ManualClock(epoch);
  const told: number[] = [];
  const limit = new TimeLimit({ clock, onSlow: ({ name }, seconds) => told.push(name === "parse" ? seconds : NaN) });
  const gate = Promise.withResolvers<void>();
  const call = limit.call({ name: "parse" }, () => gate.promise);
  clock.advance(4_999);
  assert.deepEqual(told, []);
  clock.advance(36_000);
  assert.deepEqual(told, [5, 10, 20, 40]);
  gate.resolve();
  await call;
  clock.advance(1_000_000);
  assert.deepEqual(told, [5, 10, 20, 40]);
});

Deno.test("a slow call in words has its name, its page, how long, and since when", () => {
  const call = {
    name: "parse",
    url: "http://a.com/",
    key: "",
    since: Date.UTC(2026, 0, 1, 12, 0, 3),
    pace: () => undefined,
  };
  assert.equal(slowWords(call, 12), "parse of http://a.com/ has been running for 12 s, since 12:00:03");
  assert.equal(slowWords({ ...call, name: "onClose", url: "" }, 5), "onClose has been running for 5 s, since 12:00:03");
});
