import assert from "node:assert/strict";
import { SameErrors } from "../../lib/cli/same_errors.ts";

Deno.test("an error is new once, and those that came more often have a line with their count", () => {
  const errors = new SameErrors();
  assert.deepEqual(["a", "b", "a", "a"].map((message) => errors.isNew(message)), [true, true, false, false]);
  for (let count = 3; count < 1234; count++) errors.isNew("a");
  assert.deepEqual(errors.lines(), ["1,234 times: a"]);
});

Deno.test("errors that are all different take no more memory than a thousand of them, and are all told", () => {
  const errors = new SameErrors();
  for (let number = 0; number < 5000; number++) assert.equal(errors.isNew(`error ${number}`), true);
  assert.equal(errors.isNew("error 999"), false);
  assert.equal(errors.isNew("error 1000"), true);
  assert.deepEqual(errors.lines(), ["2 times: error 999"]);
});
