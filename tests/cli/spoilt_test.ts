import assert from "node:assert/strict";
import type { Spider } from "../../lib/spider/spider.ts";
import type { Page } from "../../lib/spider/page.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { filesIn, SmallSite } from "./in_process.ts";

/** A site whose spider has this callback. */
function siteWith(parse: NonNullable<Spider["parse"]>): SmallSite {
  const site = new SmallSite();
  site.spider.parse = parse;
  return site;
}

const rejecting = function* (page: Page) {
  yield { path: page.url, price: NaN };
  yield* page.follow("a");
};

const throwing = function* () {
  throw new RangeError("no table");
};

Deno.test("a crawl whose items are all rejected has finished with 1, and says why, first of all", async () => {
  await using site = siteWith(rejecting);
  const disk = new FaultyDisk();
  const ended = await site.run(disk, ["crawl", "small", "-o", "/items.jsonl"]);
  assert.equal(ended.code, 1, ended.text);
  assert.ok(
    ended.text.includes('No item of "small" could be written: all 6 items were rejected, the first at http://'),
  );
  assert.match(ended.text, /^No items: 6 pages were read, and all 6 items were rejected$/m);
  assert.doesNotMatch(ended.text, /no callback yielded one/);
  assert.equal(disk.text("/items.jsonl"), "");
  const path = filesIn(disk).find((each) => each.endsWith(".summary.json"))!;
  const { outcome, reason, exitCode, counters } = JSON.parse(disk.text(path)!);
  assert.deepEqual([outcome, reason, exitCode, counters.rejected], ["finished", "rejected", 1, 6]);
  const status = await site.run(disk, ["status", "small", "--json"]);
  const [look] = JSON.parse(status.text);
  assert.deepEqual([look.state, look.detail], ["failed", "no item was written, and 6 were rejected"]);
});

Deno.test("one item that is written is enough for a crawl that rejects others", async () => {
  await using site = siteWith(function* (page) {
    yield { price: new URL(page.url).pathname === "/" ? 1 : NaN };
    yield* page.follow("a");
  });
  const ended = await site.run(new FaultyDisk(), ["crawl", "small"]);
  assert.equal(ended.code, 0, ended.text);
  assert.match(ended.text, /1 item, 1 failed, 5 items rejected in /);
});

Deno.test("a page that was fetched and failed in its callback is not said to be one that could not be fetched", async () => {
  await using site = siteWith(throwing);
  const disk = new FaultyDisk();
  const ended = await site.run(disk, ["crawl", "small"]);
  assert.equal(ended.code, 1);
  assert.match(
    ended.text,
    /Failed "small": every page failed in its callback \(1 page\)$/m,
  );
  assert.equal(ended.text.match(/no table/g)?.length, 1, ended.text);
  assert.match(ended.text, /^The next run begins anew$/m);
  assert.doesNotMatch(ended.text, /could be fetched|To continue|pages\/s/);
});

Deno.test("a test run stops when rejected items and failed callbacks come to its limit, or to ten", async () => {
  const site = siteWith(function* (page) {
    for (let count = 0; count < 4; count++) yield { price: NaN };
    yield* page.follow("a");
  });
  await using _site = site;
  const ended = await site.run(new FaultyDisk(), ["crawl", "small", "--limit", "3"]);
  assert.equal(ended.code, 1, ended.text);
  assert.match(
    ended.text,
    /^Stopped after 0 items and 12 rejected items and failed callbacks: a test run goes no further$/m,
  );
  assert.match(ended.text, /^Finished "small": 3 pages, 0 items, /m);
});

Deno.test("a test run has no file of failures, and names none", async () => {
  await using site = siteWith(throwing);
  const ended = await site.run(new FaultyDisk(), ["crawl", "small", "--limit", "3"]);
  assert.match(ended.text, /^ +the spider's own code failed$/m);
});

Deno.test("a crawl that was paused and discarded is called discarded", async () => {
  await using site = new SmallSite();
  const disk = new FaultyDisk();
  assert.equal((await site.run(disk, ["crawl", "small"], { pausing: true })).code, 4);
  assert.equal((await site.run(disk, ["checkpoint", "clear", "small"])).code, 0);
  const [look] = JSON.parse((await site.run(disk, ["status", "small", "--json"])).text);
  assert.deepEqual([look.state, look.detail], ["discarded", "the next run begins anew"]);
});

Deno.test("status of a spider that has not crawled ends with 1, and of all with 0", async () => {
  await using site = new SmallSite();
  assert.equal((await site.run(new FaultyDisk(), ["status", "nope"])).code, 1);
  assert.equal((await site.run(new FaultyDisk(), ["status"])).code, 0);
});

Deno.test("a retry is begun in one line, and its end says how many pages came", async () => {
  await using site = new SmallSite();
  const disk = new FaultyDisk();
  assert.equal((await site.run(disk, ["crawl", "small"])).code, 0);
  const retried = await site.run(disk, ["crawl", "small", "--retry-failed"]);
  assert.match(retried.text, /Retrying 1 page that the last crawl gave up; their items go to .*\.jsonl$/m);
  assert.match(retried.text, /^Retried: 0 of 1 page came$/m);
  assert.doesNotMatch(retried.text, /Continuing/);
});

Deno.test("an old name of --callback that nothing waits for is told, with the nearest that does", async () => {
  await using site = new SmallSite();
  const callbacks = site.spider as unknown as Record<string, unknown>;
  callbacks["product"] = function* (page: Page) {
    yield { path: page.url };
  };
  site.spider.parse = function* (page) {
    yield* page.follow("a", { callback: "product" });
  };
  const disk = new FaultyDisk();
  assert.equal((await site.run(disk, ["crawl", "small"], { pausing: true })).code, 4);
  callbacks["item"] = callbacks["product"];
  delete callbacks["product"];
  const refused = await site.run(disk, ["crawl", "small", "--callback", "produkt=item"]);
  assert.equal(refused.code, 1);
  assert.match(refused.text, /--callback produkt=item: no request waits for "produkt"; did you mean product\?/);
  const mended = await site.run(disk, ["crawl", "small", "--callback", "product=item"]);
  assert.equal(mended.code, 0, mended.text);
  assert.doesNotMatch(mended.text, /no request waits/);
});

const wrong: readonly (readonly [parse: unknown, words: string])[] = [
  [function* () {
    yield [1];
  }, "parse yielded an array: yield a plain object"],
  [function* () {
    yield Promise.resolve({});
  }, "parse yielded a Promise: await it, and yield a plain object"],
  [function* () {
    yield new Map();
  }, "parse yielded a Map: yield a plain object"],
  [() => ({ title: "a" }), "parse returned an object: it must be a generator or return an array"],
];
for (const [parse, words] of wrong) {
  Deno.test(`a callback that gives what it may not is named: ${words}`, async () => {
    await using site = siteWith(parse as NonNullable<Spider["parse"]>);
    const ended = await site.run(new FaultyDisk(), ["crawl", "small"]);
    assert.ok(ended.text.includes(`TypeError: ${words}`), ended.text);
  });
}
