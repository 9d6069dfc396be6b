import assert from "node:assert/strict";
import { openFeed } from "../../lib/feed/feed.ts";
import { discardFeed, publishFeed } from "../../lib/feed/publish.ts";
import { checkUnchanged, reopenFeed } from "../../lib/feed/reopen.ts";
import type { FeedSnapshot } from "../../lib/feed/snapshot.ts";
import type { Item } from "../../lib/model/item.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

type Pages = readonly (readonly Item[])[];

/** Writes pages to a feed, new or gone on with, and publishes it. */
async function write(disk: FaultyDisk, path: string, pages: Pages, snapshot?: FeedSnapshot): Promise<FeedSnapshot> {
  const feed = openFeed({ disk, path, snapshot, warn: () => {} });
  for (const page of pages) feed.write(page.map((item) => feed.encode(item)));
  feed.finish();
  await feed.sync();
  feed.close();
  return await publishFeed(disk, feed.snapshot());
}

const even: Pages = [[{ a: 1, b: "ü" }], [{ a: 2, b: "x\r\ny" }]];
const grown: Pages = [[{ a: 1 }], [{ a: 2, "b, c": "x" }]];
const stories: readonly (readonly [name: string, first: Pages, then: Pages])[] = [
  ["the same keys", even, even],
  ["new keys in the first part", grown, even],
  ["new keys in the second part", even, grown],
  ["new keys in both", grown, [[{ d: true }], [{ e: [1] }]]],
  ["nothing in the first part", [], even],
  ["nothing in the second part", grown, []],
  ["nothing at all", [], []],
];

for (const format of ["jsonl", "json", "csv"]) {
  const path = `/home/me/items.${format}`;
  for (const [what, first, then] of stories) {
    Deno.test(`a published .${format} file is gone on with as if it had not ended: ${what}`, async () => {
      for (const chunk of [1, 7, 1 << 20]) {
        const disk = new FaultyDisk(), calm = new FaultyDisk();
        await write(calm, path, [...first, ...then]);
        const published = await write(disk, path, first);
        const before = disk.text(path);
        const reopened = await reopenFeed(disk, published, chunk);
        assert.equal(disk.text(path), before, "readers see the file as it was");
        await write(disk, path, then, reopened);
        assert.equal(disk.text(path), calm.text(path));
        assert.deepEqual(disk.list("/home/me"), [`items.${format}`]);
        assert.equal(disk.opened, 0);
      }
    });
  }

  Deno.test(`a .${format} file that was reopened is safe against a loss of power, and so is what was published`, async () => {
    const disk = new FaultyDisk();
    disk.put("/home/me/x", "");
    const published = await write(disk, path, grown);
    const reopened = await reopenFeed(disk, published);
    const after = disk.crash();
    checkUnchanged(after, published);
    await write(after, path, even, reopened);
    const calm = new FaultyDisk();
    await write(calm, path, [...grown, ...even]);
    assert.equal(after.text(path), calm.text(path));
  });

  Deno.test(`publishFeed() of .${format} says what is published, also when it is called again after a crash`, async () => {
    const disk = new FaultyDisk();
    const feed = openFeed({ disk, path, warn: () => {} });
    for (const page of grown) feed.write(page.map((item) => feed.encode(item)));
    feed.finish();
    const snapshot = feed.snapshot();
    feed.close();
    const published = await publishFeed(disk, snapshot);
    checkUnchanged(disk, published);
    assert.equal(published === snapshot, format !== "csv", "a file that is not written again is described already");
    assert.deepEqual(await publishFeed(disk, snapshot), published);
    assert.deepEqual(await publishFeed(disk, published), published);
  });
}

Deno.test("standard output is gone on with, and nothing of it is copied", async () => {
  const disk = new FaultyDisk();
  const published: FeedSnapshot = { path: "-", format: "jsonl", length: 20, tail: 0, finished: true };
  assert.deepEqual(await reopenFeed(disk, published), { ...published, finished: false });
  assert.deepEqual(disk.changes, []);
});

const path = "/home/me/items.jsonl";
const changed: readonly (readonly [string | undefined, string])[] = [
  [undefined, "it is not there any more"],
  ["", "it has 0 bytes; the crawl left 8"],
  ['{"a":1}\n{"a":2}\n', "it has 16 bytes; the crawl left 8"],
  ['{"a":2}\n', "it holds other bytes than the crawl wrote"],
];
for (const [text, reason] of changed) {
  Deno.test(`reopenFeed() refuses a published file when ${reason}, and writes nothing`, async () => {
    const disk = new FaultyDisk();
    const published = await write(disk, path, [[{ a: 1 }]]);
    disk.put(path, text);
    const before = disk.changes.length;
    await assert.rejects(reopenFeed(disk, published), {
      name: "DiskError",
      message: `Cannot go on with ${path}: ${reason}`,
    });
    assert.equal(disk.changes.length, before);
  });
}

Deno.test("reopenFeed() leaves no half a copy when the disk is full", async () => {
  const disk = new FaultyDisk();
  const published = await write(disk, path, even);
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  await assert.rejects(reopenFeed(disk, published), {
    message: `Cannot write to ${path}.part: no space left on device`,
  });
  assert.deepEqual(disk.list("/home/me"), ["items.jsonl"]);
  assert.equal(disk.opened, 0);
});

Deno.test("discardFeed() of a feed that was reopened leaves what is published", async () => {
  const disk = new FaultyDisk();
  const published = await write(disk, path, even);
  await reopenFeed(disk, published);
  await discardFeed(disk, path);
  checkUnchanged(disk, published);
  assert.deepEqual(disk.list("/home/me"), ["items.jsonl"]);
});
