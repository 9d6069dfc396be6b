import assert from "node:assert/strict";
import { isInstance, readThrown } from "../../lib/text/thrown.ts";

const words = (thrown: unknown) => {
  const { name, message } = readThrown(thrown);
  return { name, message };
};

Deno.test("readThrown() reads an error and keeps it", () => {
  const error = new RangeError("no price");
  const read = readThrown(error);
  assert.deepEqual([read.name, read.message, read.stack], ["RangeError", "no price", error.stack]);
  assert.equal(read.error, error);
});

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const circular = new Error("round");
circular.cause = circular;

const exotic: readonly (readonly [what: string, thrown: unknown, name: string, message: string])[] = [
  ["a text", "broken", "Error", "broken"],
  ["nothing", undefined, "Error", "undefined"],
  ["null", null, "Error", "null"],
  ["a number", 5, "Error", "5"],
  ["a symbol", Symbol("s"), "Error", "Symbol(s)"],
  ["an object without a prototype", Object.create(null), "Error", "something that cannot be shown"],
  ["a Proxy that has been revoked", revoked(), "Error", "something that cannot be shown"],
  [
    "a Proxy whose traps throw",
    new Proxy(new Error("x"), {
      get() {
        throw 5;
      },
      getPrototypeOf() {
        throw 6;
      },
    }),
    "Error",
    "something that cannot be shown",
  ],
  [
    "an object whose toString throws",
    {
      toString() {
        throw new Error("x");
      },
    },
    "Error",
    "something that cannot be shown",
  ],
  [
    "an error whose message throws",
    Object.defineProperty(new TypeError("x"), "message", {
      get() {
        throw new Error("no");
      },
    }),
    "TypeError",
    "(its message cannot be read)",
  ],
  [
    "an error whose name throws",
    Object.defineProperty(new TypeError("x"), "name", {
      get() {
        throw new Error("no");
      },
    }),
    "Error",
    "x",
  ],
  [
    "an error whose stack throws",
    Object.defineProperty(new TypeError("x"), "stack", {
      get() {
        throw new Error("no");
      },
    }),
    "TypeError",
    "x",
  ],
  [
    "an error whose message is an object",
    Object.defineProperty(new Error(), "message", { value: {} }),
    "Error",
    "[object Object]",
  ],
  ["a frozen error", Object.freeze(new RangeError("ice")), "RangeError", "ice"],
  ["an error that is its own cause", circular, "Error", "round"],
];

for (const [what, thrown, name, message] of exotic) {
  Deno.test(`readThrown() reads ${what}, and its error can be read as well`, () => {
    assert.deepEqual(words(thrown), { name, message });
    const { error } = readThrown(thrown);
    assert.deepEqual([error.name, String(error.message), typeof error.stack], [name, message, "string"]);
  });
}

Deno.test("readThrown() cuts a message with a whole page in it", () => {
  assert.equal(readThrown(new Error("x".repeat(1_000_000))).message.length, 20_000);
});

Deno.test("isInstance() is false for what does not say", () => {
  assert.equal(isInstance(new RangeError("x"), Error), true);
  assert.equal(isInstance({}, Error), false);
  assert.equal(isInstance(revoked(), Error), false);
});
