import assert from "node:assert/strict";
import { hash, Random } from "../../scripts/demo/random.ts";

Deno.test("hash() depends on every part, on their order and on where one ends", () => {
  const hashes = [hash(1, 2), hash(2, 1), hash("ab", "c"), hash("a", "bc"), hash(2 ** 32), hash(0), hash(), hash("")];
  assert.equal(new Set(hashes).size, 8);
  assert.equal(hash(1, "a"), hash(1, "a"));
  assert.equal(hash(1, "a"), 2039529938);
});

Deno.test("Random gives the same sequence in every run", () => {
  const draw = (random: Random) => Array.from({ length: 6 }, () => random.below(100));
  assert.deepEqual(draw(new Random(1)), [28, 35, 62, 24, 26, 56]);
  assert.notDeepEqual(draw(new Random(2)), draw(new Random(1)));
});

Deno.test("Random spreads its numbers evenly", () => {
  const random = new Random("even");
  const counts = Array<number>(10).fill(0);
  for (let drawn = 0; drawn < 10_000; drawn++) counts[random.below(10)]! += 1;
  assert.ok(counts.every((count) => count > 900 && count < 1100), counts.join());
});

Deno.test("Random.shuffled() keeps every entry, and pick() refuses an empty list", () => {
  const list = Array.from({ length: 50 }, (_, at) => at);
  const shuffled = new Random(1).shuffled(list);
  assert.notDeepEqual(shuffled, list);
  assert.deepEqual(shuffled.toSorted((a, b) => a - b), list);
  assert.throws(() => new Random(1).pick([]), { name: "RangeError", message: "Cannot pick from an empty list" });
});
