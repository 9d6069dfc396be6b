import assert from "node:assert/strict";
import fc from "fast-check";
import { DamageError } from "../../lib/disk/damage.ts";
import { type LogSnapshot, offsetOf, type Position, positionOf, segmentOf } from "../../lib/disk/record_log.ts";
import { FaultyDisk } from "./faulty_disk.ts";
import { bytes, type Limits, openLog, recordsOf, smallLog, textOf } from "./open_log.ts";

const places: readonly (readonly [Limits, readonly string[]])[] = [
  [{ segmentRecords: 1 }, ["0:0 a", "1:0 bb", "2:0 ", "3:0 dddd", "4:0 e"]],
  [{ segmentRecords: 2 }, ["0:0 a", "0:9 bb", "1:0 ", "1:8 dddd", "2:0 e"]],
  [{ segmentRecords: 3 }, ["0:0 a", "0:9 bb", "0:19 ", "1:0 dddd", "1:12 e"]],
  [{}, ["0:0 a", "0:9 bb", "0:19 ", "0:27 dddd", "0:39 e"]],
  [{ segmentBytes: 1 }, ["0:0 a", "1:0 bb", "2:0 ", "3:0 dddd", "4:0 e"]],
  [{ segmentBytes: 19 }, ["0:0 a", "0:9 bb", "1:0 ", "2:0 dddd", "3:0 e"]],
  [{ segmentBytes: 20 }, ["0:0 a", "0:9 bb", "1:0 ", "1:8 dddd", "2:0 e"]],
];

for (const [limits, expected] of places) {
  Deno.test(`a log with ${JSON.stringify(limits)} gives back its records, by scan() and by read()`, () => {
    const disk = new FaultyDisk();
    const log = openLog(disk, limits);
    const positions = ["a", "bb", "", "dddd", "e"].map((text) => log.append(bytes(text)));
    assert.deepEqual(recordsOf(log), expected);
    assert.deepEqual(
      positions.map((at) => `${segmentOf(at)}:${offsetOf(at)} ${textOf(log.read(at))}`),
      expected,
    );
    assert.deepEqual(positions.toReversed().map((at) => textOf(log.read(at))), ["e", "dddd", "", "bb", "a"]);
    assert.deepEqual(positions, positions.toSorted((a, b) => a - b));
    log.close();
    assert.equal(disk.opened, 0);
    const again = openLog(disk.kill(), limits, log.snapshot());
    assert.deepEqual(recordsOf(again), expected);
  });
}

Deno.test("segmentOf() and offsetOf() take a position apart, however large", () => {
  const position = positionOf(1_000_000, 2 ** 30);
  assert.equal(segmentOf(position), 1_000_000);
  assert.equal(offsetOf(position), 1_073_741_824);
  assert.equal(positionOf(0, 7), 7);
});

Deno.test("an empty log has no files, no records and an empty snapshot", async () => {
  const disk = new FaultyDisk();
  const log = openLog(disk);
  log.flush();
  await log.sync();
  assert.deepEqual(recordsOf(log), []);
  assert.deepEqual(log.snapshot(), []);
  assert.equal(log.newest, 0);
  log.close();
  assert.deepEqual(disk.list("/"), []);
});

/** What the files of a log hold. */
function files(disk: FaultyDisk): Record<string, string> {
  return Object.fromEntries(disk.list("/").map((name) => [name, disk.text(`/${name}`) ?? ""]));
}

for (const segmentRecords of [1, 2, 3, 1000]) {
  Deno.test(`a log with ${segmentRecords} records a segment goes on from any earlier snapshot as if nothing had happened since`, () => {
    const texts = ["a", "bb", "", "dddd", "e", "ff", "g"];
    const calm = new FaultyDisk();
    const whole = openLog(calm, { segmentRecords });
    for (const text of texts) whole.append(bytes(text));
    whole.flush();

    for (let saved = 0; saved <= texts.length; saved++) {
      for (let crashed = saved; crashed <= texts.length; crashed++) {
        const disk = new FaultyDisk();
        const log = openLog(disk, { segmentRecords });
        for (const text of texts.slice(0, saved)) log.append(bytes(text));
        log.flush();
        const snapshot = log.snapshot();
        for (const text of texts.slice(saved, crashed)) log.append(bytes(`never mind ${text}`));
        log.flush();

        const restarted = disk.kill();
        const again = openLog(restarted, { segmentRecords }, snapshot);
        assert.deepEqual(recordsOf(again).length, saved);
        for (const text of texts.slice(saved)) again.append(bytes(text));
        assert.deepEqual(recordsOf(again), recordsOf(whole), `saved ${saved}, crashed ${crashed}`);
        assert.deepEqual(again.snapshot(), whole.snapshot());
        again.flush();
        const counted = Object.entries(files(restarted)).filter(([name]) => name in files(calm));
        assert.deepEqual(Object.fromEntries(counted), files(calm));
      }
    }
  });
}

Deno.test("any story of appends, reads, snapshots, kills and losses of power gives back what was appended", async () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 0, max: 200 }) }) },
    { weight: 1, arbitrary: fc.record({ append: fc.integer({ min: 60_000, max: 70_000 }) }) },
    { weight: 2, arbitrary: fc.record({ read: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }) }) },
    fc.constantFrom("flush" as const, "save" as const, "kill" as const, "power" as const),
  );
  const limits = fc.constantFrom<Limits>(
    { segmentRecords: 1 },
    { segmentRecords: 2 },
    { segmentRecords: 3 },
    {},
    { segmentBytes: 100 },
  );
  const story = fc.array(event, { maxLength: 40 });
  const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(limits, story, numbers, async (limits, events, random) => {
      let disk = new FaultyDisk();
      let log = openLog(disk, limits);
      let records: { readonly at: Position; readonly text: string }[] = [];
      let saved: { readonly snapshot: LogSnapshot; readonly count: number } = { snapshot: [], count: 0 };
      let made = 0;
      for (const event of events) {
        if (event === "flush") {
          log.flush();
        } else if (event === "save") {
          log.flush();
          const snapshot = log.snapshot();
          await log.sync();
          await disk.syncFolder("/");
          saved = { snapshot, count: records.length };
        } else if (event === "kill" || event === "power") {
          disk = event === "kill" ? disk.kill() : disk.crash(() => random.next().value);
          log = openLog(disk, limits, saved.snapshot);
          records = records.slice(0, saved.count);
          assert.equal(recordsOf(log).length, saved.count);
        } else if ("append" in event) {
          const text = `${made++} `.padEnd(event.append, "x");
          records.push({ at: log.append(bytes(text)), text });
        } else if (records.length > 0) {
          const { at, text } = records[Math.floor(event.read * records.length)]!;
          assert.equal(textOf(log.read(at)), text);
        }
      }
      const found: { at: Position; text: string }[] = [];
      log.scan((payload, at) => found.push({ at, text: textOf(payload) }));
      assert.deepEqual(found, records);
    }),
    { numRuns: 150 },
  );
});

for (const length of [65_527, 65_528, 65_529, 65_536, 1_000_000]) {
  Deno.test(`a record of ${length} bytes, at or above the size of the buffer, is kept between small ones`, () => {
    const disk = new FaultyDisk();
    const log = openLog(disk);
    const large = "x".repeat(length - 1) + "y";
    const positions = ["before", large, "between", large, "after"].map((text) => log.append(bytes(text)));
    assert.deepEqual(positions.map((at) => textOf(log.read(at))), ["before", large, "between", large, "after"]);
    log.flush();
    const again = openLog(disk.kill(), {}, log.snapshot());
    const found: string[] = [];
    again.scan((payload) => found.push(textOf(payload)));
    assert.deepEqual(found, ["before", large, "between", large, "after"]);
  });
}

Deno.test("what append() was given may change afterwards", () => {
  const log = openLog(new FaultyDisk());
  const payload = bytes("one");
  const at = log.append(payload);
  payload.fill(0);
  assert.equal(textOf(log.read(at)), "one");
});

Deno.test("append() reaches the file with flush(), and at the latest when the buffer is full", () => {
  const disk = new FaultyDisk();
  const log = openLog(disk);
  log.append(bytes("one"));
  assert.equal(disk.size("/q-0.log"), undefined);
  log.flush();
  assert.equal(disk.size("/q-0.log"), 11);
  for (let written = 0; written < 65_536; written += 1008) log.append(new Uint8Array(1000));
  assert.equal(disk.size("/q-0.log"), 11 + 65 * 1008);
});

Deno.test("append() and flush() pass on what the disk says, and nothing more is written after it", () => {
  const disk = new FaultyDisk();
  const log = openLog(disk);
  log.append(bytes("one"));
  log.flush();
  const snapshot = log.snapshot();
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  log.append(bytes("two"));
  assert.throws(() => log.flush(), { message: "Cannot write to /q-0.log: no space left on device" });
  disk.failWhen(() => undefined);
  assert.throws(() => log.flush(), { message: "Cannot write to /q-0.log: an earlier write has failed" });
  assert.deepEqual(recordsOf(openLog(disk.kill(), {}, snapshot)), ["0:0 one"]);
});

Deno.test("drop() forgets a segment and returns its file, and leaves the others", () => {
  const { disk, snapshot } = smallLog();
  const log = openLog(disk, { segmentRecords: 2 }, snapshot);
  assert.equal(textOf(log.read(positionOf(0, 0))), "one");
  assert.equal(log.drop(0), "/q-0.log");
  assert.notEqual(disk.size("/q-0.log"), undefined);
  assert.equal(disk.opened, 0);
  assert.throws(() => log.read(positionOf(0, 0)), DamageError);
  assert.deepEqual(log.snapshot(), [[1, 22], [2, 12]]);
  assert.deepEqual(recordsOf(log), ["1:0 three", "1:13 4", "2:0 five"]);
  assert.equal(log.drop(1), "/q-1.log");
  log.append(bytes("6"));
  log.append(bytes("seven"));
  log.flush();
  const again = openLog(disk.kill(), { segmentRecords: 2 }, log.snapshot());
  assert.deepEqual(recordsOf(again), ["2:0 five", "2:12 6", "3:0 seven"]);
});
