import assert from "node:assert/strict";
import { encodeCheckpoint } from "../../lib/checkpoint/document.ts";
import { keptForRetry } from "../../lib/checkpoint/kept.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import type { CrawlSnapshot } from "../../lib/engine/snapshot.ts";
import { SpiderState } from "../../lib/engine/spider_state.ts";
import {
  allPages,
  brokenSite,
  brought,
  checkFiles,
  crawled,
  formats,
  givenUp,
  outputOf,
  process,
} from "./broken_site.ts";
import { done, epoch } from "./parts.ts";
import { failures, places } from "./process.ts";

for (const format of formats) {
  Deno.test(`a retry brings what the crawl gave up, and what that leads to, into the same .${format} file`, async () => {
    const site = brokenSite();
    const disk = await crawled(site, format);
    checkFiles(disk, format, brought, givenUp, "the crawl");
    assert.deepEqual(disk.list(places.retry), ["checkpoint.msgpack", "failed-0.log", "seen-0.log"]);

    assert.deepEqual(await process(disk, site, { format, retryFailed: true }), done);
    checkFiles(disk, format, allPages, [], "the retry");
    // Nothing that the crawl had brought is asked for again.
    assert.deepEqual(site.asked.sort(), allPages.filter((path) => !brought.includes(path)));
    assert.equal(disk.opened, 0);
  });

  Deno.test(`retries of a .${format} crawl go on until nothing fails any more`, async () => {
    const site = brokenSite();
    const disk = await crawled(site, format);
    const retry = async (...down: readonly string[]) => {
      site.broken.clear();
      for (const path of down) site.broken.add(path);
      assert.deepEqual(await process(disk, site, { format, retryFailed: true }), done);
    };
    await retry("/1", "/7", "/gone", "/search");
    checkFiles(disk, format, [...brought, "/5", "/new"].sort(), ["/1", "/7", "/search"], "the first retry");
    await retry("/1", "/7", "/gone", "/search");
    checkFiles(disk, format, [...brought, "/5", "/new"].sort(), ["/1", "/7", "/search"], "one that brings nothing");
    await retry("/7", "/gone", "/search");
    checkFiles(disk, format, [...brought, "/1", "/4", "/5", "/new"].sort(), ["/7", "/gone", "/search"], "the second");
    await retry();
    checkFiles(disk, format, allPages, [], "the last");
    site.asked.length = 0;
    await retry();
    assert.deepEqual(site.asked, []);
    checkFiles(disk, format, allPages, [], "one too many");
  });
}

Deno.test("state, counters and the time go on from the finished crawl", async () => {
  const format = "jsonl";
  const site = brokenSite();
  const disk = await crawled(site, format);
  const document = keptForRetry(disk, places)!;
  const kept = document.crawl as CrawlSnapshot;
  // It ended at maxPages, among blocked pages.
  const counters = { ...kept.counters, blocked: { "a.com": 2 } };
  const limited = { ...kept, starts: { taken: 1, done: false }, counters };
  disk.put(places.retryDocument, encodeCheckpoint({ ...document, crawl: limited }));
  await process(disk, site, {
    format,
    retryFailed: true,
    onCrawl: (crawl) => void site.clock.after(250, () => crawl.pause("x")),
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
  const site = brokenSite();
  const disk = await crawled(site, format);
  assert.ok(disk.size(places.retry) !== undefined);
  // A new crawl that is not finished leaves it.
  await process(disk, site, { format, onCrawl: (crawl) => void site.clock.after(250, () => crawl.pause("x")) });
  assert.ok(disk.size(places.retry) !== undefined);
  await process(disk, site, { format });
  assert.equal(disk.size(places.retry), undefined);
});

Deno.test("an items' file that is gone or changed refuses the retry, which leaves all as it is", async () => {
  const site = brokenSite();
  for (const format of formats) {
    const made = await crawled(brokenSite(), format);
    const path = outputOf(format);
    const text = made.text(path)!;
    const changes: readonly (readonly [string | undefined, RegExp])[] = [
      [undefined, /^Cannot go on with \S+: it is not there any more$/],
      [text.slice(0, -1), /^Cannot go on with \S+: it has \d+ bytes; the crawl left \d+$/],
      [`${text}\n`, /^Cannot go on with \S+: it has \d+ bytes; the crawl left \d+$/],
      [text.replace("/", "x"), /^Cannot go on with \S+: it holds other bytes than the crawl wrote$/],
    ];
    for (const [other, message] of changes) {
      site.broken.clear();
      const disk = made.copy();
      disk.put(path, other);
      await assert.rejects(process(disk, site, { format, retryFailed: true }), ({ message: said }: Error) => {
        assert.match(said, message);
        assert.ok(said.includes(path));
        return true;
      });
      assert.deepEqual(disk.changes.filter((change) => /^(append|write|rename|remove)/.test(change)), []);
      disk.put(path, text);
      assert.deepEqual(await process(disk, site, { format, retryFailed: true }), done);
      checkFiles(disk, format, allPages, []);
    }
  }
});

Deno.test("the failures' file is for people: a retry does not need it", async () => {
  const format = "jsonl";
  const site = brokenSite();
  const disk = await crawled(site, format);
  disk.put(failures, undefined);
  assert.deepEqual(await process(disk, site, { format, retryFailed: true }), done);
  checkFiles(disk, format, allPages, []);
});

Deno.test("damage of what is kept refuses the retry, and leaves nothing of it behind", async () => {
  const format = "jsonl";
  const site = brokenSite();
  const made = await crawled(site, format);
  for (const name of ["seen-0.log", "failed-0.log"]) {
    const path = `${places.retry}/${name}`;
    const bytes = made.read(path)!;
    const flipped = [0, 7, bytes.length - 1].map((at) => bytes.map((byte, index) => index === at ? byte ^ 1 : byte));
    for (const damaged of [...flipped, bytes.slice(0, -1), undefined]) {
      const disk = made.copy();
      disk.put(path, damaged);
      await assert.rejects(
        process(disk, site, { format, retryFailed: true }),
        /^(DamageError|DiskError): .*\/retry\/\w+-0\.log/,
      );
      checkFiles(disk, format, brought, givenUp, "after it was refused");
    }
  }
  const document = keptForRetry(made, places)!;
  const crawl = document.crawl as CrawlSnapshot;
  made.put(
    places.retryDocument,
    encodeCheckpoint({ ...document, crawl: { ...crawl, counters: { ...crawl.counters, failed: 5 } } }),
  );
  await assert.rejects(process(made, site, { format, retryFailed: true }), {
    message: `${places.retry}/failed-0.log is damaged at byte 0: it has 4 of 5 failed pages`,
  });
});
