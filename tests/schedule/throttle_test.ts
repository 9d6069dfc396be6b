import assert from "node:assert/strict";
import fc from "fast-check";
import {
  adjust,
  autoThrottle,
  initialPace,
  type Observation,
  type Pace,
  pushesBack,
} from "../../lib/schedule/throttle.ts";

const good: Observation = { latency: 0.1, status: 200 };

function after(observations: readonly Observation[], pace: Pace = initialPace, concurrency = 8): Pace {
  return observations.reduce((at, observation) => adjust(at, observation, concurrency), pace);
}

function delays(observations: readonly Observation[], pace: Pace = initialPace): number[] {
  return observations.map((observation) => (pace = adjust(pace, observation, 8)).delay);
}

Deno.test("a host that answers well has no delay", () => {
  const pace = after(Array(50).fill({ latency: 0.5, status: 200 }));
  assert.deepEqual(pace, { delay: 0, best: 0.5, recent: 0.5 });
});

for (const status of [429, 503, "timeout"] as const) {
  Deno.test(`${status} makes a delay of a second, then doubles it up to a minute`, () => {
    const bad = { latency: 0.1, status };
    assert.deepEqual(delays(Array(9).fill(bad)), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert.equal(after([bad], { delay: 0.3, best: 0.1, recent: 0.1 }).delay, 1);
  });
}

Deno.test("pushesBack() is true of what asks for a slower pace, and nothing else", () => {
  const all = [200, 404, 429, 500, 502, 503, "timeout", undefined] as const;
  assert.deepEqual(all.filter((status) => pushesBack(status)), [429, 503, "timeout"]);
});

Deno.test("a failure that says nothing about the host's load changes nothing", () => {
  for (const pace of [initialPace, { delay: 2, best: 0.1, recent: 0.1 }]) {
    assert.deepEqual(after([{ latency: 30, status: undefined }], pace), pace);
  }
});

Deno.test("other errors are no push-back", () => {
  for (const status of [301, 404, 410, 500, 502]) assert.equal(after([{ latency: 0.1, status }]).delay, 0);
});

Deno.test("each good answer brings the delay halfway back, until it is none", () => {
  const slowed: Pace = { delay: 1, best: 0.1, recent: 0.1 };
  const [first, second, third, ...rest] = delays(Array(10).fill({ latency: 0, status: 200 }), slowed);
  assert.deepEqual([first, second, third], [0.5, 0.25, 0.125]);
  assert.equal(rest.at(-1), 0);
});

Deno.test("an error does not shorten the delay, and may lengthen it", () => {
  const slowed: Pace = { delay: 1, best: 0.1, recent: 0.1 };
  assert.equal(after([{ latency: 0.1, status: 404 }], slowed).delay, 1);
  assert.equal(after([{ latency: 80, status: 404 }], slowed).delay, 10);
});

Deno.test("a latency that grows to several times the best makes a delay of the latency by the concurrency", () => {
  const slow: Observation = { latency: 4, status: 200 };
  assert.deepEqual(delays([good, slow, slow]), [0, 0, 0.5]);
  const strained = after([good, ...Array(10).fill(slow)]);
  assert.ok(strained.delay >= 0.5, `${strained.delay}`);
  assert.equal(strained.best, 0.1);
});

Deno.test("a host that is always slow is not slowed down", () => {
  assert.equal(after(Array(30).fill({ latency: 20, status: 200 })).delay, 0);
});

Deno.test("the delay is never more than a minute, never negative, and ends when the host is well again", () => {
  const observation = fc.record({
    latency: fc.double({ min: 0, max: 10_000, noNaN: true }),
    status: fc.constantFrom(200, 301, 404, 429, 500, 503, "timeout" as const, undefined),
  });
  fc.assert(fc.property(fc.array(observation), (observations) => {
    const pace = after(observations);
    assert.ok(pace.delay >= 0 && pace.delay <= 60, `${pace.delay}`);
    assert.equal(after(Array(100).fill({ latency: 0.01, status: 200 }), pace).delay, 0);
  }));
});

Deno.test("autoThrottle() goes halfway to the target, never below it, and shortens only for a 200", () => {
  assert.equal(autoThrottle(5, 1, 200), 3);
  assert.equal(autoThrottle(1, 5, 200), 5);
  assert.equal(autoThrottle(5, 1, 404), 5);
  assert.equal(autoThrottle(1, 5, 404), 5);
  assert.equal(autoThrottle(2, 2, 500), 2);
});
