import assert from "node:assert/strict";
import type { Ending } from "../../lib/engine/engine.ts";
import type { Crawl } from "../../lib/engine/crawl.ts";
import { createRequest } from "../../lib/model/request.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import type { FaultyDisk } from "../disk/faulty_disk.ts";
import { asked, epoch, open, settle } from "./parts.ts";
import { places, prepared, runProcess } from "./process.ts";
import { answer, followFrom, pathOf } from "./site.ts";

/** Waits for so many milliseconds of a clock. */
const pause = (clock: ManualClock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

Deno.test("each time slice gets on where start() needs longer for what is known than a slice lasts", async () => {
  let disk: FaultyDisk = prepared(), wall = epoch, ending: Ending | undefined;
  const slices: string[][] = [];
  while (ending?.outcome !== "finished") {
    assert.ok(slices.length < 10, JSON.stringify(slices));
    const clock = new ManualClock(wall), paths: string[] = [];
    slices.push(paths);
    ending = await runProcess(disk, {
      spider: {
        name: "test",
        async *start() {
          for (let page = 0; page < 8; page++) {
            await pause(clock, 700);
            yield `http://a.com/${page}`;
          }
        },
        parse: () => {},
      },
      items: `${places.crawls}/items.jsonl`,
      clock,
      site({ url }) {
        paths.push(pathOf(url));
        return answer(url);
      },
      onCrawl(crawl: Crawl) {
        clock.after(3000, () => crawl.pauseInTime("timeout"));
        clock.after(33_000, () => crawl.cancel("timeout"));
      },
    });
    disk = disk.kill();
    wall = clock.wall();
  }
  assert.deepEqual(slices, [["/0", "/1", "/2", "/3"], ["/4"], ["/5"], ["/6"], ["/7"], []]);
});

Deno.test("a time slice whose end comes while start() is awaited pauses after the next page, and at once when told to", async () => {
  for (const [isTold, paths] of [[false, ["/1"]], [true, []]] as const) {
    const clock = new ManualClock(epoch);
    const run = open({
      clock,
      spider: {
        name: "test",
        async *start() {
          await pause(clock, 5000);
          yield* ["http://a.com/1", "http://a.com/2"];
        },
        parse: () => {},
      },
      site: ({ url }) => answer(url),
      concurrency: 1,
    });
    clock.after(1000, () => run.engine.pauseInTime("timeout"));
    if (isTold) clock.after(2000, () => run.engine.pause("SIGINT"));
    assert.deepEqual(await run.crawl(), { outcome: "paused", reason: isTold ? "SIGINT" : "timeout" });
    assert.deepEqual(asked(run), paths);
  }
});

Deno.test("a run that has committed nothing says that its pages were cut off", async () => {
  const run = open({ spider: followFrom("/1", "/2"), site: () => new Promise(() => {}) });
  const running = run.engine.run();
  await settle();
  run.engine.pauseInTime("timeout");
  run.engine.cancel("timeout");
  await running;
  assert.equal(
    run.engine.idleReason,
    "No page was finished in this run: 2 pages in flight were cut off by --grace. " +
      "Give a run more time with --timeout or --grace",
  );
});

Deno.test("a run that has committed nothing says that its robots.txt was cut off", async () => {
  const run = open({ spider: followFrom("/1"), robots: true, site: () => new Promise(() => {}) });
  const running = run.engine.run();
  await settle();
  run.engine.cancel("timeout");
  await running;
  assert.match(run.engine.idleReason!, /^No page was finished in this run: 1 robots\.txt was cut off by --grace\. /);
});

Deno.test("a run that has committed nothing says that start() gave nothing, or nothing new", async () => {
  for (
    const [known, words] of [
      [0, "start() gave nothing"],
      [2, "start() gave 2 requests, all known from earlier runs"],
    ] as const
  ) {
    const run = open({
      spider: {
        name: "test",
        async *start() {
          for (let page = 0; page < known; page++) yield `http://a.com/${page}`;
          await new Promise(() => {});
        },
        parse: () => {},
      },
      site: ({ url }) => answer(url),
    });
    for (let page = 0; page < known; page++) {
      const request = createRequest(`http://a.com/${page}`);
      run.parts.scheduler.add(request);
      run.parts.frontier.done(run.parts.frontier.take("a.com")!);
    }
    const running = run.engine.run();
    await settle();
    run.engine.cancel("timeout");
    await running;
    assert.equal(
      run.engine.idleReason,
      `No page was finished in this run: ${words}. Give a run more time with --timeout or --grace`,
    );
  }
});
