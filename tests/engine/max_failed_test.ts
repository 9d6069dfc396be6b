import assert from "node:assert/strict";
import { countFailure, createCounters } from "../../lib/engine/counters.ts";
import { failsTooOften, type MaxFailed } from "../../lib/engine/max_failed.ts";

function counted(pages: number, failed: number, forbidden = 0) {
  const counters = { ...createCounters(), pages, forbidden };
  for (let at = 0; at < failed; at++) countFailure(counters, "http://a.com/", { kind: "timeout", message: "late" });
  return counters;
}

const cases: readonly (readonly [pages: number, failed: number, most: MaxFailed, tooOften: boolean])[] = [
  [90, 10, "10%", false],
  [89, 11, "10%", true],
  [93, 7, "7%", false],
  [999, 1, "0.1%", false],
  [998, 2, "0.1%", true],
  [0, 1, "100%", false],
  [1, 0, "0%", false],
  [1000, 1, "0%", true],
  [0, 0, "0%", false],
  [5, 100, 100, false],
  [5000, 101, 100, true],
  [5, 1, 0, true],
  [5, 0, 0, false],
  [5, 1000, Infinity, false],
];
for (const [pages, failed, most, tooOften] of cases) {
  Deno.test(`${failed} failures beside ${pages} pages are ${tooOften ? "" : "not "}more than ${most}`, () => {
    assert.equal(failsTooOften(counted(pages, failed), most), tooOften);
  });
}

Deno.test("what robots.txt forbids is no failure", () => {
  assert.equal(failsTooOften(counted(10, 1, 100), "10%"), false);
  assert.equal(failsTooOften(counted(10, 0, 100), 0), false);
});

Deno.test("failures are counted by kind, those of a status by the status, with the last of each", () => {
  const counters = createCounters();
  countFailure(counters, "http://a.com/1", { kind: "status", status: 404, message: "status 404" });
  countFailure(counters, "http://a.com/2", { kind: "status", status: 500, message: "status 500" });
  countFailure(counters, "http://a.com/3", { kind: "status", status: 404, message: "status 404" });
  countFailure(counters, "http://a.com/4", { kind: "callback", message: "x".repeat(1000) });
  assert.equal(counters.failed, 4);
  assert.deepEqual(counters.failures, {
    "status 404": { count: 2, url: "http://a.com/3", message: "status 404" },
    "status 500": { count: 1, url: "http://a.com/2", message: "status 500" },
    callback: { count: 1, url: "http://a.com/4", message: "x".repeat(200) },
  });
});
