import assert from "node:assert/strict";
import fc from "fast-check";
import { Positions } from "../../lib/frontier/positions.ts";

Deno.test("Positions is empty at first", () => {
  const positions = new Positions();
  assert.equal(positions.size, 0);
  assert.equal(positions.first, undefined);
  assert.equal(positions.shift(), undefined);
});

Deno.test("Positions behaves as an array does, whatever comes and goes", () => {
  const burst = fc.record({ pushes: fc.nat({ max: 40 }), shifts: fc.nat({ max: 40 }) });
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 40 }), (bursts) => {
      const positions = new Positions(), model: number[] = [];
      let next = 2 ** 40;
      for (const { pushes, shifts } of bursts) {
        for (let count = 0; count < pushes; count++) {
          positions.push(next);
          model.push(next++);
          assert.equal(positions.first, model[0]);
        }
        for (let count = 0; count < shifts; count++) {
          assert.equal(positions.shift(), model.shift());
          assert.equal(positions.size, model.length);
          assert.equal(positions.first, model[0]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("Positions keeps the order over many chunks", () => {
  const positions = new Positions();
  for (let number = 0; number < 50_000; number++) positions.push(number);
  for (let number = 0; number < 30_000; number++) assert.equal(positions.shift(), number);
  for (let number = 50_000; number < 60_000; number++) positions.push(number);
  assert.equal(positions.size, 30_000);
  for (let number = 30_000; number < 60_000; number++) assert.equal(positions.shift(), number);
  assert.equal(positions.size, 0);
});
