import assert from "node:assert/strict";
import type { Outcome } from "../../lib/model/outcome.ts";
import { open, settle } from "./parts.ts";
import { followAll } from "./site.ts";

for (
  const [what, meta, least, most] of [
    ["small ones by their number", {}, 1000, 1100],
    ["large ones by their bytes", { blob: "x".repeat(400_000) }, 16, 150],
  ] as const
) {
  Deno.test(`a crawl in memory pulls start requests no further ahead than is wanted: ${what}`, async () => {
    let pulled = 0;
    const spider = {
      ...followAll,
      *start() {
        for (; pulled < 10_000; pulled++) yield { url: `http://a.com/${pulled}`, meta };
      },
    };
    const run = open({ spider, site: () => new Promise<Outcome>(() => {}) });
    void run.engine.run();
    for (let turn = 0; turn < 50; turn++) await settle();
    assert.ok(pulled >= least && pulled < most, `${pulled} were pulled`);
    run.engine.cancel("x");
  });
}
