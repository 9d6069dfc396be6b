import assert from "node:assert/strict";
import { DamageError } from "../../lib/disk/damage.ts";
import { RecordLog } from "../../lib/disk/record_log.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const folder = "/c";

Deno.test("Seen adds a text once", () => {
  const seen = new Seen();
  assert.equal(seen.add("http://a.com/"), true);
  assert.equal(seen.add("http://a.com/"), false);
  assert.equal(seen.has("http://a.com/"), true);
  assert.equal(seen.has("http://b.com/"), false);
  assert.equal(seen.size, 1);
  assert.ok(seen.bytes > 0);
});

Deno.test("Seen without a place keeps nothing but its seed", async () => {
  const seen = new Seen();
  seen.add("a");
  seen.flush();
  await seen.sync();
  const { seed, log } = seen.snapshot();
  assert.deepEqual(log, []);
  assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
  seen.close();
});

Deno.test("Seen has another seed in each crawl", () => {
  assert.ok(new Set(Array.from({ length: 5 }, () => new Seen().snapshot().seed)).size > 1);
});

Deno.test("Seen comes back as it was at the snapshot, after a loss of power, and goes on", async () => {
  const disk = new FaultyDisk();
  disk.put(`${folder}/x`, "");
  const seen = new Seen({ disk, folder });
  const text = (number: number) => `http://example.com/${number}`;
  for (let number = 0; number < 10_000; number++) seen.add(text(number));
  seen.flush();
  const snapshot = seen.snapshot();
  await seen.sync();
  await disk.syncFolder(folder);
  for (let number = 10_000; number < 20_000; number++) seen.add(text(number));
  seen.flush();

  const crashed = disk.crash(() => 0.7);
  const again = new Seen({ disk: crashed, folder }, snapshot);
  assert.equal(again.size, 10_000);
  for (let number = 0; number < 20_000; number++) assert.equal(again.has(text(number)), number < 10_000);
  assert.equal(again.add(text(9_999)), false);
  assert.equal(again.add(text(10_000)), true);
  again.flush();
  const last = new Seen({ disk: crashed.kill(), folder }, again.snapshot());
  assert.equal(last.size, 10_001);
  assert.equal(last.has(text(10_000)), true);
  assert.equal(last.snapshot().seed, snapshot.seed);
});

Deno.test("Seen appends what is new and nothing else", () => {
  const disk = new FaultyDisk();
  const seen = new Seen({ disk, folder });
  seen.flush();
  assert.deepEqual(disk.list("/"), []);
  for (const text of ["a", "b", "a"]) seen.add(text);
  seen.flush();
  assert.deepEqual(seen.snapshot().log, [[0, 8 + 2 * 12]]);
  seen.flush();
  seen.add("b");
  seen.flush();
  assert.deepEqual(seen.snapshot().log, [[0, 8 + 2 * 12]]);
  seen.add("c");
  seen.flush();
  assert.deepEqual(seen.snapshot().log, [[0, 8 + 2 * 12 + 8 + 12]]);
  seen.close();
  assert.equal(disk.opened, 0);
});

Deno.test("Seen refuses damage to what counts", () => {
  const disk = new FaultyDisk();
  const seen = new Seen({ disk, folder });
  for (const text of ["a", "b", "c"]) seen.add(text);
  seen.flush();
  const path = `${folder}/seen-0.log`, content = disk.read(path)!;
  for (let at = 0; at < content.length; at++) {
    const damaged = disk.copy(), flipped = content.slice();
    flipped[at]! ^= 128;
    damaged.put(path, flipped);
    assert.throws(
      () => new Seen({ disk: damaged, folder }, seen.snapshot()),
      (error) => error instanceof DamageError && error.path === path && error.offset === 0,
    );
  }
});

Deno.test("a log of something else in the place of the fingerprints is damage, and named", () => {
  const disk = new FaultyDisk();
  const log = new RecordLog({ disk, path: "/checkpoint/seen" });
  log.append(new Uint8Array(13));
  log.flush();
  assert.throws(() => new Seen({ disk, folder: "/checkpoint" }, { seed: 1, log: log.snapshot() }), {
    name: "DamageError",
    message: "/checkpoint/seen-0.log is damaged at byte 0: this record holds no fingerprints",
  });
});
