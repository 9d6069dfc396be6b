import assert from "node:assert/strict";
import { crawlInSlices } from "./slices.ts";
import { ends, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("a crawl in short time slices finishes, kills and 503 among them, and never asks its server too soon", async () => {
  const report = await crawlInSlices({
    seed: 5,
    pages: 7,
    slice: 2,
    crawlDelay: 1.5,
    kills: 0.3,
    busy: 0.2,
    most: 40,
  });
  const { unexplained, harm, robots, refused, leastGap } = report;
  assert.deepEqual({ unexplained, harm, robots }, { unexplained: 0, harm: 0, robots: 1 });
  assert.ok(refused > 0);
  assert.ok(leastGap >= 1.5, `asked after ${leastGap} s`);
});

Deno.test("a time slice that could send nothing says which host it waited for, and what to do", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nCrawl-delay: 120\n" });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 3, pages: 3 }), "--timeout", "1s"];
  ends(await place.run(crawl), 4);
  const idle = await place.run(crawl);
  ends(idle, 4);
  assert.match(
    idle.stderr,
    /Nothing was sent in this run: 127\.0\.0\.1:\d+ may be asked again in 1 min \d+ s, its delay is 2 min\. Give a run more time with --timeout, or let more time pass between two runs/,
  );
  assert.equal(place.demo.log.length, 1);
});
