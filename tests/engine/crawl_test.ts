import assert from "node:assert/strict";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import { crawlOf } from "../../lib/engine/snapshot.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider, Summary } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { done, epoch, parseLines, settle, worldOf } from "./parts.ts";
import {
  failAt,
  failedWith,
  failures,
  faults,
  finishes,
  type Outside,
  places,
  prepared,
  type ProcessSaid,
  randomFrom,
  runProcess,
  stops,
} from "./process.ts";
import { answer, links, pathOf, type Site } from "./site.ts";

const items = `${places.crawls}/items.jsonl`;

const pages: Readonly<Record<string, readonly string[]>> = {
  "/": ["/1", "/2", "/3", "/flaky"],
  "/1": ["/2", "/4", "/broken"],
  "/2": ["/5", "/moved"],
  "/3": ["/1", "/6"],
  "/4": [],
  "/5": ["/7"],
  "/6": ["/7", "/"],
  "/7": ["/throws"],
  "/flaky": ["/8"],
  "/new": [],
  "/8": [],
  "/throws": ["/never"],
};

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    const path = new URL(page.url).pathname;
    page.update((state) => state.pages = Number(state.pages ?? 0) + 1);
    yield { path };
    for (const request of page.follow("a", { priority: path.length % 2 })) yield request;
    if (path === "/throws") throw new Error("no price");
  },
};

/** A server that is busy once, and that takes a tenth of a second for a page. */
function server(clock: ManualClock): Site {
  let busy = true;
  return async ({ url }) => {
    await new Promise<void>((resolve) => clock.after(100, resolve));
    const path = pathOf(url);
    if (path === "/moved") return answer(url, "", 301, { location: "/new" });
    if (path === "/flaky" && busy) {
      busy = false;
      return answer(url, "", 503, { "retry-after": "1" });
    }
    const found = pages[path];
    if (found === undefined) return answer(url, "", 404);
    return answer(url, links(...found), 200, { "set-cookie": "seen=1" });
  };
}

function begin(): Outside {
  const clock = new ManualClock(epoch);
  return { clock, site: server(clock) };
}

/** What one process does. */
function process(disk: FaultyDisk, outside: Outside, said: Partial<ProcessSaid> = {}): Promise<Ending> {
  return runProcess(disk, { spider, items, ...outside, ...said });
}

/** Fails unless the files are those of a crawl that nothing has disturbed. */
function checkFiles(disk: FaultyDisk, when: string): void {
  const paths = parseLines(disk.text(items)).map(({ path }) => path).sort();
  assert.deepEqual(paths, ["/", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/flaky", "/new"], when);
  const failed = parseLines(disk.text(failures)).map(({ url, kind }) => `${kind} ${url}`).sort();
  assert.deepEqual(failed, ["callback http://a.com/throws", "status http://a.com/broken"], when);
  const summary = disk.list(places.crawls).find((name) => name.endsWith(".summary.json"));
  const { outcome, counters } = JSON.parse(disk.text(`${places.crawls}/${summary}`) ?? "{}");
  assert.deepEqual([outcome, counters?.pages, counters?.items, counters?.failed], ["finished", 11, 11, 2], when);
  assert.equal(disk.size(places.checkpoint), undefined, when);
  assert.deepEqual(disk.list(places.crawls).filter((name) => name.includes(".part")), [], when);
}

Deno.test("a crawl that nothing disturbs publishes its files, and leaves no checkpoint", async () => {
  const disk = prepared();
  assert.deepEqual(await process(disk, begin()), done);
  checkFiles(disk, "undisturbed");
  assert.equal(disk.opened, 0);
});

for (const { what, seed, restarted } of stops) {
  Deno.test(`${what} at any change of the disk, and another later, leave the files of a crawl that nothing disturbed`, async () => {
    const random = randomFrom(seed);
    let count = 0;
    for (let undisturbed = false; !undisturbed; count++) {
      const outside = begin();
      let disk = prepared();
      disk.stopAfter(count);
      undisturbed = await finishes(process(disk, outside));
      if (!undisturbed) {
        disk = restarted(disk, count, random);
        disk.stopAfter(Math.floor(random() * 150));
        await process(disk, outside).catch(() => {});
        disk = restarted(disk, count + 1, random);
        assert.deepEqual(await process(disk, outside), done, `after ${count} changes`);
      }
      checkFiles(disk, `after ${count} changes`);
    }
    assert.ok(count > 100, `${count} moments`);
  });
}

Deno.test("everything is safe against a loss of power when the crawl has ended", async () => {
  const disk = prepared();
  await process(disk, begin());
  checkFiles(disk.crash(), "after the end");
});

for (const interval of [0.3, 0]) {
  Deno.test(`everything is safe in a data folder that the crawl made, too, saved every ${interval} s`, async () => {
    const disk = new FaultyDisk();
    await process(disk, begin(), { interval });
    checkFiles(disk.crash(), "after the end");

    const paused = new FaultyDisk();
    const outside = begin();
    await process(paused, outside, {
      interval,
      onCrawl: (crawl) => void outside.clock.after(500, () => crawl.pause("x")),
    });
    const [newest] = new CheckpointStore(paused.crash(), places).find().checkpoints;
    assert.ok(newest !== undefined, "the checkpoint of the pause is there");
  });
}

Deno.test("a full disk at any change fails the crawl and names the file, and the next process ends it", async () => {
  for (let failing = 0, undisturbed = false; !undisturbed; failing += 7) {
    const outside = begin(), disk = prepared();
    let left = failing;
    disk.failWhen(({ name }) => (name === "write" || name === "sync") && left-- <= 0 ? "ENOSPC" : undefined);
    const ending = await process(disk, outside);
    undisturbed = ending.outcome === "finished";
    if (undisturbed) break;
    assert.ok(ending.outcome === "failed");
    assert.match(ending.error.message, /^Cannot (write to|sync) \/data\/default\/test\/.*: no space left on device$/);
    const after = disk.kill();
    assert.deepEqual(await process(after, outside), done);
    checkFiles(after, `full after ${failing}`);
  }
});

Deno.test("a sync that fails once, at whatever instant, is never followed by a finished crawl", async () => {
  for (let failing = 1, undisturbed = false; !undisturbed; failing++) {
    const outside = begin(), disk = prepared();
    let left = failing;
    disk.failWhen(({ name }) => (name === "sync" || name === "syncFolder") && --left === 0 ? "EIO" : undefined);
    const ending = await process(disk, outside, { interval: 0.1 }).catch(failedWith);
    undisturbed = left > 0;
    assert.equal(ending.outcome, undisturbed ? "finished" : "failed", `sync ${failing}`);
    const after = disk.kill();
    assert.deepEqual(await process(after, outside), done);
    checkFiles(after, `sync ${failing}`);
  }
});

for (const fault of faults) {
  Deno.test(`${fault.what} fails the crawl with a file's name or not at all, and the next process ends it`, async () => {
    let failures = 0;
    for (let failing = 1, undisturbed = false; !undisturbed; failing++) {
      const outside = begin(), disk = prepared();
      const hasFailed = failAt(disk, failing, fault);
      const ending = await process(disk, outside).catch(failedWith);
      undisturbed = !hasFailed();
      if (ending.outcome === "failed") {
        failures++;
        assert.match(ending.error.message, /\/data/, `operation ${failing}`);
      }
      const after = disk.kill();
      assert.deepEqual(await process(after, outside), done, `operation ${failing}`);
      checkFiles(after, `${fault.what}, ${failing}`);
    }
    assert.ok(failures > 0);
  });
}

Deno.test("pauses and cancels at any time leave the files of a crawl that nothing disturbed", async () => {
  for (const interval of [0, 0.3]) {
    for (let ticks = 0; ticks < 24; ticks += 3) {
      const outside = begin();
      let disk = prepared();
      let ending: Ending = { outcome: "paused", reason: "" }, processes = 0;
      while (ending.outcome === "paused") {
        assert.ok(processes++ < 100);
        disk = disk.kill();
        ending = await process(disk, outside, {
          interval,
          onCrawl: (crawl) => {
            const end = () => ticks % 2 === 0 ? crawl.pause("SIGINT") : crawl.cancel("SIGINT");
            outside.clock.after(50 * ticks + 120, end);
          },
        });
      }
      assert.deepEqual(ending, done);
      checkFiles(disk, `every ${ticks} ticks`);
    }
  }
});

Deno.test("the hooks are told what they are promised", async () => {
  const told: unknown[] = [];
  const hooked: Spider = {
    ...spider,
    onStart: (about) => void told.push(about),
    onClose: ({ reason, pages, items, failed }: Summary) => void told.push({ reason, pages, items, failed }),
  };
  const outside = begin();
  let disk = prepared();
  await process(disk, outside, {
    spider: hooked,
    onCrawl: (crawl) => void outside.clock.after(120, () => crawl.pause("x")),
  });
  disk = disk.kill();
  await process(disk, outside, { spider: hooked });
  assert.deepEqual(told, [
    { resuming: false },
    { reason: "paused", pages: 4, items: 4, failed: 0 },
    { resuming: true },
    { reason: "finished", pages: 11, items: 11, failed: 2 },
  ]);
});

Deno.test("an error in onStart or onClose fails the crawl, and the checkpoint can be gone on from", async () => {
  for (const hook of ["onStart", "onClose"]) {
    const outside = begin();
    const disk = prepared();
    const ending = await process(disk, outside, {
      spider: {
        ...spider,
        [hook]: () => {
          throw new Error("no database");
        },
      },
    });
    assert.match(
      ending.outcome === "failed" ? ending.error.message : "",
      new RegExp(`^${hook}: no database \\(crawl_test\\.ts:\\d+:\\d+\\)$`),
    );
    assert.equal(new CheckpointStore(disk, places).find().checkpoints.length > 0, true);
    const after = disk.kill();
    assert.deepEqual(await process(after, outside), done);
    checkFiles(after, hook);
  }
});

Deno.test("a kill while onClose runs loses nothing: all is saved before, also where it is saved on a pause only", async () => {
  const outside = begin();
  const disk = prepared();
  const hangs: Spider = { ...spider, onClose: () => new Promise<void>(() => {}) };
  void process(disk, outside, { spider: hangs, interval: 0 });
  for (let turn = 0; turn < 400; turn++) {
    await settle();
    outside.clock.advance(250);
  }
  const after = disk.kill();
  const [newest] = new CheckpointStore(after, places).find().checkpoints;
  assert.deepEqual([crawlOf(newest!.checkpoint, places).counters.pages, crawlOf(newest!.checkpoint, places).pending], [
    11,
    0,
  ]);
  assert.deepEqual(await process(after, outside), done);
  checkFiles(after, "onClose");
});

Deno.test("a crawl that is cancelled while its onClose hangs is paused, and the next process calls it again", async () => {
  const outside = begin();
  const disk = prepared();
  let calls = 0;
  const hangs: Spider = {
    ...spider,
    onClose: () => {
      calls += 1;
      return calls === 1 ? new Promise<void>(() => {}) : undefined;
    },
  };
  const ending = await process(disk, outside, {
    spider: hangs,
    onCrawl: (crawl) => outside.clock.after(100_000, () => crawl.cancel("SIGINT")),
  });
  assert.deepEqual(ending, { outcome: "paused", reason: "SIGINT" });
  assert.deepEqual(await process(disk, outside, { spider: hangs }), done);
  assert.equal(calls, 2);
  checkFiles(disk, "onClose");
});

Deno.test("a crawl that fetched no page has failed, and says so in its checkpoint", async () => {
  const disk = prepared();
  const ending = await process(disk, { clock: new ManualClock(epoch), site: ({ url }) => answer(url, "", 404) });
  assert.equal(
    ending.outcome === "failed" && ending.error.message,
    "no page could be fetched: http://a.com/: status 404",
  );
  const [newest] = new CheckpointStore(disk, places).find().checkpoints;
  assert.equal(crawlOf(newest!.checkpoint, places).phase, "failed");
});

Deno.test("state, counters, cookies and the time go on over a pause", async () => {
  const outside = begin();
  const disk = prepared();
  await process(disk, outside, { onCrawl: (crawl) => void outside.clock.after(900, () => crawl.pause("x")) });
  const [paused] = new CheckpointStore(disk, places).find().checkpoints;
  const snapshot = crawlOf(paused!.checkpoint, places);
  assert.ok(snapshot.elapsed >= 0.9 && snapshot.elapsed < 1.3, `${snapshot.elapsed}`);
  const folder = places.checkpoint;
  const { parts } = worldOf({ spider, ...outside, disk: disk.kill(), folder, snapshot, items, failures });
  assert.deepEqual(parts.state.value, { pages: snapshot.counters.pages });
  assert.ok(snapshot.counters.pages > 1);
  assert.deepEqual([snapshot.starts.taken, snapshot.starts.done], [1, true]);
  assert.equal(parts.cookies?.header("http://a.com/"), "seen=1");
  assert.equal(snapshot.lastAnswer?.startsWith("http://a.com/"), true);
});

Deno.test("cancel() does not wait for onStart or onClose", async () => {
  for (const hook of ["onStart", "onClose"]) {
    const outside = begin();
    const ending = await process(prepared(), outside, {
      spider: { ...spider, [hook]: () => new Promise(() => {}) },
      onCrawl: (crawl) => void outside.clock.after(200, () => crawl.cancel("SIGINT")),
    });
    assert.deepEqual(ending, { outcome: "paused", reason: "SIGINT" });
    await settle();
  }
});
