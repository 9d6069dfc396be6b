import assert from "node:assert/strict";
import { encodeCheckpoint } from "../../lib/checkpoint/document.ts";
import { keptForRetry } from "../../lib/checkpoint/kept.ts";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { openNewest, removeLitter } from "../../lib/cli/resume.ts";
import { settle as settleFinished } from "../../lib/cli/settle.ts";
import { makeFolder } from "../../lib/disk/make_folder.ts";
import { Crawl } from "../../lib/engine/crawl.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import { planOf, retryPlanOf, type Wanted } from "../../lib/engine/plan.ts";
import { prepareRetry } from "../../lib/engine/prepare_retry.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import { SpiderState } from "../../lib/engine/spider_state.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk, type Reason, reasons } from "../disk/faulty_disk.ts";
import { parseCsv } from "../feed/parse_csv.ts";
import { answer, epoch, finish, noLimits, type Site, worldOf } from "./parts.ts";

const places = placesOf("/data", "default", "test");
const failures = `${places.crawls}/failed.jsonl`;
type Format = "jsonl" | "json" | "csv";
const formats: readonly Format[] = ["jsonl", "json", "csv"];
const outputOf = (format: Format) => `/home/me/items.${format}`;

const links: Readonly<Record<string, readonly string[]>> = {
  "/": ["/1", "/2", "/3", "/moved"],
  "/1": ["/2", "/4", "/gone"],
  "/2": ["/5", "/1"],
  "/3": ["/1", "/6"],
  "/4": ["/", "/7"],
  "/5": ["/7", "/3"],
  "/6": [],
  "/7": ["/8", "/2"],
  "/8": ["/9"],
  "/9": [],
  "/gone": [],
  "/new": ["/6"],
  "/search": ["/4"],
};
const all = Object.keys(links).sort();
/** Nothing but these leads to `/4`, `/7`, `/8`, `/9` and `/gone`. */
const broken = ["/1", "/5", "/7", "/gone", "/new", "/search"];
const first = ["/", "/2", "/3", "/6"];

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    const path = new URL(page.url).pathname;
    if (page.text.includes("under repair")) throw new Error("no price");
    page.update((state) => state.pages = Number(state.pages ?? 0) + 1);
    const { token } = page.meta as { token?: Uint8Array };
    // A page without a key that others have makes a CSV file that is written once more at its end.
    yield { path, ...(path > "/2" ? { late: path.length } : {}), ...(token && { token: [...token].join() }) };
    yield* page.follow("a", { priority: path.length % 2 });
    if (path === "/2") {
      const meta = { token: new Uint8Array([0, 255, 10]) };
      yield page.request("/search", { method: "POST", body: "q=1", meta, priority: -3, repeatable: true });
    }
  },
};

interface Run {
  readonly clock: ManualClock;
  readonly site: Site;
  /** Pages that fail. */
  readonly broken: Set<string>;
  /** What was asked for, as often as it was. */
  readonly asked: string[];
}

function begin(): Run {
  const clock = new ManualClock(epoch);
  const down = new Set(broken), asked: string[] = [];
  const site: Site = async ({ url, method, body }) => {
    await new Promise<void>((resolve) => clock.after(100, resolve));
    const path = url.slice("http://a.com".length);
    asked.push(path);
    if (path === "/moved") return answer(url, "", 301, { location: "/new" });
    if (path === "/search" && (method !== "POST" || body !== "q=1")) return answer(url, "", 400);
    if (down.has(path)) return path === "/7" ? answer(url, "under repair") : answer(url, "", 500);
    return answer(url, (links[path] ?? []).map((link) => `<a href="${link}"></a>`).join(""));
  };
  return { clock, site, broken: down, asked };
}

interface Said {
  readonly format: Format;
  /** `--retry-failed`. */
  readonly retry?: boolean;
  readonly onCrawl?: (crawl: Crawl) => void;
}

const done: Ending = { outcome: "finished", reason: "done" };
const isFinished = ({ outcome }: Ending) => outcome === "finished";

/** What one process does, as `trawl crawl` does it. */
async function process(
  disk: FaultyDisk,
  { clock, site }: Run,
  { format, retry = false, onCrawl }: Said,
): Promise<Ending> {
  const store = new CheckpointStore(disk, places);
  await makeFolder(disk, places.root);
  const settled = await settleFinished(disk, store, places, clock.wall());
  if (settled !== undefined && (settled.isRetry || !retry)) return done;
  const identity = { spider: "test", project: "default", proxyType: "none", code: "", startedAt: epoch };
  const wanted: Wanted = { ...identity, startUrls: [], retryFailed: retry };
  let plan = planOf(store.find(), wanted);
  if (plan.kind === "fresh" && retry) {
    const begun = retryPlanOf(keptForRetry(disk, places), wanted);
    if (begun.kind === "nothing") return done;
    assert.ok(begun.kind === "retry");
    const preparing = prepareRetry({ disk, store, places, kept: begun.kept, identity: wanted, now: clock.wall() });
    await preparing.finally(() => assert.equal(disk.opened, 0));
    plan = planOf(store.find(), wanted);
  }
  if (plan.kind === "refused") throw new Error(plan.message);
  const open = (snapshot?: CrawlSnapshot) =>
    worldOf({
      spider,
      site,
      clock,
      disk,
      items: outputOf(format),
      failures,
      folder: places.checkpoint,
      concurrency: 3,
      warn: () => {},
      ...(snapshot && { snapshot }),
    }).parts;
  const resumed = plan.kind === "resume" ? openNewest(plan.found, places, open) : undefined;
  if (resumed !== undefined) {
    for (const { path } of resumed.unreadable) await store.setAside(path);
    await removeLitter(disk, places, store);
  }
  const crawl = new Crawl(resumed?.parts ?? open(), {
    ...noLimits,
    retries: 1,
    disk,
    identity,
    startUrls: [],
    resuming: resumed !== undefined,
    elapsed: resumed?.snapshot.elapsed ?? 0,
    keeping: { store, places, interval: 0.3, generation: resumed?.generation ?? 0 },
    isRetry: resumed?.snapshot.isRetry ?? false,
  });
  onCrawl?.(crawl);
  return await finish(clock, crawl.run(), 50);
}

function prepared(): FaultyDisk {
  const disk = new FaultyDisk();
  for (const folder of [places.crawls, places.checkpoint, "/home/me"]) {
    disk.put(`${folder}/x`, "");
    disk.put(`${folder}/x`, undefined);
  }
  return disk;
}

/** A disk on which a crawl has finished that gave some pages up; now they are healed. */
async function crawled(run: Run, format: Format): Promise<FaultyDisk> {
  const disk = prepared();
  assert.deepEqual(await process(disk, run, { format }), done);
  run.broken.clear();
  run.asked.length = 0;
  return disk.kill();
}

function itemsIn(disk: FaultyDisk, format: Format): readonly Readonly<Record<string, unknown>>[] {
  const text = disk.text(outputOf(format)) ?? "";
  if (format === "json") return JSON.parse(text);
  if (format === "jsonl") return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    assert.equal(row.length, header.length);
    return Object.fromEntries(row.map((cell, at) => [header[at]!, cell] as const).filter(([, cell]) => cell !== ""));
  });
}

const pathsIn = (disk: FaultyDisk, format: Format) => itemsIn(disk, format).map(({ path }) => path).sort();

/** Fails unless the files are those of a finished crawl with these items that gave these pages up. */
function checkFiles(disk: FaultyDisk, format: Format, paths: readonly string[], failed: readonly string[], when = "") {
  const items = itemsIn(disk, format);
  assert.deepEqual(items.map(({ path }) => path).sort(), paths, when);
  for (const { path, late, token } of items) {
    assert.equal(late && Number(late), String(path) > "/2" ? String(path).length : undefined, when);
    assert.equal(token, path === "/search" ? "0,255,10" : undefined, when);
  }
  const lines = (disk.text(failures) ?? "").split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ url }) => new URL(url).pathname).sort(), failed, when);
  assert.equal(disk.size(failures) !== undefined, failed.length > 0, when);
  assert.deepEqual(new CheckpointStore(disk, places).find(), { checkpoints: [], unreadable: [] }, when);
  for (const folder of ["/home/me", places.crawls]) {
    assert.deepEqual(disk.list(folder).filter((name) => name.includes(".part")), [], when);
  }
  assert.equal(disk.size(places.retry) !== undefined, failed.length > 0, when);
  const names = disk.list(places.crawls).filter((name) => name.endsWith(".summary.json"));
  assert.equal(names.length, 1, when);
  const { outcome, counters } = JSON.parse(disk.text(`${places.crawls}/${names[0]}`) ?? "{}");
  assert.deepEqual(
    [outcome, counters.pages, counters.items, counters.failed],
    ["finished", paths.length, paths.length, failed.length],
    when,
  );
}

for (const format of formats) {
  Deno.test(`a retry brings what the crawl gave up, and what that leads to, into the same .${format} file`, async () => {
    const run = begin();
    const disk = await crawled(run, format);
    checkFiles(disk, format, first, ["/1", "/5", "/new", "/search"], "the crawl");
    assert.deepEqual(disk.list(places.retry), ["checkpoint.msgpack", "failed-0.log", "seen-0.log"]);

    assert.deepEqual(await process(disk, run, { format, retry: true }), done);
    checkFiles(disk, format, all, [], "the retry");
    // Nothing that the crawl had brought is asked for again.
    assert.deepEqual(run.asked.sort(), all.filter((path) => !first.includes(path)));
    assert.equal(disk.opened, 0);
  });

  Deno.test(`retries of a .${format} crawl go on until nothing fails any more`, async () => {
    const run = begin();
    const disk = await crawled(run, format);
    const retry = async (...down: readonly string[]) => {
      run.broken.clear();
      for (const path of down) run.broken.add(path);
      assert.deepEqual(await process(disk, run, { format, retry: true }), done);
    };
    await retry("/1", "/7", "/gone", "/search");
    checkFiles(disk, format, [...first, "/5", "/new"].sort(), ["/1", "/7", "/search"], "the first retry");
    await retry("/1", "/7", "/gone", "/search");
    checkFiles(disk, format, [...first, "/5", "/new"].sort(), ["/1", "/7", "/search"], "one that brings nothing");
    await retry("/7", "/gone", "/search");
    checkFiles(disk, format, [...first, "/1", "/4", "/5", "/new"].sort(), ["/7", "/gone", "/search"], "the second");
    await retry();
    checkFiles(disk, format, all, [], "the last");
    run.asked.length = 0;
    await retry();
    assert.deepEqual(run.asked, []);
    checkFiles(disk, format, all, [], "one too many");
  });
}

for (const power of [false, true]) {
  const what = power ? "a loss of power" : "a kill";
  const restarted = (disk: FaultyDisk, at: number, next: () => number) =>
    !power ? disk.kill() : disk.crash(at % 3 === 0 ? undefined : next);
  const generator = (seed: number) => () =>
    (seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) / 2 ** 32 + 0.5;

  for (const format of formats) {
    Deno.test(`${what} at any change of the disk in a retry, and another later, cost a .${format} file nothing`, async () => {
      const next = generator(power ? 7 : 3);
      const made = await crawled(begin(), format);
      let stops = 0;
      for (let undisturbed = false; !undisturbed; stops++) {
        const run = begin();
        run.broken.clear();
        let disk = made.copy();
        disk.stopAfter(stops);
        undisturbed = await process(disk, run, { format, retry: true }).then(isFinished, () => false);
        if (!undisturbed) {
          disk = restarted(disk, stops, next);
          const now = pathsIn(disk, format);
          assert.ok([first.length, all.length].includes(now.length), `readers see ${now} after ${stops} changes`);
          disk.stopAfter(Math.floor(next() * 200));
          await process(disk, run, { format, retry: true }).catch(() => {});
          disk = restarted(disk, stops + 1, next);
          // What was begun is completed without the flag, too; where it was not begun yet the flag is needed.
          const retry = stops % 2 === 0 || disk.size(places.current) === undefined;
          assert.deepEqual(await process(disk, run, { format, retry }), done, `after ${stops} changes`);
        }
        checkFiles(disk, format, all, [], `after ${stops} changes`);
      }
      assert.ok(stops > 100, `${stops} moments`);
    });

    Deno.test(`${what} at any change of the disk in the crawl before costs a .${format} retry nothing`, async () => {
      const next = generator(power ? 11 : 13);
      let stops = 0, retried = 0;
      for (let undisturbed = false; !undisturbed; stops++) {
        const run = begin();
        let disk = prepared();
        disk.stopAfter(stops);
        undisturbed = await process(disk, run, { format }).then(isFinished, () => false);
        if (!undisturbed) {
          disk = restarted(disk, stops, next);
          if (disk.size(places.retry) === undefined) assert.deepEqual(await process(disk, run, { format }), done);
        }
        run.broken.clear();
        disk = restarted(disk, 0, next);
        retried += Number(disk.size(places.retry) !== undefined);
        assert.deepEqual(await process(disk, run, { format, retry: true }), done, `after ${stops} changes`);
        checkFiles(disk, format, all, [], `after ${stops} changes`);
      }
      assert.equal(retried, stops);
    });
  }
}

Deno.test("everything is safe against a loss of power when the crawl, and when the retry has ended", async () => {
  for (const format of formats) {
    const run = begin();
    const disk = prepared();
    await process(disk, run, { format });
    const after = disk.crash();
    checkFiles(after, format, first, ["/1", "/5", "/new", "/search"], "after the crawl");
    run.broken.delete("/5");
    await process(after, run, { format, retry: true });
    checkFiles(after.crash(), format, [...first, "/5"].sort(), ["/1", "/7", "/new", "/search"], "after the retry");
  }
});

for (const reason of Object.keys(reasons) as Reason[]) {
  for (const lasting of [false, true]) {
    const how = `${reason} at any operation${lasting ? " and all after it" : ""}`;
    Deno.test(`${how} of a retry fails it with a file's name or not at all, and the next one ends it`, async () => {
      const format = "csv";
      const made = await crawled(begin(), format);
      let failed = 0;
      for (let failing = 1, undisturbed = false; !undisturbed; failing++) {
        const run = begin(), disk = made.copy();
        run.broken.clear();
        let count = 0, hit = false;
        disk.failWhen(() => {
          count += 1;
          if (lasting ? count < failing : count !== failing) return undefined;
          hit = true;
          return reason;
        });
        const ending = await process(disk, run, { format, retry: true }).catch((error): Ending => ({
          outcome: "failed",
          error,
          consistent: false,
        }));
        undisturbed = !hit;
        if (ending.outcome === "failed") {
          failed++;
          assert.match(ending.error.message, /\/(data|home\/me)/, `operation ${failing}`);
        }
        const after = disk.kill();
        assert.deepEqual(await process(after, run, { format, retry: true }), done, `operation ${failing}`);
        checkFiles(after, format, all, [], `${reason} at operation ${failing}`);
      }
      assert.ok(failed > 0);
    });
  }
}

Deno.test("pauses and cancels of a retry at any time cost nothing", async () => {
  const format = "jsonl";
  const made = await crawled(begin(), format);
  for (let ticks = 0; ticks < 24; ticks += 3) {
    const run = begin();
    run.broken.clear();
    let disk = made, ending: Ending = { outcome: "paused", reason: "" }, processes = 0;
    while (ending.outcome === "paused") {
      assert.ok(processes++ < 100);
      disk = disk.copy();
      ending = await process(disk, run, {
        format,
        retry: processes % 2 === 1,
        onCrawl: (crawl) => {
          const end = () => ticks % 2 === 0 ? crawl.pause("SIGINT") : crawl.cancel("SIGINT");
          run.clock.after(50 * ticks + 120, end);
        },
      });
    }
    checkFiles(disk, format, all, [], `every ${ticks} ticks`);
  }
});

Deno.test("state, counters and the time go on from the finished crawl", async () => {
  const format = "jsonl";
  const run = begin();
  const disk = await crawled(run, format);
  const document = keptForRetry(disk, places)!;
  const kept = document.crawl as CrawlSnapshot;
  // It ended at maxPages, among blocked pages.
  const counters = { ...kept.counters, blocked: { "a.com": 2 } };
  const limited = { ...kept, starts: { taken: 1, done: false }, counters };
  disk.put(places.retryDocument, encodeCheckpoint({ ...document, crawl: limited }));
  await process(disk, run, {
    format,
    retry: true,
    onCrawl: (crawl) => void run.clock.after(250, () => crawl.pause("x")),
  });
  const [paused] = new CheckpointStore(disk, places).find().checkpoints;
  const crawl = paused?.checkpoint.crawl as CrawlSnapshot;
  assert.ok(crawl.isRetry && crawl.phase === "crawling");
  assert.deepEqual(new SpiderState(crawl.state).value, { pages: crawl.counters.pages });
  assert.ok(crawl.counters.pages > kept.counters.pages && crawl.counters.downloads > kept.counters.downloads);
  assert.deepEqual([crawl.counters.failed, crawl.counters.blocked], [0, {}]);
  assert.deepEqual(crawl.starts, { taken: 1, done: true });
  assert.ok(crawl.elapsed > kept.elapsed);
  assert.equal(paused?.checkpoint.identity.startedAt, epoch);
});

Deno.test("a crawl that gives up nothing leaves nothing to retry, and takes away what an earlier one left", async () => {
  const format = "jsonl";
  const run = begin();
  const disk = await crawled(run, format);
  assert.ok(disk.size(places.retry) !== undefined);
  // A new crawl that is not finished leaves it.
  await process(disk, run, { format, onCrawl: (crawl) => void run.clock.after(250, () => crawl.pause("x")) });
  assert.ok(disk.size(places.retry) !== undefined);
  await process(disk, run, { format });
  assert.equal(disk.size(places.retry), undefined);
});

Deno.test("an items' file that is gone or changed refuses the retry, which leaves all as it is", async () => {
  const run = begin();
  for (const format of formats) {
    const made = await crawled(begin(), format);
    const path = outputOf(format);
    const text = made.text(path)!;
    const changes: readonly (readonly [string | undefined, RegExp])[] = [
      [undefined, /^Cannot go on with \S+: it is not there any more$/],
      [text.slice(0, -1), /^Cannot go on with \S+: it has \d+ bytes; the crawl left \d+$/],
      [`${text}\n`, /^Cannot go on with \S+: it has \d+ bytes; the crawl left \d+$/],
      [text.replace("/", "x"), /^Cannot go on with \S+: it holds other bytes than the crawl wrote$/],
    ];
    for (const [other, message] of changes) {
      run.broken.clear();
      const disk = made.copy();
      disk.put(path, other);
      await assert.rejects(process(disk, run, { format, retry: true }), ({ message: said }: Error) => {
        assert.match(said, message);
        assert.ok(said.includes(path));
        return true;
      });
      assert.deepEqual(disk.changes.filter((change) => /^(append|write|rename|remove)/.test(change)), []);
      disk.put(path, text);
      assert.deepEqual(await process(disk, run, { format, retry: true }), done);
      checkFiles(disk, format, all, []);
    }
  }
});

Deno.test("the failures' file is for people: a retry does not need it", async () => {
  const format = "jsonl";
  const run = begin();
  const disk = await crawled(run, format);
  disk.put(failures, undefined);
  assert.deepEqual(await process(disk, run, { format, retry: true }), done);
  checkFiles(disk, format, all, []);
});

Deno.test("damage of what is kept refuses the retry, and leaves nothing of it behind", async () => {
  const format = "jsonl";
  const run = begin();
  const made = await crawled(run, format);
  for (const name of ["seen-0.log", "failed-0.log"]) {
    const path = `${places.retry}/${name}`;
    const bytes = made.read(path)!;
    const flipped = [0, 7, bytes.length - 1].map((at) => bytes.map((byte, index) => index === at ? byte ^ 1 : byte));
    for (const damaged of [...flipped, bytes.slice(0, -1), undefined]) {
      const disk = made.copy();
      disk.put(path, damaged);
      await assert.rejects(
        process(disk, run, { format, retry: true }),
        /^(DamageError|DiskError): .*\/retry\/\w+-0\.log/,
      );
      checkFiles(disk, format, first, ["/1", "/5", "/new", "/search"], "after it was refused");
    }
  }
  const document = keptForRetry(made, places)!;
  const crawl = document.crawl as CrawlSnapshot;
  made.put(
    places.retryDocument,
    encodeCheckpoint({ ...document, crawl: { ...crawl, counters: { ...crawl.counters, failed: 5 } } }),
  );
  await assert.rejects(process(made, run, { format, retry: true }), {
    message: `${places.retry}/failed-0.log is damaged at byte 0: it has 4 of 5 failed pages`,
  });
});
