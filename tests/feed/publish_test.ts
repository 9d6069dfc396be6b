import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { Disk } from "../../lib/disk/disk.ts";
import { localDisk } from "../../lib/disk/local.ts";
import { discardFeed, publishFeed } from "../../lib/feed/publish.ts";
import type { FeedSnapshot } from "../../lib/feed/snapshot.ts";
import { inFolder } from "./temp_folder.ts";

/** A finished feed of each kind: its snapshot, the file in work, and the file that people get. */
const kinds = [
  { name: "items.jsonl", format: "jsonl", part: '{"a":1}\n', published: '{"a":1}\n' },
  { name: "items.json", format: "json", part: "[]\n", published: "[]\n" },
  {
    name: "even.csv",
    format: "csv",
    part: "a,b\r\n1,2\r\n",
    published: "a,b\r\n1,2\r\n",
    columns: ["a", "b"],
    headed: 2,
  },
  {
    name: "grown.csv",
    format: "csv",
    part: "a\r\n1\r\n2,3\r\n",
    published: "a,b\r\n1,\r\n2,3\r\n",
    columns: ["a", "b"],
    headed: 1,
  },
] as const;

function snapshotOf(kind: typeof kinds[number], folder: string): FeedSnapshot {
  const { name, part, published: _, ...rest } = kind;
  return { path: `${folder}/${name}`, length: part.length, tail: crc32(part), finished: true, ...rest };
}

/** Dies instead of the `last`-th step that changes the disk or makes it safe, or right after it. */
function dyingDisk(last: number, after: boolean): Disk {
  let steps = 0;
  function step<Args extends unknown[], Result>(work: (...args: Args) => Result): (...args: Args) => Result {
    return (...args) => {
      steps++;
      if (steps > last || (steps === last && !after)) throw new Error("killed");
      const result = work(...args);
      if (steps < last) return result;
      // An asynchronous step is done before the process dies; a synchronous one is done here.
      if (result instanceof Promise) return result.then(() => Promise.reject(new Error("killed"))) as Result;
      throw new Error("killed");
    };
  }
  return {
    ...localDisk,
    append(path, length) {
      const file = localDisk.append(path, length);
      return {
        path,
        identity: file.identity,
        length: file.length,
        write: step((bytes) => file.write(bytes)),
        sync: step(() => file.sync()),
        close: () => file.close(),
      };
    },
    rename: step(localDisk.rename),
    remove: step(localDisk.remove),
    syncFolder: step(localDisk.syncFolder),
  };
}

for (const kind of kinds) {
  Deno.test(`publishFeed() gives ${kind.name} its name and leaves nothing else`, () =>
    inFolder(async (folder) => {
      const snapshot = snapshotOf(kind, folder);
      await Deno.writeTextFile(snapshot.path, "an older file, longer than the new one");
      await Deno.writeTextFile(`${snapshot.path}.part`, kind.part);
      await publishFeed(localDisk, snapshot);
      assert.equal(await Deno.readTextFile(snapshot.path), kind.published);
      assert.deepEqual(localDisk.list(folder), [kind.name]);
    }));

  Deno.test(`publishFeed() completes ${kind.name} after a crash at any step`, () =>
    inFolder(async (folder) => {
      const snapshot = snapshotOf(kind, folder);
      let crashes = 0;
      for (const after of [false, true]) {
        for (let last = 1;; last++) {
          await localDisk.remove(snapshot.path);
          await Deno.writeTextFile(`${snapshot.path}.part`, kind.part);
          const killed = await publishFeed(dyingDisk(last, after), snapshot).then(() => false, () => true);
          if (!killed) break;
          crashes++;
          const reader = await Deno.readTextFile(snapshot.path).catch(() => undefined);
          assert.ok(reader === undefined || reader === kind.published, `a reader sees half a file after step ${last}`);
          await publishFeed(localDisk, snapshot);
          await publishFeed(localDisk, snapshot);
          assert.equal(await Deno.readTextFile(snapshot.path), kind.published);
          assert.deepEqual(localDisk.list(folder), [kind.name]);
        }
      }
      assert.ok(crashes >= 4, `only ${crashes} crashes`);
    }));
}

Deno.test("publishFeed() refuses a feed that is not finished", () =>
  inFolder(async (folder) => {
    const snapshot = { ...snapshotOf(kinds[0], folder), finished: false };
    await assert.rejects(publishFeed(localDisk, snapshot), {
      name: "RangeError",
      message: `Cannot publish ${folder}/items.jsonl: the feed is not finished`,
    });
  }));

Deno.test("publishFeed() says so when there is neither a file in work nor a published one", () =>
  inFolder(async (folder) => {
    const path = `${folder}/items.jsonl`;
    await assert.rejects(publishFeed(localDisk, snapshotOf(kinds[0], folder)), {
      name: "DiskError",
      message: `Cannot publish ${path}: neither it nor ${path}.part is there`,
    });
  }));

Deno.test("publishFeed() does not take an older file for the new one", () =>
  inFolder(async (folder) => {
    for (const kind of [kinds[0], kinds[3]]) {
      const snapshot = snapshotOf(kind, folder);
      await Deno.writeTextFile(snapshot.path, "old");
      await assert.rejects(publishFeed(localDisk, snapshot), {
        name: "DiskError",
        message:
          `Cannot publish ${snapshot.path}: ${snapshot.path}.part is gone, and this file has 3 bytes instead of ${kind.part.length}`,
      });
    }
  }));

Deno.test("publishFeed() does not publish a file in work of another length than the checkpoint says", () =>
  inFolder(async (folder) => {
    const snapshot = snapshotOf(kinds[0], folder);
    await Deno.writeTextFile(`${snapshot.path}.part`, '{"a"');
    await assert.rejects(publishFeed(localDisk, snapshot), {
      name: "DiskError",
      message: `Cannot publish ${snapshot.path}.part: it has 4 bytes instead of 8`,
    });
    assert.deepEqual(localDisk.list(folder), ["items.jsonl.part"]);
  }));

Deno.test("publishFeed() does not publish other bytes than the crawl wrote, whatever their number", () =>
  inFolder(async (folder) => {
    for (const kind of kinds) {
      const snapshot = snapshotOf(kind, folder);
      const part = `${snapshot.path}.part`;
      const other = kind.part.replace(/[\d\[]/, "9");
      await Deno.writeTextFile(part, other);
      await assert.rejects(publishFeed(localDisk, snapshot), {
        name: "DiskError",
        message: `Cannot publish ${part}: it holds other bytes than the crawl wrote`,
      });
      assert.equal(await Deno.readTextFile(part), other);
      await Deno.remove(part);
    }
    const snapshot = snapshotOf(kinds[0], folder);
    await Deno.writeTextFile(snapshot.path, '{"b":2}\n');
    await assert.rejects(publishFeed(localDisk, snapshot), {
      name: "DiskError",
      message:
        `Cannot publish ${snapshot.path}: ${snapshot.path}.part is gone, and this file holds other bytes than the crawl wrote`,
    });
  }));

Deno.test("discardFeed() removes the files in work and leaves the published one", () =>
  inFolder(async (folder) => {
    for (const name of ["items.csv", "items.csv.part", "items.csv.part.new", "other.csv.part"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    await discardFeed(localDisk, `${folder}/items.csv`);
    await discardFeed(localDisk, `${folder}/items.csv`);
    await discardFeed(localDisk, "-");
    assert.deepEqual(localDisk.list(folder), ["items.csv", "other.csv.part"]);
  }));
