import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyedLog, withRest } from "../../lib/disk/keyed_log.ts";
import { pack } from "../../lib/disk/pack.ts";
import type { LogSnapshot } from "../../lib/disk/record_log.ts";
import { headerSize, seal } from "../../lib/disk/records.ts";
import { FaultyDisk } from "./faulty_disk.ts";

const open = (disk: FaultyDisk, snapshot: LogSnapshot = [], segmentBytes = 100) =>
  new KeyedLog({ disk, path: "/k", segmentBytes }, snapshot);

function entriesOf(log: KeyedLog): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  log.each((key, value) => entries[key] = value);
  return entries;
}

const sizeOf = (snapshot: LogSnapshot) => snapshot.reduce((sum, [, length]) => sum + length, 0);

Deno.test("KeyedLog gives the last value of each key, in the next process too", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  log.set("a", 1);
  log.set("b", { list: ["x"] });
  log.set("a", 2);
  log.set("c", null);
  log.delete("c");
  log.delete("never set");
  assert.deepEqual([log.size, entriesOf(log)], [2, { b: { list: ["x"] }, a: 2 }]);
  log.flush();
  log.close();
  const again = open(disk.kill(), log.snapshot());
  assert.deepEqual([again.size, entriesOf(again)], [2, { b: { list: ["x"] }, a: 2 }]);
  assert.equal(disk.opened, 0);
});

Deno.test("KeyedLog forgets what its snapshot does not count", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  log.set("a", 1);
  log.flush();
  const snapshot = log.snapshot();
  log.set("a", 2);
  log.flush();
  assert.deepEqual(entriesOf(open(disk.kill(), snapshot)), { a: 1 });
});

Deno.test("setLater() writes a key once, at the next flush, and deletes it where it has no value then", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  let value: number | undefined = 1;
  for (let times = 0; times < 3; times++) log.setLater("a", () => value);
  assert.equal(log.size, 0);
  value = 2;
  log.flush();
  assert.deepEqual(entriesOf(log), { a: 2 });
  const once = sizeOf(log.snapshot());
  log.flush();
  assert.equal(sizeOf(log.snapshot()), once);
  log.setLater("a", () => undefined);
  log.flush();
  assert.deepEqual(entriesOf(log), {});
});

Deno.test("a log of few keys that are set for ever stays small, and gives up its oldest files", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  const retired: string[] = [];
  for (let times = 0; times < 10_000; times++) {
    log.set(`k${times % 3}`, times);
    retired.push(...log.retired());
  }
  assert.deepEqual(entriesOf(log), { k1: 9997, k2: 9998, k0: 9999 });
  assert.ok(sizeOf(log.snapshot()) < 400, `${sizeOf(log.snapshot())} bytes`);
  assert.equal(retired[0], "/k-0.log");
  assert.equal(new Set(retired).size, retired.length);
});

Deno.test("a hundred thousand keys that are set and deleted leave next to nothing", () => {
  const disk = new FaultyDisk();
  const log = open(disk, [], 2 ** 16);
  for (let number = 0; number < 100_000; number++) {
    log.set(`host${number}.example`, { asked: 1_795_253_400_000 });
    log.delete(`host${number}.example`);
  }
  assert.equal(log.size, 0);
  assert.ok(sizeOf(log.snapshot()) < 3 * 2 ** 16, `${sizeOf(log.snapshot())} bytes`);
  assert.ok(log.snapshot().length <= 3);
});

Deno.test("whatever is set and deleted, every snapshot gives what was there, after a kill and in small files", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    value: fc.option(fc.nat(1000)),
    saves: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), fc.constantFrom(1, 40, 100), (steps, segmentBytes) => {
    let disk = new FaultyDisk();
    let log = open(disk, [], segmentBytes);
    const wanted = new Map<string, number>();
    for (const { key, value, saves } of steps) {
      if (value === null) {
        wanted.delete(key);
        log.delete(key);
      } else {
        wanted.set(key, value);
        log.set(key, value);
      }
      if (!saves) continue;
      log.flush();
      const snapshot = log.snapshot();
      log.close();
      disk = disk.kill();
      log = open(disk, snapshot, segmentBytes);
      assert.deepEqual(entriesOf(log), Object.fromEntries(wanted));
    }
    assert.deepEqual(entriesOf(log), Object.fromEntries(wanted));
  }));
});

Deno.test("KeyedLog refuses a record that is not one of its own, with the file and the place", () => {
  for (
    const payload of [
      pack(["k", 2, 3]),
      pack(["k", "a", 1, 2]),
      pack(["l", "a", 1]),
      pack(["k"]),
      pack({}),
      new Uint8Array([0xc1]),
    ]
  ) {
    const bytes = new Uint8Array(headerSize + payload.length);
    bytes.set(payload, headerSize);
    seal(bytes, 0, payload.length);
    const disk = new FaultyDisk();
    disk.put("/k-0.log", bytes);
    assert.throws(() => open(disk, [[0, bytes.length]]), {
      name: "DamageError",
      message: /^\/k-0\.log.* 0.*this record is not one of "k"/,
    });
  }
});

Deno.test("a log that is closed takes nothing", () => {
  const log = open(new FaultyDisk());
  log.close();
  assert.throws(() => log.set("a", 1), /Cannot set "a": the log is closed/);
});

Deno.test("withRest() counts what stands whole behind what is counted, up to what is torn", () => {
  const disk = new FaultyDisk();
  const log = open(disk, [], 60);
  log.set("a", 1);
  log.flush();
  const snapshot = log.snapshot();
  for (let number = 0; number < 6; number++) log.set(`k${number}`, "some value");
  log.flush();
  const killed = disk.kill();
  const newest = log.snapshot().at(-1)![0];
  assert.ok(newest > 0);
  assert.deepEqual(withRest(killed, "/k", snapshot), log.snapshot());
  assert.deepEqual(withRest(killed, "/k", []), log.snapshot());
  assert.deepEqual(withRest(killed, "/none", []), []);

  const path = `/k-${newest}.log`, whole = killed.read(path)!;
  for (let length = 0; length < whole.length; length++) {
    killed.put(path, whole.slice(0, length));
    const opened = open(killed, withRest(killed, "/k", snapshot), 60);
    assert.equal(opened.size >= 5, true, `${length} bytes`);
    opened.set("more", 1);
    opened.flush();
    assert.equal(entriesOf(open(killed, opened.snapshot()))["more"], 1);
  }
});

Deno.test("withRest() leaves it to whoever opens the log to miss what is counted", () => {
  const disk = new FaultyDisk();
  assert.deepEqual(withRest(disk, "/k", [[3, 20]]), [[3, 20]]);
  disk.put("/k-3.log", "short");
  assert.throws(() => open(disk, withRest(disk, "/k", [[3, 20]])), { name: "DamageError" });
});
