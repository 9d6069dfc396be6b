import assert from "node:assert/strict";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { openNewest, removeLitter } from "../../lib/cli/resume.ts";
import { settle as settleFinished } from "../../lib/cli/settle.ts";
import { makeFolder } from "../../lib/disk/make_folder.ts";
import { Crawl } from "../../lib/engine/crawl.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import { planOf } from "../../lib/engine/plan.ts";
import { crawlOf, type CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider, Summary } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk, type Reason, reasons } from "../disk/faulty_disk.ts";
import { answer, epoch, finish, noLimits, settle, type Site, worldOf } from "./parts.ts";

const places = placesOf("/data", "default", "test");
const [items, failures] = [`${places.crawls}/items.jsonl`, `${places.crawls}/failed.jsonl`];

const links: Readonly<Record<string, readonly string[]>> = {
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
    const path = url.slice("http://a.com".length);
    if (path === "/moved") return answer(url, "", 301, { location: "/new" });
    if (path === "/flaky" && busy) {
      busy = false;
      return answer(url, "", 503, { "retry-after": "1" });
    }
    const found = links[path];
    if (found === undefined) return answer(url, "", 404);
    return answer(url, found.map((link) => `<a href="${link}"></a>`).join(""), 200, { "set-cookie": "seen=1" });
  };
}

interface Run {
  readonly clock: ManualClock;
  readonly site: Site;
}

interface Said {
  readonly spider?: Spider;
  readonly interval?: number;
  readonly onCrawl?: (crawl: Crawl) => void;
}

/** What one process does: publishes what is finished, or goes on, or begins. */
async function process(disk: FaultyDisk, { clock, site }: Run, said: Said = {}): Promise<Ending> {
  const store = new CheckpointStore(disk, places);
  await makeFolder(disk, places.root);
  if (await settleFinished(disk, store, places, clock.wall()) !== undefined) {
    return { outcome: "finished", reason: "done" };
  }
  const identity = { spider: "test", project: "default", proxyType: "none", code: "", startedAt: epoch };
  const plan = planOf(store.find(), { ...identity, startUrls: [] });
  if (plan.kind === "refused") throw new Error(plan.message);
  const used = said.spider ?? spider;
  const open = (snapshot?: CrawlSnapshot) =>
    worldOf({
      spider: used,
      site,
      clock,
      disk,
      items,
      failures,
      folder: places.checkpoint,
      concurrency: 3,
      ...(snapshot && { snapshot }),
    }).parts;
  const resumed = plan.kind === "resume" ? openNewest(plan.found, places, open) : undefined;
  if (resumed !== undefined) {
    for (const { path } of resumed.unreadable) await store.setAside(path);
    await removeLitter(disk, places, store);
  }
  const crawl = new Crawl(resumed?.parts ?? open(), {
    ...noLimits,
    disk,
    identity,
    startUrls: [],
    resuming: resumed !== undefined,
    elapsed: resumed?.snapshot.elapsed ?? 0,
    keeping: { store, places, interval: said.interval ?? 0.3, generation: resumed?.generation ?? 0 },
  });
  said.onCrawl?.(crawl);
  return await finish(clock, crawl.run(), 50);
}

function prepared(): FaultyDisk {
  const disk = new FaultyDisk();
  for (const folder of [places.crawls, places.checkpoint]) {
    disk.put(`${folder}/x`, "");
    disk.put(`${folder}/x`, undefined);
  }
  return disk;
}

function begin(): Run {
  const clock = new ManualClock(epoch);
  return { clock, site: server(clock) };
}

const lines = (disk: FaultyDisk, path: string) =>
  (disk.text(path) ?? "").split("\n").slice(0, -1).map((line) => JSON.parse(line));

/** Fails unless the files are those of a crawl that nothing has disturbed. */
function checkFiles(disk: FaultyDisk, when: string): void {
  const paths = lines(disk, items).map(({ path }) => path).sort();
  assert.deepEqual(paths, ["/", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/flaky", "/new"], when);
  const failed = lines(disk, failures).map(({ url, kind }) => `${kind} ${url}`).sort();
  assert.deepEqual(failed, ["callback http://a.com/throws", "status http://a.com/broken"], when);
  const summary = disk.list(places.crawls).find((name) => name.endsWith(".summary.json"));
  const { outcome, counters } = JSON.parse(disk.text(`${places.crawls}/${summary}`) ?? "{}");
  assert.deepEqual([outcome, counters?.pages, counters?.items, counters?.failed], ["finished", 11, 11, 2], when);
  assert.equal(disk.size(places.checkpoint), undefined, when);
  assert.deepEqual(disk.list(places.crawls).filter((name) => name.includes(".part")), [], when);
}

Deno.test("a crawl that nothing disturbs publishes its files, and leaves no checkpoint", async () => {
  const disk = prepared();
  assert.deepEqual(await process(disk, begin()), { outcome: "finished", reason: "done" });
  checkFiles(disk, "undisturbed");
  assert.equal(disk.opened, 0);
});

for (const power of [false, true]) {
  const what = power ? "a loss of power" : "a kill";
  Deno.test(`${what} at any change of the disk, and another later, leave the files of a crawl that nothing disturbed`, async () => {
    let random = power ? 7 : 3;
    const next = () => (random = Math.imul(random ^ (random >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) / 2 ** 32 + 0.5;
    const restarted = (disk: FaultyDisk, at: number) =>
      !power ? disk.kill() : disk.crash(at % 3 === 0 ? undefined : next);
    let stops = 0;
    for (let undisturbed = false; !undisturbed; stops++) {
      const run = begin();
      let disk = prepared();
      disk.stopAfter(stops);
      undisturbed = await process(disk, run).then(({ outcome }) => outcome === "finished", () => false);
      if (!undisturbed) {
        disk = restarted(disk, stops);
        disk.stopAfter(Math.floor(next() * 150));
        await process(disk, run).catch(() => {});
        disk = restarted(disk, stops + 1);
        assert.deepEqual(await process(disk, run), { outcome: "finished", reason: "done" }, `after ${stops} changes`);
      }
      checkFiles(disk, `after ${stops} changes`);
    }
    assert.ok(stops > 100, `${stops} moments`);
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
    const run = begin();
    await process(paused, run, { interval, onCrawl: (crawl) => void run.clock.after(500, () => crawl.pause("x")) });
    const [newest] = new CheckpointStore(paused.crash(), places).find().checkpoints;
    assert.ok(newest !== undefined, "the checkpoint of the pause is there");
  });
}

Deno.test("a full disk at any change fails the crawl and names the file, and the next process ends it", async () => {
  for (let failing = 0, undisturbed = false; !undisturbed; failing += 7) {
    const run = begin(), disk = prepared();
    let left = failing;
    disk.failWhen(({ name }) => (name === "write" || name === "sync") && left-- <= 0 ? "ENOSPC" : undefined);
    const ending = await process(disk, run);
    undisturbed = ending.outcome === "finished";
    if (undisturbed) break;
    assert.ok(ending.outcome === "failed");
    assert.match(ending.error.message, /^Cannot (write to|sync) \/data\/default\/test\/.*: no space left on device$/);
    const after = disk.kill();
    assert.deepEqual(await process(after, run), { outcome: "finished", reason: "done" });
    checkFiles(after, `full after ${failing}`);
  }
});

for (const reason of Object.keys(reasons) as Reason[]) {
  for (const lasting of [false, true]) {
    const how = `${reason} at any operation${lasting ? " and all after it" : ""}`;
    Deno.test(`${how} fails the crawl with a file's name or not at all, and the next process ends it`, async () => {
      let failures = 0;
      for (let failing = 1, undisturbed = false; !undisturbed; failing++) {
        const run = begin(), disk = prepared();
        let done = 0, hit = false;
        disk.failWhen(() => {
          done += 1;
          if (lasting ? done < failing : done !== failing) return undefined;
          hit = true;
          return reason;
        });
        const ending = await process(disk, run).catch((error): Ending => ({
          outcome: "failed",
          error,
          consistent: false,
        }));
        undisturbed = !hit;
        if (ending.outcome === "failed") {
          failures++;
          assert.match(ending.error.message, /\/data/, `operation ${failing}`);
        }
        const after = disk.kill();
        assert.deepEqual(await process(after, run), { outcome: "finished", reason: "done" }, `operation ${failing}`);
        checkFiles(after, `${reason} at operation ${failing}`);
      }
      assert.ok(failures > 0);
    });
  }
}

Deno.test("pauses and cancels at any time leave the files of a crawl that nothing disturbed", async () => {
  for (const interval of [0, 0.3]) {
    for (let ticks = 0; ticks < 24; ticks += 3) {
      const run = begin();
      let disk = prepared();
      let ending: Ending = { outcome: "paused", reason: "" }, processes = 0;
      while (ending.outcome === "paused") {
        assert.ok(processes++ < 100);
        disk = disk.kill();
        ending = await process(disk, run, {
          interval,
          onCrawl: (crawl) => {
            const end = () => ticks % 2 === 0 ? crawl.pause("SIGINT") : crawl.cancel("SIGINT");
            run.clock.after(50 * ticks + 120, end);
          },
        });
      }
      assert.deepEqual(ending, { outcome: "finished", reason: "done" });
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
  const run = begin();
  let disk = prepared();
  await process(disk, run, { spider: hooked, onCrawl: (crawl) => void run.clock.after(120, () => crawl.pause("x")) });
  disk = disk.kill();
  await process(disk, run, { spider: hooked });
  assert.deepEqual(told, [
    { resuming: false },
    { reason: "paused", pages: 4, items: 4, failed: 0 },
    { resuming: true },
    { reason: "finished", pages: 11, items: 11, failed: 2 },
  ]);
});

Deno.test("an error in onStart or onClose fails the crawl, and the checkpoint can be gone on from", async () => {
  for (const hook of ["onStart", "onClose"]) {
    const run = begin();
    const disk = prepared();
    const ending = await process(disk, run, {
      spider: {
        ...spider,
        [hook]: () => {
          throw new Error("no database");
        },
      },
    });
    assert.equal(ending.outcome === "failed" && ending.error.message, `${hook}: no database`);
    assert.equal(new CheckpointStore(disk, places).find().checkpoints.length > 0, true);
    const after = disk.kill();
    assert.deepEqual(await process(after, run), { outcome: "finished", reason: "done" });
    checkFiles(after, hook);
  }
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
  const run = begin();
  const disk = prepared();
  await process(disk, run, { onCrawl: (crawl) => void run.clock.after(900, () => crawl.pause("x")) });
  const [paused] = new CheckpointStore(disk, places).find().checkpoints;
  const snapshot = crawlOf(paused!.checkpoint, places);
  assert.ok(snapshot.elapsed >= 0.9 && snapshot.elapsed < 1.3, `${snapshot.elapsed}`);
  const { parts } = worldOf({ spider, site: run.site, clock: run.clock, disk: disk.kill(), snapshot, items, failures });
  assert.deepEqual(parts.state.value, { pages: snapshot.counters.pages });
  assert.ok(snapshot.counters.pages > 1);
  assert.deepEqual(snapshot.starts, { taken: 1, done: true });
  assert.equal(parts.cookies?.header("http://a.com/"), "seen=1");
  assert.equal(snapshot.lastAnswer?.startsWith("http://a.com/"), true);
});

Deno.test("cancel() does not wait for onStart or onClose", async () => {
  for (const hook of ["onStart", "onClose"]) {
    const run = begin();
    const ending = await process(prepared(), run, {
      spider: { ...spider, [hook]: () => new Promise(() => {}) },
      onCrawl: (crawl) => void run.clock.after(200, () => crawl.cancel("SIGINT")),
    });
    assert.deepEqual(ending, { outcome: "paused", reason: "SIGINT" });
    await settle();
  }
});
