import assert from "node:assert/strict";
import type { Ending } from "../../lib/engine/engine.ts";
import {
  allPages,
  brokenSite,
  brought,
  checkFiles,
  crawled,
  formats,
  givenUp,
  pathsIn,
  process,
} from "./broken_site.ts";
import { done } from "./parts.ts";
import { failAt, failedWith, faults, finishes, places, prepared, randomFrom, stops } from "./process.ts";

for (const { what, seed, restarted } of stops) {
  for (const format of formats) {
    Deno.test(`${what} at any change of the disk in a retry, and another later, cost a .${format} file nothing`, async () => {
      const random = randomFrom(seed);
      const made = await crawled(brokenSite(), format);
      let count = 0;
      for (let undisturbed = false; !undisturbed; count++) {
        const site = brokenSite();
        site.broken.clear();
        let disk = made.copy();
        disk.stopAfter(count);
        undisturbed = await finishes(process(disk, site, { format, retryFailed: true }));
        if (!undisturbed) {
          disk = restarted(disk, count, random);
          const now = pathsIn(disk, format);
          const isWhole = [brought.length, allPages.length].includes(now.length);
          assert.ok(isWhole, `readers see ${now} after ${count} changes`);
          disk.stopAfter(Math.floor(random() * 200));
          await process(disk, site, { format, retryFailed: true }).catch(() => {});
          disk = restarted(disk, count + 1, random);
          // What was begun is completed without the flag, too; where it was not begun yet the flag is needed.
          const retryFailed = count % 2 === 0 || disk.size(places.current) === undefined;
          assert.deepEqual(await process(disk, site, { format, retryFailed }), done, `after ${count} changes`);
        }
        checkFiles(disk, format, allPages, [], `after ${count} changes`);
      }
      assert.ok(count > 100, `${count} moments`);
    });

    Deno.test(`${what} at any change of the disk in the crawl before costs a .${format} retry nothing`, async () => {
      const random = randomFrom(seed);
      let count = 0, retried = 0;
      for (let undisturbed = false; !undisturbed; count++) {
        const site = brokenSite();
        let disk = prepared();
        disk.stopAfter(count);
        undisturbed = await finishes(process(disk, site, { format }));
        if (!undisturbed) {
          disk = restarted(disk, count, random);
          if (disk.size(places.retry) === undefined) assert.deepEqual(await process(disk, site, { format }), done);
        }
        site.broken.clear();
        disk = restarted(disk, 0, random);
        retried += Number(disk.size(places.retry) !== undefined);
        assert.deepEqual(await process(disk, site, { format, retryFailed: true }), done, `after ${count} changes`);
        checkFiles(disk, format, allPages, [], `after ${count} changes`);
      }
      assert.equal(retried, count);
    });
  }
}

Deno.test("everything is safe against a loss of power when the crawl, and when the retry has ended", async () => {
  for (const format of formats) {
    const site = brokenSite();
    const disk = prepared();
    await process(disk, site, { format });
    const after = disk.crash();
    checkFiles(after, format, brought, givenUp, "after the crawl");
    site.broken.delete("/5");
    await process(after, site, { format, retryFailed: true });
    checkFiles(after.crash(), format, [...brought, "/5"].sort(), ["/1", "/7", "/new", "/search"], "after the retry");
  }
});

for (const fault of faults) {
  Deno.test(`${fault.what} of a retry fails it with a file's name or not at all, and the next one ends it`, async () => {
    const format = "csv";
    const made = await crawled(brokenSite(), format);
    let failed = 0;
    for (let failing = 1, undisturbed = false; !undisturbed; failing++) {
      const site = brokenSite(), disk = made.copy();
      site.broken.clear();
      const hasFailed = failAt(disk, failing, fault);
      const ending = await process(disk, site, { format, retryFailed: true }).catch(failedWith);
      undisturbed = !hasFailed();
      if (ending.outcome === "failed") {
        failed++;
        assert.match(ending.error.message, /\/(data|home\/me)/, `operation ${failing}`);
      }
      const after = disk.kill();
      assert.deepEqual(await process(after, site, { format, retryFailed: true }), done, `operation ${failing}`);
      checkFiles(after, format, allPages, [], `${fault.what}, ${failing}`);
    }
    assert.ok(failed > 0);
  });
}

Deno.test("pauses and cancels of a retry at any time cost nothing", async () => {
  const format = "jsonl";
  const made = await crawled(brokenSite(), format);
  for (let ticks = 0; ticks < 24; ticks += 3) {
    const site = brokenSite();
    site.broken.clear();
    let disk = made, ending: Ending = { outcome: "paused", reason: "" }, processes = 0;
    while (ending.outcome === "paused") {
      assert.ok(processes++ < 100);
      disk = disk.copy();
      ending = await process(disk, site, {
        format,
        retryFailed: processes % 2 === 1,
        onCrawl: (crawl) => {
          const end = () => ticks % 2 === 0 ? crawl.pause("SIGINT") : crawl.cancel("SIGINT");
          site.clock.after(50 * ticks + 120, end);
        },
      });
    }
    checkFiles(disk, format, allPages, [], `every ${ticks} ticks`);
  }
});
