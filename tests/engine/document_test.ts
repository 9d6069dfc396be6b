import assert from "node:assert/strict";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { logFilesOf } from "../../lib/engine/log_files.ts";
import { crawlOf } from "../../lib/engine/snapshot.ts";
import type { Page } from "../../lib/spider/page.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { epoch } from "./parts.ts";
import { places, prepared, runProcess } from "./process.ts";
import { answer } from "./site.ts";

/** Crawls a site of so many hosts, each with a Crawl-delay and a cookie of 2 KB, and pauses at the last page. */
async function paused(hosts: number) {
  const disk = prepared(), clock = new ManualClock(epoch);
  const ending = await runProcess(disk, {
    spider: {
      name: "test",
      startUrls: Array.from({ length: hosts }, (_, number) => `http://h${number}.example/1`),
      *parse(page: Page) {
        yield { url: page.url };
      },
      *start() {
        yield* this.startUrls!;
        yield "http://last.example/1";
      },
    },
    items: `${places.crawls}/items.jsonl`,
    robots: true,
    clock,
    site({ url }) {
      if (url.endsWith("/robots.txt")) {
        return answer(url, `User-agent: *\nCrawl-delay: ${url.includes("last") ? 600 : 1}`);
      }
      return answer(url, "", 200, { "set-cookie": `a=${"x".repeat(2000)}` });
    },
    onCrawl: (crawl) => void clock.after(500_000, () => crawl.pause("timeout")),
  });
  assert.deepEqual(ending, { outcome: "paused", reason: "timeout" });
  const { checkpoint } = new CheckpointStore(disk, places).find().checkpoints[0]!;
  const crawl = crawlOf(checkpoint, places);
  assert.equal(crawl.counters.pages, hosts);
  const [logged] = logFilesOf(crawl).filter(({ name }) => name.startsWith("cookies"));
  return { document: disk.size(places.current)!, cookies: logged!.length };
}

Deno.test("the document is as large with two hundred finished hosts and their cookies as with ten", async () => {
  const few = await paused(10), many = await paused(200);
  assert.ok(many.cookies > 400_000 && few.cookies < 25_000, `${few.cookies} and ${many.cookies} bytes of cookies`);
  assert.ok(many.document < 1500, `${many.document} bytes`);
  assert.ok(many.document - few.document < 40, `${few.document} and ${many.document} bytes`);
});
