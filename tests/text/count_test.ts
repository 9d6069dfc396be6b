import assert from "node:assert/strict";
import { formatCount } from "../../lib/text/count.ts";

Deno.test("formatCount() puts a comma before every three digits", () => {
  assert.equal(formatCount(0), "0");
  assert.equal(formatCount(999), "999");
  assert.equal(formatCount(1000), "1,000");
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(formatCount(-1_234_567), "-1,234,567");
});
