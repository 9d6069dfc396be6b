import assert from "node:assert/strict";
import { DamageError } from "../../lib/disk/damage.ts";
import { headerSize, seal, Unsealer } from "../../lib/disk/records.ts";

function record(payload: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerSize + payload.length);
  bytes.set(new TextEncoder().encode(payload), headerSize);
  seal(bytes, 0, payload.length);
  return bytes;
}

const textOf = (bytes: Uint8Array<ArrayBuffer>, at = 0) => {
  return new TextDecoder().decode(new Unsealer(bytes, "q.log", 700).payload(at));
};

Deno.test("a record is the CRC-32 of what follows, the length of the payload, and the payload", () => {
  const length = [9, 0, 0, 0];
  assert.deepEqual([...record("123456789").subarray(0, 8)], [...crc(length, "123456789"), ...length]);
  assert.equal(textOf(record("123456789")), "123456789");
  assert.equal(textOf(record("")), "");
});

/** CRC-32 bit by bit (ISO 3309), little-endian. */
function crc(length: readonly number[], payload: string): number[] {
  let sum = 0xffffffff;
  for (const byte of [...length, ...new TextEncoder().encode(payload)]) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  sum = ~sum >>> 0;
  return [sum & 255, (sum >>> 8) & 255, (sum >>> 16) & 255, sum >>> 24];
}

Deno.test("the CRC-32 of 123456789 is the one that everybody publishes", () => {
  assert.deepEqual(crc([], "123456789"), [0x26, 0x39, 0xf4, 0xcb]);
});

Deno.test("Unsealer reads a record in the middle of other bytes, and says which are whole", () => {
  const bytes = new Uint8Array(40).fill(0xff);
  bytes.set(record("abc"), 5);
  assert.equal(textOf(bytes, 5), "abc");
  assert.equal(textOf(bytes.subarray(5)), "abc");
  const unsealer = new Unsealer(bytes.subarray(0, 16), "q.log");
  assert.equal(unsealer.holds(5), true);
  assert.equal(new Unsealer(bytes.subarray(0, 15), "q.log").holds(5), false);
  assert.equal(unsealer.holds(9), false);
  assert.equal(unsealer.holds(16), false);
});

Deno.test("Unsealer refuses every flip of a bit, and names the file and where the record begins in it", () => {
  for (let bit = 0; bit < 8 * (headerSize + 5); bit++) {
    const bytes = record("hello");
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(
      () => textOf(bytes),
      (error) => error instanceof DamageError && error.path === "q.log" && error.offset === 700,
      `bit ${bit}`,
    );
  }
});

Deno.test("Unsealer refuses a record that is cut anywhere, and says what is missing", () => {
  const bytes = record("hello");
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => textOf(bytes.slice(0, length)), {
      name: "DamageError",
      message: length < 8
        ? `q.log is damaged at byte 700: a record's header needs 8 bytes, ${length} are left`
        : `q.log is damaged at byte 700: a record of 5 bytes, ${length - 8} are left`,
    });
  }
});

Deno.test("a record that is cut out of a longer one is not taken for whole", () => {
  const shorter = record("hello, world").slice(0, headerSize + 5);
  new DataView(shorter.buffer).setUint32(4, 5, true);
  assert.throws(() => textOf(shorter), /does not match its checksum/);
});
