import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { checkPackable, pack, SerializationError, unpack } from "../../lib/disk/pack.ts";

Deno.test("unpack() gives back what pack() was given", () => {
  const value = {
    text: "ü€😀",
    long: "x".repeat(70_000),
    numbers: [0, -1, 255, 65_536, -2_147_483_649, 2 ** 40, 1.5, -0.1, Infinity, -Infinity, NaN],
    truths: [true, false, null],
    bytes: new Uint8Array([0, 255]),
    date: new Date("2026-11-21T09:30:00.123Z"),
    early: new Date(-1),
    nested: [[{ a: [] }], {}],
    "": "empty key",
    "constructor": 1,
  };
  assert.deepEqual(unpack(pack(value)), value);
});

Deno.test("pack() leaves out keys whose value is undefined", () => {
  assert.deepEqual(unpack(pack({ a: undefined, b: 1 })), { b: 1 });
});

Deno.test("whatever checkPackable() lets pass comes back from unpack()", () => {
  const value = fc.anything({
    maxDepth: 4,
    withDate: true,
    withNullPrototype: true,
    withTypedArray: true,
    withBigInt: true,
    withMap: true,
    withSet: true,
    withSparseArray: false,
  });
  fc.assert(
    fc.property(value, (value) => {
      try {
        checkPackable(value, "value");
      } catch (error) {
        assert.ok(error instanceof SerializationError);
        return;
      }
      assert.deepEqual(normal(unpack(pack(value))), normal(value));
    }),
    { numRuns: 2000 },
  );
});

/** The value as MessagePack may give it back: no undefined, no -0, and plain prototypes. */
function normal(value: unknown): unknown {
  if (value === undefined) return null;
  if (Object.is(value, -0)) return 0;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(normal);
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, normal(each)]),
  );
}

class Node {}

const cyclic: Record<string, unknown> = { a: {} };
cyclic.a = { list: [cyclic] };

const refused: readonly (readonly [unknown, string])[] = [
  [{ page: { node: () => {} } }, "meta.page.node is a function, which cannot be stored"],
  [{ big: 10n }, "meta.big is a bigint, which cannot be stored"],
  [{ list: [1, { x: Symbol("x") }] }, "meta.list[1].x is a symbol, which cannot be stored"],
  [{ map: new Map() }, "meta.map is a Map object, which cannot be stored"],
  [{ set: new Set() }, "meta.set is a Set object, which cannot be stored"],
  [{ url: new URL("http://a/") }, "meta.url is a URL object, which cannot be stored"],
  [{ node: new Node() }, "meta.node is a Node object, which cannot be stored"],
  [{ pattern: /x/ }, "meta.pattern is a RegExp object, which cannot be stored"],
  [{ promise: Promise.resolve() }, "meta.promise is a Promise object, which cannot be stored"],
  [{ buffer: new ArrayBuffer(1) }, "meta.buffer is a ArrayBuffer object, which cannot be stored"],
  [{ floats: new Float64Array(1) }, "meta.floats is a Float64Array object, which cannot be stored"],
  [{ odd: Object.create(Object.create(null)) }, "meta.odd is a class object, which cannot be stored"],
  [{ a: [JSON.parse('{"__proto__": 1}')] }, 'meta.a[0] has a key "__proto__", which cannot be stored'],
  [cyclic, "meta.a.list[0] contains itself, which cannot be stored"],
  [() => {}, "meta is a function, which cannot be stored"],
];

for (const [value, message] of refused) {
  Deno.test(`checkPackable() says: ${message}`, () => {
    assert.throws(() => checkPackable(value, "meta"), { name: "SerializationError", message });
  });
}

Deno.test("checkPackable() refuses a date that is none, which would come back as another", () => {
  assert.throws(() => checkPackable({ seen: new Date(NaN) }, "meta"), {
    name: "SerializationError",
    message: /^meta\.seen /,
  });
});

Deno.test("checkPackable() lets the same object stand in two places", () => {
  const tag = { name: "x" };
  checkPackable({ a: tag, b: [tag, tag] }, "meta");
  assert.deepEqual(unpack(pack({ a: tag, b: [tag] })), { a: { name: "x" }, b: [{ name: "x" }] });
});

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

Deno.test("checkPackable() lets pass what is 100 deep, which pack() can carry deep inside a request, and no more", () => {
  checkPackable(nested(100), "meta");
  assert.deepEqual(unpack(pack(["url", { meta: nested(100) }])), ["url", { meta: nested(100) }]);
  assert.throws(() => checkPackable(nested(101), "meta"), {
    name: "SerializationError",
    message: `meta${"[0]".repeat(100)} is nested more than 100 deep, which cannot be stored`,
  });
  assert.throws(() => checkPackable(nested(100_000), "meta"), SerializationError);
});

Deno.test("unpack() refuses bytes that are no MessagePack, that end too soon, or that go on", () => {
  const whole = pack({ a: [1, "two", new Uint8Array(3)], b: 1.5 });
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => unpack(whole.slice(0, length)), `${length} bytes`);
  }
  assert.throws(() => unpack(new Uint8Array([...whole, 0xc0])), /[Ee]xtra/);
  assert.throws(() => unpack(new Uint8Array([0xc1])), /0xc1/);
});

Deno.test("unpack() does not let a key reach the prototype", () => {
  assert.throws(
    () => unpack(new Uint8Array([0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 0x80])),
    /__proto__/,
  );
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

const huge = [0xff, 0xff, 0xff, 0xff];
const claims: Readonly<Record<string, readonly number[]>> = {
  "a string": [0xdb, ...huge],
  "bytes": [0xc6, ...huge],
  "an array": [0xdd, ...huge],
  "a map": [0xdf, ...huge],
  "an extension": [0xc9, ...huge, 5],
  "an array in an array": [0x91, 0xdd, ...huge],
};

for (const [what, claim] of Object.entries(claims)) {
  Deno.test(`unpack() refuses ${what} that claims more than there is`, () => {
    assert.throws(() => unpack(new Uint8Array(claim)), Error);
    assert.throws(() => unpack(new Uint8Array([...claim, ...new Uint8Array(1000)])), Error);
  });
}

Deno.test("unpack() of any bytes gives a value or an error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        unpack(new Uint8Array(bytes));
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
    { numRuns: 5000 },
  );
});

/** Unpacks in a process that has little memory, and returns what it says. */
async function unpackInLittleMemory(making: string): Promise<string> {
  const module = new URL("../../lib/disk/pack.ts", import.meta.url).href;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const script = `const { unpack } = await import(${JSON.stringify(module)});
    ${making}
    try { unpack(bytes); console.log("a value"); } catch (error) { console.log(error instanceof Error ? "an error" : "?"); }`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--config",
      config,
      "--v8-flags=--max-old-space-size=300",
      `data:text/javascript,${encodeURIComponent(script)}`,
    ],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim() || "it ran out of memory";
}

Deno.test("unpack() refuses a million arrays in each other without using much memory", async () => {
  assert.equal(await unpackInLittleMemory("const bytes = new Uint8Array(1_000_000).fill(0x91);"), "an error");
});

Deno.test("unpack() refuses arrays in each other that each claim as much as there is without using much memory", async () => {
  const making = `const bytes = new Uint8Array(100_000);
    for (let at = 0; at < bytes.length; at += 5) {
      bytes[at] = 0xdd;
      new DataView(bytes.buffer).setUint32(at + 1, bytes.length);
    }`;
  assert.equal(await unpackInLittleMemory(making), "an error");
});
