import assert from "node:assert/strict";
import { eachOutput } from "../../lib/spider/outputs.ts";
import type { Outputs } from "../../lib/spider/spider.ts";

async function collected(outputs: unknown): Promise<unknown[]> {
  const all: unknown[] = [];
  await eachOutput(outputs as Outputs, (output) => all.push(output));
  return all;
}

const two = [{ a: 1 }, { a: 2 }];

const forms: Readonly<Record<string, () => unknown>> = {
  "a generator": function* () {
    yield* two;
  },
  "an async generator": async function* () {
    yield two[0];
    await Promise.resolve();
    yield two[1];
  },
  "an array": () => two,
  "a set": () => new Set(two),
  "a promise of an array": () => Promise.resolve(two),
  "an async function that returns a generator": () =>
    Promise.resolve((function* () {
      yield* two;
    })()),
};

for (const [name, make] of Object.entries(forms)) {
  Deno.test(`eachOutput() takes everything of ${name}, in order`, async () => {
    assert.deepEqual(await collected(make()), two);
  });
}

Deno.test("eachOutput() takes nothing for nothing", async () => {
  assert.deepEqual(await collected(undefined), []);
  assert.deepEqual(await collected(null), []);
  assert.deepEqual(await collected(Promise.resolve()), []);
});

Deno.test("eachOutput() refuses what is neither", async () => {
  await assert.rejects(collected(5), {
    name: "TypeError",
    message: "a callback returned a number: it must be a generator or return an array",
  });
  await assert.rejects(collected({ title: "an item" }), TypeError);
  await assert.rejects(collected("text"), TypeError);
});

Deno.test("eachOutput() passes on what a generator throws, wherever", async () => {
  const failing = function* () {
    yield 1;
    throw new Error("sync");
  };
  await assert.rejects(collected(failing()), { message: "sync" });
  await assert.rejects(collected(Promise.reject(new Error("async"))), { message: "async" });
});
