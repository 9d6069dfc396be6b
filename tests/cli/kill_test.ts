import assert from "node:assert/strict";
import { storm, type StormOptions } from "./storm.ts";

/** What must be, whatever the kills. */
const harmless = { missing: 0, foreign: 0, twice: 0, torn: 0, unfetched: 0, uneven: 0, misreported: 0 };

async function survives(options: StormOptions): Promise<void> {
  const { kills, runs, again, ...harm } = await storm(options);
  assert.deepEqual(harm, harmless);
  assert.ok(kills >= 4, `${kills} kills in ${runs} runs were too few to show anything`);
  // A kill costs at most what was in flight, or was answered since the last checkpoint: not the crawl so far.
  assert.ok(again < options.pages, `${again} of ${options.pages} pages were fetched again`);
}

for (const [at, format] of (["jsonl", "csv", "json"] as const).entries()) {
  Deno.test(`kill -9 at random instants costs no item and repeats none in a .${format} file`, async () => {
    await survives({ kills: 9, seed: 100 + at, format, pages: 700 });
  });
}

Deno.test("SIGKILL, SIGTERM and SIGINT in any order cost no item and repeat none", async () => {
  await survives({ kills: 10, seed: 200, format: "jsonl", pages: 500, signals: ["SIGKILL", "SIGTERM", "SIGINT"] });
});
