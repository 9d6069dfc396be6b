import assert from "node:assert/strict";
import { DamageError } from "../../lib/disk/damage.ts";
import { DiskError } from "../../lib/disk/disk.ts";
import { positionOf } from "../../lib/disk/record_log.ts";
import { bytes, openLog, recordsOf, smallLog, textOf } from "./open_log.ts";

Deno.test("scan() refuses a segment that is cut anywhere, and says where it ends", () => {
  const { disk, snapshot } = smallLog();
  assert.deepEqual(snapshot, [[0, 19], [1, 22], [2, 12]]);
  for (const [segment, length] of snapshot) {
    const whole = disk.read(`/q-${segment}.log`)!;
    for (let cut = 0; cut < length; cut++) {
      const damaged = disk.copy();
      damaged.put(`/q-${segment}.log`, whole.subarray(0, cut));
      const log = openLog(damaged, {}, snapshot);
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

/** Where the records of each segment of `smallLog` begin. */
const beginnings: readonly (readonly number[])[] = [[0, 11], [0, 13], [0]];

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
        () => openLog(damaged, {}, snapshot).scan(() => {}),
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
    const first = () => textOf(openLog(damaged, {}, snapshot).read(positionOf(0, 0)));
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
      () => openLog(damaged, {}, snapshot).read(positionOf(0, 0)),
      (error) => error instanceof DiskError || error instanceof DamageError,
    );
  }
});

Deno.test("read() refuses a position where no record can begin", () => {
  const { disk, snapshot } = smallLog();
  const log = openLog(disk, {}, snapshot);
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
    const log = openLog(crashed, { segmentRecords: 2 }, snapshot);
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
  assert.throws(() => openLog(disk, {}, snapshot).scan(() => {}), {
    name: "DamageError",
    path: "/q-1.log",
    message: "/q-1.log is damaged at byte 0: it is missing, 22 bytes were written",
  });
});

Deno.test("scan() closes its file when the visitor throws", () => {
  const { disk, snapshot } = smallLog();
  const log = openLog(disk, {}, snapshot);
  assert.throws(() =>
    log.scan(() => {
      throw new RangeError("enough");
    }), RangeError);
  assert.equal(disk.opened, 0);
});
