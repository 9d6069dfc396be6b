import assert from "node:assert/strict";
import fc from "fast-check";
import { localDisk } from "../../lib/disk/local.ts";
import { type Feed, openFeed } from "../../lib/feed/feed.ts";
import { publishFeed } from "../../lib/feed/publish.ts";
import type { FeedSnapshot } from "../../lib/feed/snapshot.ts";
import type { Item } from "../../lib/model/item.ts";
import { parseCsv } from "./parse_csv.ts";
import { inFolder } from "./temp_folder.ts";

type Page = readonly Item[];

function open(path: string, snapshot?: FeedSnapshot): Feed {
  return openFeed({ disk: localDisk, path, snapshot, warn: () => {} });
}

function commit(feed: Feed, page: Page): void {
  feed.write(page.map((item) => feed.encode(item)));
}

/** Leaves the file as a killed process may: some of what came after the checkpoint, and half a line of it. */
function kill(feed: Feed, torn: string): void {
  feed.close();
  Deno.writeTextFileSync(`${feed.path}.part`, torn, { append: true });
}

async function complete(feed: Feed, rest: readonly Page[]): Promise<string> {
  for (const page of rest) commit(feed, page);
  feed.finish();
  await feed.sync();
  feed.close();
  await publishFeed(localDisk, feed.snapshot());
  return await Deno.readTextFile(feed.path);
}

const pages: readonly Page[] = [
  [{ a: "ü" }],
  [{ a: 2 }, { a: 3, b: "x\r\ny" }],
  [],
  [{ c: ["q"] }],
];

const files = {
  "items.jsonl": '{"a":"ü"}\n{"a":2}\n{"a":3,"b":"x\\r\\ny"}\n{"c":["q"]}\n',
  "items.json": '[\n{"a":"ü"},\n{"a":2},\n{"a":3,"b":"x\\r\\ny"},\n{"c":["q"]}\n]\n',
  "items.csv": 'a,b,c\r\nü,,\r\n2,,\r\n3,"x\r\ny",\r\n,,"[""q""]"\r\n',
};

for (const [name, whole] of Object.entries(files)) {
  Deno.test(`${name} is the same after a crash at any page, resumed from any earlier checkpoint`, () =>
    inFolder(async (folder) => {
      for (let saved = 0; saved <= pages.length; saved++) {
        for (let crashed = saved; crashed <= pages.length + 1; crashed++) {
          const path = `${folder}/${saved}-${crashed}/${name}`;
          const feed = open(path);
          for (const page of pages.slice(0, saved)) commit(feed, page);
          const snapshot = feed.snapshot();
          for (const page of pages.slice(saved, crashed)) commit(feed, page);
          if (crashed > pages.length) feed.finish();
          else feed.flush();
          kill(feed, '{"to"rn,');
          assert.equal(
            await complete(open(path, snapshot), pages.slice(saved)),
            whole,
            `saved ${saved}, crashed ${crashed}`,
          );
        }
      }
    }));

  Deno.test(`${name} is published from the snapshot of its end alone`, () =>
    inFolder(async (folder) => {
      const feed = open(`${folder}/${name}`);
      for (const page of pages) commit(feed, page);
      feed.finish();
      await feed.sync();
      const snapshot = feed.snapshot();
      feed.close();
      await publishFeed(localDisk, snapshot);
      assert.equal(await Deno.readTextFile(feed.path), whole);
    }));
}

const item = fc.dictionary(
  fc.constantFrom("a", "b", "c", 'x,\r\n"y'),
  fc.oneof(
    fc.string({ unit: "binary-ascii" }),
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.constant(null),
    fc.array(fc.string()),
  ),
  { minKeys: 1, noNullPrototype: true },
);

const story = fc.record({
  name: fc.constantFrom("items.jsonl", "items.json", "items.csv"),
  pages: fc.array(fc.array(item, { maxLength: 3 }), { maxLength: 8 }),
  events: fc.array(fc.constantFrom("page", "page", "flush", "checkpoint", "crash"), { maxLength: 25 }),
  torn: fc.string({ unit: "grapheme" }),
});

Deno.test("any story of pages, flushes, checkpoints and crashes ends in the file of an undisturbed crawl", () =>
  inFolder(async (folder) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ name, pages, events, torn }) => {
        const place = `${folder}/${++run}`;
        const expected = await complete(open(`${place}/calm/${name}`), pages);

        const path = `${place}/stormy/${name}`;
        let [feed, done] = [open(path), 0];
        let checkpoint: { done: number; snapshot?: FeedSnapshot } = { done: 0 };
        for (const event of events) {
          if (event === "page" && done < pages.length) {
            commit(feed, pages[done++] ?? []);
          } else if (event === "flush") {
            feed.flush();
          } else if (event === "checkpoint") {
            checkpoint = { done, snapshot: feed.snapshot() };
          } else if (event === "crash") {
            kill(feed, torn);
            feed = open(path, checkpoint.snapshot);
            done = checkpoint.done;
          }
        }
        assert.equal(await complete(feed, pages.slice(done)), expected);
        assert.deepEqual(localDisk.list(`${place}/stormy`), [name]);
      }),
      { numRuns: 150 },
    );
  }));

Deno.test("every item comes back from every file", () =>
  inFolder(async (folder) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(item, { maxLength: 3 }), { maxLength: 6 }), async (pages) => {
        const place = `${folder}/${++run}`;
        const items = pages.flat();
        const lines = await complete(open(`${place}/items.jsonl`), pages);
        assert.deepEqual(lines.split("\n").slice(0, -1).map((line) => JSON.parse(line)), items);
        assert.deepEqual(JSON.parse(await complete(open(`${place}/items.json`), pages)), items);
        const [columns = [], ...rows] = parseCsv(await complete(open(`${place}/items.csv`), pages));
        assert.deepEqual(columns, [...new Set(items.flatMap((item) => Object.keys(item)))]);
        const text = (value: unknown) =>
          value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
        assert.deepEqual(rows, items.map((item) => columns.map((column) => text(item[column]))));
      }),
      { numRuns: 60 },
    );
  }));
