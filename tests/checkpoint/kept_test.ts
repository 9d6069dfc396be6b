import assert from "node:assert/strict";
import { encodeCheckpoint } from "../../lib/checkpoint/document.ts";
import { forgetRetry, keepForRetry, keptForRetry } from "../../lib/checkpoint/kept.ts";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { FaultyDisk, PowerLoss } from "../disk/faulty_disk.ts";

const places = placesOf("/data", "default", "quotes");
const isNeeded = (name: string) => name.startsWith("seen-");

function documentOf(generation: number): Uint8Array<ArrayBuffer> {
  const identity = { spider: "quotes", project: "default", proxyType: "none", code: "", startedAt: 0 };
  return encodeCheckpoint({ generation, savedAt: 1, identity, crawl: {} });
}

/** A disk with the checkpoint of a crawl, and, from an earlier one, what was kept. */
function prepared(older: boolean): FaultyDisk {
  const disk = new FaultyDisk();
  disk.put(places.current, documentOf(9));
  disk.put(places.previous, documentOf(8));
  for (const name of ["seen-0.log", "seen-1.log", "queue-0-3.log", "done-0.log", "checkpoint.tmp"]) {
    disk.put(`${places.checkpoint}/${name}`, name);
  }
  if (!older) return disk;
  disk.put(places.retryDocument, documentOf(5));
  disk.put(`${places.retry}/seen-7.log`, "older");
  return disk;
}

const isThere = (disk: FaultyDisk) => new CheckpointStore(disk, places).find().checkpoints.length === 2;

for (const older of [false, true]) {
  const over = older ? "in place of an older one" : "where there was none";
  Deno.test(`keepForRetry() makes a checkpoint what is kept, ${over}`, async () => {
    const disk = prepared(older);
    await keepForRetry(disk, places, isNeeded);
    assert.equal(keptForRetry(disk, places)?.generation, 9);
    assert.deepEqual(disk.list(places.retry), ["checkpoint.msgpack", "seen-0.log", "seen-1.log"]);
    assert.equal(disk.size(places.checkpoint), undefined);
    const after = disk.crash();
    assert.equal(keptForRetry(after, places)?.generation, 9);
    assert.equal(after.size(places.checkpoint), undefined);
  });

  Deno.test(`C9: a crash at any change leaves the checkpoint whole, or kept, ${over}`, async () => {
    for (const restarted of [(disk: FaultyDisk) => disk.kill(), (disk: FaultyDisk) => disk.crash()]) {
      for (let stops = 0, crashed = true; crashed; stops++) {
        const disk = prepared(older);
        disk.stopAfter(stops);
        crashed = await keepForRetry(disk, places, isNeeded).then(() => false, (error) => {
          assert.ok(error instanceof PowerLoss);
          return true;
        });
        const after = restarted(disk);
        const kept = keptForRetry(after, places)?.generation;
        assert.ok(isThere(after) ? kept !== 9 : kept === 9, `after ${stops} changes`);
        if (isThere(after)) await keepForRetry(after, places, isNeeded);
        assert.equal(keptForRetry(after, places)?.generation, 9);
        assert.equal(after.text(`${places.retry}/seen-1.log`), "seen-1.log");
      }
    }
  });
}

Deno.test("keptForRetry() gives nothing where nothing is kept, and says what it cannot read", () => {
  const disk = new FaultyDisk();
  assert.equal(keptForRetry(disk, places), undefined);
  disk.put(places.retryDocument, documentOf(1).subarray(0, 30));
  assert.throws(() => keptForRetry(disk, places), { name: "DamageError", message: /\/retry\/checkpoint\.msgpack/ });
});

Deno.test("forgetRetry() removes it, safely, and minds nothing where there is none", async () => {
  const disk = prepared(true);
  await forgetRetry(disk, places);
  await forgetRetry(disk, places);
  const after = disk.crash();
  assert.equal(after.size(places.retry), undefined);
  assert.ok(isThere(after));
});
