import assert from "node:assert/strict";
import { counted, formatCount } from "../../lib/text/count.ts";

Deno.test("formatCount() has a comma before every three digits", () => {
  const cases = { 0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567" };
  for (const [count, text] of Object.entries(cases)) assert.equal(formatCount(Number(count)), text);
});

Deno.test("counted() says one of what is counted only for one", () => {
  assert.equal(counted(0, "page"), "0 pages");
  assert.equal(counted(1, "page"), "1 page");
  assert.equal(counted(2, "page"), "2 pages");
  assert.equal(counted(1001, "page"), "1,001 pages");
  assert.equal(counted(1, "match", "matches"), "1 match");
  assert.equal(counted(3, "match", "matches"), "3 matches");
});
