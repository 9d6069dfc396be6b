import assert from "node:assert/strict";
import type { Ending } from "../../lib/engine/engine.ts";
import { exitCodeOf } from "../../lib/engine/exit_code.ts";

const endings: readonly (readonly [ending: Ending, code: number])[] = [
  [{ outcome: "finished", reason: "done" }, 0],
  [{ outcome: "finished", reason: "limit" }, 0],
  [{ outcome: "finished", reason: "maxFailed" }, 1],
  [{ outcome: "failed", error: new Error("x"), consistent: true }, 1],
  [{ outcome: "failed", error: new Error("x"), consistent: false }, 1],
  [{ outcome: "paused", reason: "timeout" }, 4],
  [{ outcome: "paused", reason: "outage" }, 4],
  [{ outcome: "paused", reason: "SIGINT" }, 130],
  [{ outcome: "paused", reason: "SIGTERM" }, 143],
];

for (const [ending, code] of endings) {
  const how = ending.outcome === "failed" ? "" : ` (${ending.reason})`;
  Deno.test(`exitCodeOf() is ${code} for a crawl that ${ending.outcome}${how}`, () => {
    assert.equal(exitCodeOf(ending), code);
  });
}
