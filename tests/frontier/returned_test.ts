import assert from "node:assert/strict";
import fc from "fast-check";
import { Returned } from "../../lib/frontier/returned.ts";

Deno.test("Returned gives the higher priority first, and of equal ones what came first", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: -2, max: 2 }))), (steps) => {
      const returned = new Returned<{ readonly priority: number; readonly at: number }>();
      const expected: { readonly priority: number; readonly at: number }[] = [];
      steps.forEach((priority, at) => {
        if (priority === null) {
          returned.shift();
          expected.shift();
        } else {
          returned.add({ priority, at });
          expected.push({ priority, at });
          expected.sort((a, b) => b.priority - a.priority || a.at - b.at);
        }
        assert.deepEqual(returned.first, expected[0]);
      });
    }),
  );
});

Deno.test("Returned takes hundreds of thousands that come back at one time", () => {
  const returned = new Returned();
  for (let at = 0; at < 300_000; at++) returned.add({ priority: 0 });
  let count = 0;
  for (; returned.first !== undefined; count++) returned.shift();
  assert.equal(count, 300_000);
});
