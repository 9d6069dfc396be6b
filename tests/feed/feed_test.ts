import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { decode, encode } from "@msgpack/msgpack";
import { type AppendFile, type Disk, DiskError } from "../../lib/disk/disk.ts";
import { localDisk } from "../../lib/disk/local.ts";
import { type FeedOptions, openFeed } from "../../lib/feed/feed.ts";
import { publishFeed } from "../../lib/feed/publish.ts";
import type { Item } from "../../lib/model/item.ts";
import { inFolder } from "./temp_folder.ts";

const decoder = new TextDecoder();

function silent(message: string): never {
  throw new Error(`unexpected warning: ${message}`);
}

function open(path: string, more: Partial<FeedOptions> = {}) {
  return openFeed({ disk: localDisk, path, warn: silent, ...more });
}

/** Writes each list of items as one page, and publishes. */
async function crawl(path: string, pages: readonly (readonly Item[])[], more: Partial<FeedOptions> = {}) {
  const feed = open(path, more);
  for (const items of pages) feed.write(items.map((item) => feed.encode(item)));
  feed.finish();
  await feed.sync();
  feed.close();
  await publishFeed(localDisk, feed.snapshot());
  return await Deno.readTextFile(path);
}

const pages = [[{ a: 1, b: "x" }, { a: 2 }], [], [{ a: 3, b: "ü\r\n" }]];

Deno.test("a feed of JSON lines", () =>
  inFolder(async (folder) => {
    assert.equal(await crawl(`${folder}/items.jsonl`, pages), '{"a":1,"b":"x"}\n{"a":2}\n{"a":3,"b":"ü\\r\\n"}\n');
    assert.equal(await crawl(`${folder}/empty.jsonl`, []), "");
  }));

Deno.test("a feed of one JSON array", () =>
  inFolder(async (folder) => {
    assert.equal(
      await crawl(`${folder}/items.json`, pages),
      '[\n{"a":1,"b":"x"},\n{"a":2},\n{"a":3,"b":"ü\\r\\n"}\n]\n',
    );
    assert.equal(await crawl(`${folder}/empty.json`, [[]]), "[]\n");
  }));

Deno.test("a feed of CSV", () =>
  inFolder(async (folder) => {
    assert.equal(await crawl(`${folder}/items.csv`, pages), 'a,b\r\n1,x\r\n2,\r\n3,"ü\r\n"\r\n');
    assert.equal(await crawl(`${folder}/named.csv`, pages, { columns: ["b"] }), 'b\r\nx\r\n""\r\n"ü\r\n"\r\n');
    assert.equal(await crawl(`${folder}/empty.csv`, []), "");
    assert.equal(await crawl(`${folder}/empty.csv`, [], { columns: ["b", "a"] }), "b,a\r\n");
  }));

Deno.test("a CSV feed with later keys warns and ends with the whole header", () =>
  inFolder(async (folder) => {
    const warnings: string[] = [];
    const path = `${folder}/items.csv`;
    const text = await crawl(path, [[{ a: 1 }], [{ a: 2, c: 3 }], [{ b: 4 }]], {
      warn: (message) => warnings.push(message),
    });
    assert.equal(text, "a,c,b\r\n1,,\r\n2,3,\r\n,,4\r\n");
    assert.deepEqual(warnings, [
      `${path}: New column after the header was written: c. They are added at the end, and are empty in the rows before`,
      `${path}: New column after the header was written: b. They are added at the end, and are empty in the rows before`,
    ]);
    assert.deepEqual(localDisk.list(folder), ["items.csv"]);
  }));

Deno.test("a feed's format may differ from its name", () =>
  inFolder(async (folder) => {
    assert.equal(await crawl(`${folder}/items.txt`, [[{ a: 1 }]], { format: "csv" }), "a\r\n1\r\n");
  }));

Deno.test("encode() names the key of what cannot be written, and writes nothing", () =>
  inFolder((folder) => {
    for (const name of ["x.jsonl", "x.json", "x.csv"]) {
      const feed = open(`${folder}/${name}`);
      assert.throws(() => feed.encode({ price: { amount: NaN } }), {
        name: "ItemError",
        key: "price.amount",
        message: "Cannot write the item: price.amount is NaN, which JSON cannot hold",
      });
      assert.equal(feed.snapshot().length, 0);
      feed.close();
    }
    assert.equal(localDisk.size(`${folder}/x.csv.part`), 0);
  }));

Deno.test("write() keeps items in a buffer until flush()", () =>
  inFolder((folder) => {
    const feed = open(`${folder}/items.jsonl`);
    feed.write([feed.encode({ a: 1 })]);
    assert.equal(localDisk.size(`${folder}/items.jsonl.part`), 0);
    feed.flush();
    assert.equal(localDisk.size(`${folder}/items.jsonl.part`), 8);
    feed.close();
  }));

Deno.test("write() flushes by itself when the buffer holds more than 64 KB", () =>
  inFolder((folder) => {
    const feed = open(`${folder}/items.jsonl`);
    const item = feed.encode({ text: "x".repeat(32768 - 12) });
    feed.write([item]);
    feed.write([item]);
    assert.equal(localDisk.size(`${folder}/items.jsonl.part`), 0);
    feed.write([feed.encode({ a: 1 })]);
    assert.equal(localDisk.size(`${folder}/items.jsonl.part`), 65544);
    feed.close();
  }));

Deno.test("close() drops what is in the buffer", () =>
  inFolder((folder) => {
    const feed = open(`${folder}/items.jsonl`);
    feed.write([feed.encode({ a: 1 })]);
    feed.close();
    assert.equal(localDisk.size(`${folder}/items.jsonl.part`), 0);
  }));

Deno.test("snapshot() counts everything that was written, in plain data that MessagePack carries", () =>
  inFolder((folder) => {
    const path = `${folder}/items.jsonl`;
    const feed = open(path);
    feed.write([feed.encode({ a: "ü" })]);
    assert.deepEqual(feed.snapshot(), {
      path,
      format: "jsonl",
      length: 11,
      tail: crc32('{"a":"ü"}\n'),
      finished: false,
    });
    feed.finish();
    assert.deepEqual(feed.snapshot(), {
      path,
      format: "jsonl",
      length: 11,
      tail: crc32('{"a":"ü"}\n'),
      finished: true,
    });
    feed.close();

    const table = open(`${folder}/items.csv`, { warn: () => {} });
    assert.deepEqual(table.snapshot(), { path: table.path, format: "csv", length: 0, tail: 0, finished: false });
    table.write([table.encode({ a: 1 })]);
    table.write([table.encode({ b: 1 })]);
    const snapshot = table.snapshot();
    assert.deepEqual(snapshot, {
      path: table.path,
      format: "csv",
      length: 10,
      tail: crc32("a\r\n1\r\n,1\r\n"),
      finished: false,
      columns: ["a", "b"],
      headed: 1,
    });
    assert.deepEqual(decode(encode(snapshot)), snapshot);
    table.close();
  }));

Deno.test("finish() ends the file once, and nothing can be written after it", () =>
  inFolder((folder) => {
    const feed = open(`${folder}/items.json`);
    const item = feed.encode({ a: 1 });
    feed.write([item]);
    feed.finish();
    feed.finish();
    assert.throws(() => feed.write([item]), { message: `Cannot write to ${folder}/items.json: the feed is finished` });
    feed.close();
    assert.equal(Deno.readTextFileSync(`${folder}/items.json.part`), '[\n{"a":1}\n]\n');
  }));

Deno.test("a new feed makes its folder and replaces the remains of an earlier one, never the published file", () =>
  inFolder((folder) => {
    const path = `${folder}/crawls/items.jsonl`;
    localDisk.makeFolder(`${folder}/crawls`);
    Deno.writeTextFileSync(`${path}.part`, "old remains");
    Deno.writeTextFileSync(path, "published");
    open(path).close();
    assert.equal(Deno.readTextFileSync(`${path}.part`), "");
    assert.equal(Deno.readTextFileSync(path), "published");
    open(`${folder}/new/items.jsonl`).close();
    assert.deepEqual(localDisk.list(`${folder}/new`), ["items.jsonl.part"]);
  }));

Deno.test("openFeed() refuses a snapshot of another format, and one that is finished", () =>
  inFolder((folder) => {
    const path = `${folder}/items.json`;
    assert.throws(() => open(path, { snapshot: { path, format: "csv", length: 0, tail: 0, finished: false } }), {
      name: "RangeError",
      message: `Cannot go on with ${path} as json: it was begun as csv`,
    });
    assert.throws(() => open(path, { snapshot: { path, format: "json", length: 3, tail: 0, finished: true } }), {
      name: "RangeError",
      message: `Cannot go on with ${path}: it is finished, and only to be published`,
    });
    assert.deepEqual(localDisk.list(folder), []);
  }));

Deno.test("openFeed() says so when the file in work is gone or shorter than the checkpoint says", () =>
  inFolder((folder) => {
    const path = `${folder}/items.jsonl`;
    const snapshot = { path, format: "jsonl", length: 8, tail: 0, finished: false } as const;
    assert.throws(
      () => open(path, { snapshot }),
      { name: "DamageError", message: `${path}.part is damaged at byte 0: it ends here, 8 bytes were written` },
    );
    Deno.writeTextFileSync(`${path}.part`, '{"a"');
    assert.throws(
      () => open(path, { snapshot }),
      { name: "DamageError", message: `${path}.part is damaged at byte 4: it ends here, 8 bytes were written` },
    );
  }));

Deno.test("openFeed() refuses a file in work that another crawl has written over, and leaves it as it is", () =>
  inFolder((folder) => {
    const path = `${folder}/items.jsonl`;
    const feed = open(path);
    feed.write([feed.encode({ a: 1 })]);
    const snapshot = feed.snapshot();
    feed.close();
    open(path, { snapshot }).close();
    Deno.writeTextFileSync(`${path}.part`, '{"b":2}\n{"b":3}\n');
    assert.throws(() => open(path, { snapshot }), {
      name: "DamageError",
      message: /holds other bytes than were written/,
    });
    assert.equal(Deno.readTextFileSync(`${path}.part`), '{"b":2}\n{"b":3}\n');
  }));

/** This machine's disk, but with another `append`. */
function diskWith(change: (file: AppendFile) => Partial<AppendFile>, more: Partial<Disk> = {}): Disk {
  return {
    ...localDisk,
    append(path, length) {
      const file = localDisk.append(path, length);
      return {
        path,
        identity: file.identity,
        get length() {
          return file.length;
        },
        write: (bytes) => file.write(bytes),
        sync: () => file.sync(),
        close: () => file.close(),
        ...change(file),
      };
    },
    ...more,
  };
}

Deno.test("no snapshot passes over items that a full disk did not take", () =>
  inFolder((folder) => {
    const full = new DiskError("write to", "items.jsonl.part", "no space left on device");
    const disk = diskWith(() => ({
      write() {
        throw full;
      },
    }));
    const feed = open(`${folder}/items.jsonl`, { disk });
    feed.write([feed.encode({ a: 1 })]);
    assert.throws(() => feed.flush(), full);
    assert.throws(() => feed.snapshot(), full);
    assert.throws(() => feed.finish(), full);
    assert.throws(() => feed.snapshot(), full);
    feed.close();
  }));

Deno.test("sync() makes the file safe each time, and its name in the folder once", () =>
  inFolder(async (folder) => {
    const synced: string[] = [];
    const disk = diskWith((file) => ({
      sync() {
        synced.push(`${file.length} bytes`);
        return Promise.resolve();
      },
    }), {
      syncFolder(path) {
        synced.push(path);
        return Promise.resolve();
      },
    });
    const feed = open(`${folder}/items.jsonl`, { disk });
    await feed.sync();
    feed.write([feed.encode({ a: 1 })]);
    feed.flush();
    await feed.sync();
    feed.close();
    assert.deepEqual(synced, ["0 bytes", folder, "8 bytes"]);
  }));

Deno.test("the feed - writes JSON lines to standard output at once, and publishing it does nothing", async () => {
  const written: string[] = [];
  const feed = open("-", { stdout: (bytes) => written.push(decoder.decode(bytes)) });
  feed.write([feed.encode({ a: 1 }), feed.encode({ a: 2 })]);
  feed.write([]);
  assert.deepEqual(written, ['{"a":1}\n{"a":2}\n']);
  await feed.sync();
  feed.finish();
  assert.deepEqual(feed.snapshot(), {
    path: "-",
    format: "jsonl",
    length: 16,
    tail: crc32(written[0]!),
    finished: true,
  });
  await publishFeed(localDisk, feed.snapshot());
  feed.close();
  assert.deepEqual(written, ['{"a":1}\n{"a":2}\n']);
});

Deno.test("the feed - goes on where a snapshot ended without repeating what came before", () => {
  const written: string[] = [];
  const snapshot = { path: "-", format: "jsonl", length: 16, tail: 0, finished: false } as const;
  const feed = open("-", { snapshot, stdout: (bytes) => written.push(decoder.decode(bytes)) });
  feed.write([feed.encode({ a: 3 })]);
  assert.equal(feed.snapshot().length, 24);
  assert.deepEqual(written, ['{"a":3}\n']);
});

Deno.test("the feed - passes a broken pipe on, and tries no further write", () => {
  let tries = 0;
  const feed = open("-", {
    stdout() {
      tries++;
      throw new Deno.errors.BrokenPipe("the reader has gone");
    },
  });
  assert.throws(() => feed.write([feed.encode({ a: 1 })]), Deno.errors.BrokenPipe);
  assert.throws(() => feed.snapshot(), Deno.errors.BrokenPipe);
  assert.equal(tries, 1);
});

Deno.test("the feed - takes JSON lines only, and needs to know where to write", () => {
  assert.throws(() => open("-", { format: "csv", stdout: () => {} }), {
    name: "RangeError",
    message: "Cannot write csv to standard output: it takes jsonl only",
  });
  assert.throws(() => open("-"), { name: "TypeError", message: "Cannot open the feed -: no stdout was given" });
});
