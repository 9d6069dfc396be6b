import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { expectedItems } from "../../scripts/demo/mod.ts";
import type { Point } from "../../scripts/dying_disk.ts";
import { exists, records } from "./kept.ts";
import { ends, isCompiled, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spec = { seed: 61, pages: 90 };
const program = [Deno.execPath(), "run", "-A", fileURLToPath(new URL("../../scripts/dying_main.ts", import.meta.url))];

type Where = Omit<Point, "count"> & {
  /** Counts from the signal that pauses the crawl. */
  readonly whenPausing?: boolean;
  /** The crawl is paused before. */
  readonly whenResuming?: boolean;
};

const both = (name: string, where: Omit<Where, "when">): [string, Where][] => [
  [`before ${name}`, { ...where, when: "before" }],
  [`after ${name}`, { ...where, when: "after" }],
];

const points: readonly [string, Where][] = [
  ...both("requests are appended", { operation: "write", path: "/queue-" }),
  ...both("what is done is appended", { operation: "write", path: "/done-" }),
  ...both("fingerprints are appended", { operation: "write", path: "/seen-" }),
  ...both("items are appended", { operation: "write", path: "out.jsonl.part$" }),
  ...both("the items are synced", { operation: "sync", path: "out.jsonl.part$" }),
  ...both("the temporary document is opened", { operation: "append", path: "/checkpoint.tmp$" }),
  ...both("the temporary document is written", { operation: "write", path: "/checkpoint.tmp$" }),
  ...both("the temporary document is synced", { operation: "sync", path: "/checkpoint.tmp$" }),
  ...both("the older document gets its name", { operation: "rename", path: "/checkpoint.prev.msgpack$" }),
  ...both("the newer document gets its name", { operation: "rename", path: "/checkpoint.msgpack$" }),
  ...both("the folder is synced", { operation: "syncFolder", path: "/checkpoint$" }),
  ...both("a log is read for a resume", { operation: "open", path: "/(queue|seen|done)-", whenResuming: true }),
  ...both("the output is cut back", { operation: "append", path: "out.jsonl.part$", whenResuming: true }),
  ...both("the output gets its name", { operation: "rename", path: "/out.jsonl$" }),
  ...both("the summary gets its name", { operation: "rename", path: ".summary.json$" }),
  ...both("the older document is removed", { operation: "remove", path: "/checkpoint.prev.msgpack$" }),
  ...both("the newer document is removed", { operation: "remove", path: "/checkpoint.msgpack$" }),
  ...both("the checkpoint is removed", { operation: "remove", path: "/checkpoint$" }),
  ...both("the document of a pause is written", { operation: "write", path: "/checkpoint.tmp$", whenPausing: true }),
  ...both("the document of a pause gets its name", {
    operation: "rename",
    path: "/checkpoint.msgpack$",
    whenPausing: true,
  }),
];

for (const [name, where] of points) {
  Deno.test({
    name: `a process that dies just ${name} costs no item and repeats none`,
    // The compiled program has no disk that kills it.
    ignore: isCompiled,
    async fn() {
      await using place = await Workplace.open({ seed: 61, latency: 4 });
      const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.05s"];
      const output = ["-o", "out.jsonl", "-s", "concurrency=4"];
      if (where.whenResuming) ends(await place.pause([...crawl, ...output], { requests: 20 }), 130);
      let kills = 0;
      for (const count of [1, 2, 5]) {
        const env = { TRAWL_DIE_AT: JSON.stringify({ ...where, count: where.whenPausing ? 1 : count }) };
        const goal = place.pages.length + 15;
        await using trawl = place.start([...crawl, ...output], { env, program });
        if (where.whenPausing) {
          await trawl.until("the moment to pause", () => trawl.isOver || place.pages.length >= goal);
          trawl.kill("SIGINT");
        }
        const { code, stderr } = await trawl.ended;
        assert.ok(code === 137 || code === 0 || code === 130, `exit code ${code}\n${stderr}`);
        if (code === 137) kills++;
        if (code === 0) break;
      }
      assert.ok(kills > 0, "the point was never reached");
      if (place.kept("web").isPaused || !exists(`${place.folder}/out.jsonl`)) {
        ends(await place.run([...crawl, ...output]), 0);
      }
      const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
      assert.deepEqual(records(`${place.folder}/out.jsonl`).sort(), wanted);
      assert.ok(!exists(`${place.folder}/out.jsonl.part`));
    },
  });
}
