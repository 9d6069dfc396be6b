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
  "what is no promise and can be awaited": () => ({
    then: (resolve: (value: unknown) => void) => resolve(two),
  }),
  "a promise of an async generator": () =>
    Promise.resolve((async function* () {
      yield* two;
      await Promise.resolve();
    })()),
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

for (const [name, make] of Object.entries(forms)) {
  Deno.test(`eachOutput() asks for the pace after each thing of ${name}, and awaits what it says`, async () => {
    const steps: string[] = [];
    await eachOutput(make() as Outputs, () => steps.push("taken"), () => {
      steps.push("asked");
      return Promise.resolve().then(() => void steps.push("waited"));
    });
    assert.deepEqual(steps, ["taken", "asked", "waited", "taken", "asked", "waited"]);
  });
}

Deno.test("eachOutput() ends a generator that is stopped by the pace, in its own way", async () => {
  for (const kind of ["sync", "async"]) {
    const steps: string[] = [];
    const body = function* () {
      try {
        for (;;) yield 1;
      } finally {
        steps.push("cleaned up");
      }
    };
    const outputs = kind === "sync" ? body() : (async function* () {
      yield* body();
      await Promise.resolve();
    })();
    const stopped = eachOutput(outputs as unknown as Outputs, () => steps.push("taken"), () => {
      if (steps.length === 3) throw new Error("time is over");
      return undefined;
    });
    await assert.rejects(stopped, { message: "time is over" });
    assert.deepEqual(steps, ["taken", "taken", "taken", "cleaned up"]);
  }
});
