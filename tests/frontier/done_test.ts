import assert from "node:assert/strict";
import { positionOf } from "../../lib/disk/record_log.ts";
import { DoneReader, encodeDone } from "../../lib/frontier/done.ts";

Deno.test("DoneReader tells what is done, by priority and place, and passes over segments that do not count", () => {
  const reader = new DoneReader([[0, [[1, 100], [70_000, 50]]], [-100, [[0, 10]]]]);
  reader.read(encodeDone(0, [positionOf(70_000, 2 ** 30), positionOf(1, 40), positionOf(0, 0), positionOf(1, 8)]));
  reader.read(encodeDone(-100, [positionOf(0, 0)]));
  reader.read(encodeDone(5, [positionOf(1, 16)]));
  reader.read(encodeDone(0, []));
  const asked = [[1, 0], [1, 8], [1, 16], [1, 40], [70_000, 0], [70_000, 2 ** 30]] as const;
  const isDone = reader.cursor(0);
  assert.deepEqual(
    asked.map(([segment, offset]) => isDone(positionOf(segment, offset))),
    [false, true, false, true, false, true],
  );
  assert.equal(reader.cursor(-100)(positionOf(0, 0)), true);
  assert.equal(reader.cursor(7)(positionOf(0, 0)), false);
});
