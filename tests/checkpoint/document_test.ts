import assert from "node:assert/strict";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  format,
  FormatError,
} from "../../lib/checkpoint/document.ts";
import { DamageError } from "../../lib/disk/damage.ts";
import { pack, unpack } from "../../lib/disk/pack.ts";

const path = "/c/checkpoint.msgpack";

const checkpoint: Checkpoint = {
  generation: 12,
  savedAt: 1_795_253_400_000,
  identity: { spider: "quotes", project: "default", proxyType: "none", code: "0123456789abcdef", startedAt: 1 },
  crawl: { phase: "crawling", starts: { taken: 3, done: false }, state: new Uint8Array([1, 2, 3]), list: [] },
};

Deno.test("decodeCheckpoint() gives back what encodeCheckpoint() was given", () => {
  assert.deepEqual(decodeCheckpoint(encodeCheckpoint(checkpoint), path), checkpoint);
});

Deno.test("a checkpoint says in its first bytes what it is, in which format, and the checksum of the rest", () => {
  const [mark, number, sum, body] = unpack(encodeCheckpoint(checkpoint)) as [string, number, number, Uint8Array];
  assert.deepEqual([mark, number], ["trawl checkpoint", 4]);
  assert.equal(format, 4);
  assert.ok(Number.isInteger(sum) && body instanceof Uint8Array);
  assert.deepEqual(unpack(new Uint8Array(body)), checkpoint);
});

Deno.test("decodeCheckpoint() refuses a document that is cut anywhere, and names the file", () => {
  const bytes = encodeCheckpoint(checkpoint);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(
      () => decodeCheckpoint(bytes.slice(0, length), path),
      (error) => error instanceof DamageError && error.path === path,
      `${length} bytes`,
    );
  }
});

Deno.test("a document that is cut is said to end too soon", () => {
  const bytes = encodeCheckpoint(checkpoint);
  for (const length of [1, 10, 20, 100, bytes.length - 1]) {
    assert.throws(() => decodeCheckpoint(bytes.slice(0, length), path), {
      message: `${path} is damaged at byte 0: it ends after ${length === 1 ? "1 byte" : `${length} bytes`}, too soon`,
    });
  }
});

Deno.test("decodeCheckpoint() refuses a document that goes on", () => {
  const bytes = encodeCheckpoint(checkpoint);
  assert.throws(() => decodeCheckpoint(new Uint8Array([...bytes, 0]), path), DamageError);
  assert.throws(() => decodeCheckpoint(new Uint8Array([...bytes, ...bytes]), path), DamageError);
});

Deno.test("decodeCheckpoint() refuses every flip of a bit, those of the format's number as another format", () => {
  const bytes = encodeCheckpoint(checkpoint);
  // An array of four, a text of 16 bytes, the format.
  const formatAt = 1 + 1 + 16;
  assert.equal(bytes[formatAt], 4);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(
      () => decodeCheckpoint(flipped, path),
      (error) => error instanceof DamageError || (error instanceof FormatError && bit >> 3 === formatAt),
      `bit ${bit}`,
    );
  }
});

Deno.test("decodeCheckpoint() refuses another format, and says which it reads", () => {
  for (const other of [0, 3, 5, 99, "1", null]) {
    assert.throws(() => decodeCheckpoint(pack(["trawl checkpoint", other, 0, new Uint8Array()]), path), {
      name: "FormatError",
      message: `${path} has format ${other}; this version of trawl reads formats 1, 2, 4`,
    });
  }
});

Deno.test("decodeCheckpoint() reads the formats before", () => {
  const [mark, , ...rest] = unpack(encodeCheckpoint(checkpoint)) as unknown[];
  for (const older of [1, 2]) assert.deepEqual(decodeCheckpoint(pack([mark, older, ...rest]), path), checkpoint);
});

Deno.test("decodeCheckpoint() refuses files of other kinds", () => {
  const others = [
    new TextEncoder().encode('{"not": "a checkpoint"}'),
    pack({}),
    pack([]),
    pack(["scrapy", 1, 0, new Uint8Array()]),
    pack(null),
    new Uint8Array(),
    new Uint8Array(100),
  ];
  for (const bytes of others) assert.throws(() => decodeCheckpoint(bytes, path), DamageError);
});

Deno.test("decodeCheckpoint() refuses a body that is whole and no checkpoint", () => {
  for (const body of [{}, null, 7, [], { ...checkpoint, generation: "1" }, { ...checkpoint, identity: {} }]) {
    const bytes = encodeCheckpoint(body as Checkpoint);
    assert.throws(() => decodeCheckpoint(bytes, path), /its body is not a checkpoint$/, JSON.stringify(body));
  }
  assert.throws(() => decodeCheckpoint(pack(["trawl checkpoint", 1, 0, "text"]), path), DamageError);
});
