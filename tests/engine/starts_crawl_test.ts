import assert from "node:assert/strict";
import type { Ending } from "../../lib/engine/engine.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider, StartRequest } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { done, epoch, open, parseLines, snapshotOf } from "./parts.ts";
import { places, prepared, type ProcessSaid, randomFrom, runProcess, stops } from "./process.ts";
import { answer } from "./site.ts";

const items = `${places.crawls}/items.jsonl`;

function spiderOf(start: Spider["start"]): Spider {
  return {
    name: "test",
    start: start!,
    *parse(page: Page) {
      yield { what: `${new URL(page.url).pathname}${page.meta["n"] === undefined ? "" : ` ${page.meta["n"]}`}` };
    },
  };
}

const url = (n: number) => `http://a.com/${n}`;
const poll = (n: number) => ({ url: "http://a.com/poll", dontFilter: true, meta: { n } });
const source: readonly StartRequest[] = [
  ...Array.from({ length: 60 }, (_, n) => url(n)),
  ...Array.from({ length: 10 }, (_, n) => poll(n)),
  ...Array.from({ length: 5 }, () => poll(0)),
  ...Array.from({ length: 20 }, (_, n) => url(n)),
];
const wanted = [
  ...Array.from({ length: 60 }, (_, n) => `/${n}`),
  ...Array.from({ length: 10 }, (_, n) => `/poll ${n}`),
  ...Array.from({ length: 5 }, () => "/poll 0"),
].sort();

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values.map((value) => [random(), value] as const).sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** A source that gives a few of them at a time, so that a slice does not come to its end. */
function slow(clock: ManualClock, values: readonly StartRequest[]): Spider["start"] {
  return async function* () {
    for (const [at, value] of values.entries()) {
      if (at % 20 === 19) await new Promise<void>((resolve) => clock.after(50, resolve));
      yield value;
    }
  };
}

function outside(): Pick<ProcessSaid, "clock" | "site"> {
  const clock = new ManualClock(epoch);
  return {
    clock,
    site: async ({ url }) => {
      await new Promise<void>((resolve) => clock.after(100, resolve));
      return answer(url, "");
    },
  };
}

/** How the source is when each process asks it. */
const sources: readonly (readonly [what: string, now: (process: number, random: () => number) => StartRequest[]])[] = [
  ["has the same order", () => [...source]],
  ["has another order each time", (_, random) => shuffled(source, random)],
  ["grows at the front", (process) => [...source.slice(Math.max(0, 40 - 40 * process))]],
];

for (const [what, now] of sources) {
  Deno.test(`slices lose and repeat no start request of a source that ${what}`, async () => {
    const random = randomFrom(5), world = outside();
    let disk = prepared();
    let ending: Ending = { outcome: "paused", reason: "" }, processes = 0;
    while (ending.outcome === "paused") {
      const process = processes++;
      assert.ok(process < 50);
      disk = disk.kill();
      ending = await runProcess(disk, {
        ...world,
        spider: spiderOf(slow(world.clock, now(process, random))),
        items,
        onCrawl: (crawl) => void world.clock.after(process === 0 ? 80 : 350, () => crawl.pause("x")),
      });
    }
    assert.deepEqual(ending, done);
    assert.ok(processes > 3, `${processes} slices`);
    assert.deepEqual(parseLines(disk.text(items)).map(({ what }) => what).sort(), wanted);
    const summary = disk.list(places.crawls).find((name) => name.endsWith(".summary.json"));
    const { counters } = JSON.parse(disk.text(`${places.crawls}/${summary}`)!);
    assert.equal(counters.duplicates, 20);
  });
}

for (const stop of stops) {
  Deno.test(`${stop.what} at any change of the disk loses and repeats no start request, in whatever order they come again`, async () => {
    const random = randomFrom(stop.seed);
    for (let count = 3;; count += 5) {
      const world = outside();
      let disk = prepared();
      disk.stopAfter(count);
      const said = { ...world, items, spider: spiderOf(slow(world.clock, shuffled(source, random))) };
      const ending = await runProcess(disk, said).catch(() => undefined);
      if (ending?.outcome === "finished") break;
      disk = stop.restarted(disk, count, random);
      assert.deepEqual(await runProcess(disk, said), done, `after ${count} changes`);
      const found = parseLines(disk.text(items)).map(({ what }) => what).sort();
      assert.deepEqual(found, wanted, `after ${count} changes`);
    }
  });
}

Deno.test("start URLs that the spider's file has got since are asked for, and the others not again", async () => {
  const world = outside();
  let disk = prepared();
  const listed = (startUrls: readonly string[]): Spider => {
    const { start: _, ...spider } = spiderOf(() => []);
    return { ...spider, startUrls } as Spider;
  };
  const urls = Array.from({ length: 12 }, (_, n) => url(n));
  const paused = await runProcess(disk, {
    ...world,
    spider: listed(urls),
    items,
    onCrawl: (crawl) => void world.clock.after(150, () => crawl.pause("x")),
  });
  assert.equal(paused.outcome, "paused");
  disk = disk.kill();
  assert.deepEqual(await runProcess(disk, { ...world, spider: listed([url(50), ...urls, url(51)]), items }), done);
  const found = parseLines(disk.text(items)).map(({ what }) => what).sort();
  assert.deepEqual(found, [...urls.map((each) => new URL(each).pathname), "/50", "/51"].sort());
});

Deno.test("a resume asks the source for each start request once, and timers have their turn meanwhile", async () => {
  const count = 4000;
  const site = ({ url }: { readonly url: string }) => answer(url, "");
  const start = (told: () => void) =>
    function* () {
      for (let n = 0; n < count; n++) {
        told();
        yield url(n);
      }
    };
  const folder = "/data/c";
  const first = open({ spider: spiderOf(start(() => {})), site, folder });
  first.engine.pause("x");
  await first.crawl();
  // As if it had taken nearly all of them.
  const { frontier, starts } = first.parts;
  await starts.pull(count - 5, (request) => frontier.add(request));
  const snapshot = snapshotOf(first);
  for (const part of [first.parts.frontier, first.parts.items, first.parts.failures]) part.close();

  let asked = 0;
  const second = open({ spider: spiderOf(start(() => asked++)), site, folder, disk: first.disk, snapshot });
  let turns = 0;
  const tick = () => {
    turns++;
    second.clock.after(1, tick);
  };
  second.clock.after(1, tick);
  assert.equal(second.parts.scheduler.waiting, count - 5);
  assert.deepEqual(await second.crawl(), done);
  assert.equal(asked, count);
  assert.ok(turns > 10, `${turns} turns`);
  assert.equal(second.items().length, count);
});
