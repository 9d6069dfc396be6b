import assert from "node:assert/strict";
import fc from "fast-check";
import { DamageError } from "../../lib/disk/damage.ts";
import { DiskError } from "../../lib/disk/disk.ts";
import {
  type LogSnapshot,
  offsetOf,
  type Position,
  positionOf,
  RecordLog,
  type RecordLogOptions,
  segmentOf,
} from "../../lib/disk/record_log.ts";
import { FaultyDisk } from "./faulty_disk.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (payload: Uint8Array) => new TextDecoder().decode(payload);

type Limits = Omit<RecordLogOptions, "disk" | "path">;

function open(disk: FaultyDisk, limits: Limits = {}, snapshot?: LogSnapshot): RecordLog {
  return new RecordLog({ disk, path: "/q", ...limits }, snapshot);
}

/** The records of a log, each with its place. */
function recordsOf(log: RecordLog): string[] {
  const records: string[] = [];
  log.scan((payload, position) => records.push(`${segmentOf(position)}:${offsetOf(position)} ${textOf(payload)}`));
  return records;
}

/** What the files of a log hold. */
function files(disk: FaultyDisk): Record<string, string> {
  return Object.fromEntries(disk.list("/").map((name) => [name, disk.text(`/${name}`) ?? ""]));
}

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
    const log = open(disk, limits);
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
    const again = open(disk.kill(), limits, log.snapshot());
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
  const log = open(disk);
  log.flush();
  await log.sync();
  assert.deepEqual(recordsOf(log), []);
  assert.deepEqual(log.snapshot(), []);
  assert.equal(log.newest, 0);
  log.close();
  assert.deepEqual(disk.list("/"), []);
});

for (const segmentRecords of [1, 2, 3, 1000]) {
  Deno.test(`a log with ${segmentRecords} records a segment goes on from any earlier snapshot as if nothing had happened since`, () => {
    const texts = ["a", "bb", "", "dddd", "e", "ff", "g"];
    const calm = new FaultyDisk();
    const whole = open(calm, { segmentRecords });
    for (const text of texts) whole.append(bytes(text));
    whole.flush();

    for (let saved = 0; saved <= texts.length; saved++) {
      for (let crashed = saved; crashed <= texts.length; crashed++) {
        const disk = new FaultyDisk();
        const log = open(disk, { segmentRecords });
        for (const text of texts.slice(0, saved)) log.append(bytes(text));
        log.flush();
        const snapshot = log.snapshot();
        for (const text of texts.slice(saved, crashed)) log.append(bytes(`never mind ${text}`));
        log.flush();

        const restarted = disk.kill();
        const again = open(restarted, { segmentRecords }, snapshot);
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
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(event, { maxLength: 40 }),
      fc.infiniteStream(fc.double({
        min: 0,
        max: 1,
        maxExcluded: true,
        noNaN: true,
      })),
      async (limits, events, numbers) => {
        let disk = new FaultyDisk();
        let log = open(disk, limits);
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
            disk = event === "kill" ? disk.kill() : disk.crash(() => numbers.next().value);
            log = open(disk, limits, saved.snapshot);
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
      },
    ),
    { numRuns: 150 },
  );
});

function smallLog(): { readonly disk: FaultyDisk; readonly snapshot: LogSnapshot } {
  const disk = new FaultyDisk();
  const log = open(disk, { segmentRecords: 2 });
  for (const text of ["one", "", "three", "4", "five"]) log.append(bytes(text));
  log.flush();
  log.close();
  return { disk, snapshot: log.snapshot() };
}

/** Where the record begins that has a byte of a segment of `smallLog`. */
const beginnings: readonly (readonly number[])[] = [[0, 11], [0, 13], [0]];

Deno.test("scan() refuses a segment that is cut anywhere, and says where it ends", () => {
  const { disk, snapshot } = smallLog();
  assert.deepEqual(snapshot, [[0, 19], [1, 22], [2, 12]]);
  for (const [segment, length] of snapshot) {
    const whole = disk.read(`/q-${segment}.log`)!;
    for (let cut = 0; cut < length; cut++) {
      const damaged = disk.copy();
      damaged.put(`/q-${segment}.log`, whole.subarray(0, cut));
      const log = open(damaged, {}, snapshot);
      assert.throws(() => log.scan(() => {}), {
        name: "DamageError",
        path: `/q-${segment}.log`,
        offset: cut,
        message: `/q-${segment}.log is damaged at byte ${cut}: it ends here, ${length} bytes were written`,
      });
      log.close();
      assert.equal(damaged.opened, 0);
    }
  }
});

Deno.test("scan() refuses every flip of a bit, and names the file and the record", () => {
  const { disk, snapshot } = smallLog();
  for (const [segment, length] of snapshot) {
    for (let bit = 0; bit < 8 * length; bit++) {
      const damaged = disk.copy();
      const content = disk.read(`/q-${segment}.log`)!;
      content[bit >> 3]! ^= 1 << (bit & 7);
      damaged.put(`/q-${segment}.log`, content);
      const offset = beginnings[segment]!.findLast((at) => at <= bit >> 3);
      assert.throws(
        () => open(damaged, {}, snapshot).scan(() => {}),
        (error) => error instanceof DamageError && error.path === `/q-${segment}.log` && error.offset === offset,
        `bit ${bit} of segment ${segment}`,
      );
    }
  }
});

Deno.test("read() refuses every flip of a bit of its record, and does not mind those of others", () => {
  const { disk, snapshot } = smallLog();
  const content = disk.read("/q-0.log")!;
  for (let bit = 0; bit < 8 * 19; bit++) {
    const flipped = content.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const damaged = disk.copy();
    damaged.put("/q-0.log", flipped);
    const first = () => textOf(open(damaged, {}, snapshot).read(positionOf(0, 0)));
    if (bit < 8 * 11) assert.throws(first, DamageError, `bit ${bit}`);
    else assert.equal(first(), "one");
  }
});

Deno.test("read() of a record that is not wholly in its file is an error", () => {
  const { disk, snapshot } = smallLog();
  for (let cut = 0; cut < 11; cut++) {
    const damaged = disk.copy();
    damaged.put("/q-0.log", disk.read("/q-0.log")!.subarray(0, cut));
    assert.throws(
      () => open(damaged, {}, snapshot).read(positionOf(0, 0)),
      (error) => error instanceof DiskError || error instanceof DamageError,
    );
  }
});

Deno.test("read() refuses a position where no record can begin", () => {
  const { disk, snapshot } = smallLog();
  const log = open(disk, {}, snapshot);
  for (const [segment, offset] of [[0, 12], [0, 4_000_000], [3, 0], [9, 0]] as const) {
    assert.throws(() => log.read(positionOf(segment, offset)), {
      name: "DamageError",
      path: `/q-${segment}.log`,
      offset,
      message: `/q-${segment}.log is damaged at byte ${offset}: no record begins here`,
    });
  }
  assert.throws(() => log.read(positionOf(0, 3)), DamageError);
});

Deno.test("what follows the counted bytes does not matter, whatever it is", () => {
  const { disk, snapshot } = smallLog();
  for (const litter of ["x", "\0".repeat(100), "\xff".repeat(9)]) {
    const crashed = disk.copy();
    for (const [segment] of snapshot) {
      crashed.put(`/q-${segment}.log`, new Uint8Array([...disk.read(`/q-${segment}.log`)!, ...bytes(litter)]));
    }
    crashed.put("/q-3.log", litter);
    const log = open(crashed, { segmentRecords: 2 }, snapshot);
    assert.deepEqual(recordsOf(log), ["0:0 one", "0:11 ", "1:0 three", "1:13 4", "2:0 five"]);
    for (const text of ["six", "seven"]) log.append(bytes(text));
    assert.deepEqual(recordsOf(log).slice(4), ["2:0 five", "2:12 six", "3:0 seven"]);
    log.flush();
    assert.equal(crashed.size("/q-3.log"), 13);
  }
});

Deno.test("scan() names a segment whose file is gone", () => {
  const { disk, snapshot } = smallLog();
  disk.put("/q-1.log", undefined);
  assert.throws(() => open(disk, {}, snapshot).scan(() => {}), {
    name: "DiskError",
    path: "/q-1.log",
    message: "Cannot open /q-1.log: no such file or directory",
  });
});

Deno.test("scan() closes its file when the visitor throws", () => {
  const { disk, snapshot } = smallLog();
  const log = open(disk, {}, snapshot);
  assert.throws(() =>
    log.scan(() => {
      throw new RangeError("enough");
    }), RangeError);
  assert.equal(disk.opened, 0);
});

for (const length of [65_527, 65_528, 65_529, 65_536, 1_000_000]) {
  Deno.test(`a record of ${length} bytes, at or above the size of the buffer, is kept between small ones`, () => {
    const disk = new FaultyDisk();
    const log = open(disk);
    const large = "x".repeat(length - 1) + "y";
    const positions = ["before", large, "between", large, "after"].map((text) => log.append(bytes(text)));
    assert.deepEqual(positions.map((at) => textOf(log.read(at))), ["before", large, "between", large, "after"]);
    log.flush();
    const again = open(disk.kill(), {}, log.snapshot());
    const found: string[] = [];
    again.scan((payload) => found.push(textOf(payload)));
    assert.deepEqual(found, ["before", large, "between", large, "after"]);
  });
}

Deno.test("what append() was given may change afterwards", () => {
  const log = open(new FaultyDisk());
  const payload = bytes("one");
  const at = log.append(payload);
  payload.fill(0);
  assert.equal(textOf(log.read(at)), "one");
});

Deno.test("append() reaches the file with flush(), and at the latest when the buffer is full", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  log.append(bytes("one"));
  assert.equal(disk.size("/q-0.log"), undefined);
  log.flush();
  assert.equal(disk.size("/q-0.log"), 11);
  for (let written = 0; written < 65_536; written += 1008) log.append(new Uint8Array(1000));
  assert.equal(disk.size("/q-0.log"), 11 + 65 * 1008);
});

Deno.test("drop() forgets a segment and returns its file, and leaves the others", () => {
  const { disk, snapshot } = smallLog();
  const log = open(disk, { segmentRecords: 2 }, snapshot);
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
  const again = open(disk.kill(), { segmentRecords: 2 }, log.snapshot());
  assert.deepEqual(recordsOf(again), ["2:0 five", "2:12 6", "3:0 seven"]);
});

Deno.test("sync() makes safe what was flushed before, also in segments that are full by then", async () => {
  const disk = new FaultyDisk();
  const log = open(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three", "four", "five"]) log.append(bytes(text));
  log.flush();
  const snapshot = log.snapshot();
  await log.sync();
  await disk.syncFolder("/");
  assert.deepEqual(recordsOf(open(disk.crash(), { segmentRecords: 2 }, snapshot)).length, 5);
});

Deno.test("sync() makes safe what was flushed before, while segments fill up during it", async () => {
  const disk = new FaultyDisk();
  const log = open(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three"]) log.append(bytes(text));
  log.flush();
  const first = log.snapshot();
  const syncing = log.sync();
  for (const text of ["four", "five", "six", "seven"]) log.append(bytes(text));
  log.flush();
  await syncing;
  await disk.syncFolder("/");
  const second = log.snapshot();
  const syncingAgain = log.sync();
  log.append(bytes("eight"));
  log.append(bytes("nine"));
  log.flush();
  await syncingAgain;
  await log.sync();
  await disk.syncFolder("/");
  assert.equal(disk.opened, 1);
  log.close();
  assert.equal(disk.opened, 0);
  const crashed = disk.crash();
  assert.deepEqual(recordsOf(open(crashed, { segmentRecords: 2 }, first)).length, 3);
  assert.deepEqual(recordsOf(open(crashed, { segmentRecords: 2 }, second)).length, 7);
});

Deno.test("sync() that failed is made up for by the next", async () => {
  const disk = new FaultyDisk();
  const log = open(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three"]) log.append(bytes(text));
  log.flush();
  disk.failWhen(({ name }) => name === "sync" ? "EIO" : undefined);
  await assert.rejects(log.sync(), /Cannot sync \/q-\d.log: input\/output error/);
  disk.failWhen(() => undefined);
  await log.sync();
  await disk.syncFolder("/");
  assert.deepEqual(recordsOf(open(disk.crash(), { segmentRecords: 2 }, log.snapshot())).length, 3);
});

Deno.test("append() and flush() pass on what the disk says, and nothing more is written after it", () => {
  const disk = new FaultyDisk();
  const log = open(disk);
  log.append(bytes("one"));
  log.flush();
  const snapshot = log.snapshot();
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  log.append(bytes("two"));
  assert.throws(() => log.flush(), { message: "Cannot write to /q-0.log: no space left on device" });
  disk.failWhen(() => undefined);
  assert.throws(() => log.flush(), { message: "Cannot write to /q-0.log: an earlier write has failed" });
  assert.deepEqual(recordsOf(open(disk.kill(), {}, snapshot)), ["0:0 one"]);
});
