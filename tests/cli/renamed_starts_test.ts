import assert from "node:assert/strict";
import type { Page } from "../../lib/spider/page.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { parseLines } from "../engine/parts.ts";
import { allPaths, SmallSite } from "./in_process.ts";

Deno.test("start requests with dontFilter come once each though their callback is renamed, twice, and in runs after that", async () => {
  await using site = new SmallSite();
  const { url } = site, disk = new FaultyDisk();
  disk.makeFolder("/home/me");
  /** Runs the crawl, its callback named so, until it asks for a path. */
  const run = async (callback: string, until: string | undefined, more: readonly string[] = []) => {
    let pause = () => {};
    site.onRequest = (path) => path === until && pause();
    const spider = site.spider as unknown as Record<string, unknown>;
    for (const name of ["startUrls", "first", "second", "third"]) delete spider[name];
    const start = function* () {
      for (const path of allPaths) yield { url: new URL(path, url).href, dontFilter: true, callback };
    };
    // The text of a spider's own file names the callback, and so has changed.
    spider["start"] = Object.assign(start, { toString: () => `start with ${callback}` });
    spider[callback] = function* (page: Page) {
      yield { path: new URL(page.url).pathname };
    };
    const { code, text } = await site.run(disk, ["crawl", "small", "-o", "/home/me/out.jsonl", ...more], {
      onPausable: (fire) => pause = fire,
    });
    assert.equal(code, until === undefined ? 0 : 4, text);
  };
  await run("first", "/1");
  await run("second", "/2", ["--callback", "first=second"]);
  await run("third", "/3", ["--callback", "second=third"]);
  await run("third", "/4");
  await run("third", undefined);
  assert.deepEqual(parseLines(disk.text("/home/me/out.jsonl")).map(({ path }) => path), allPaths);
});
