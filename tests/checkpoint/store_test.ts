import assert from "node:assert/strict";
import { type Checkpoint, encodeCheckpoint } from "../../lib/checkpoint/document.ts";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { FaultyDisk, PowerLoss, type Reason } from "../disk/faulty_disk.ts";

const places = placesOf("/data", "default", "quotes");
const nothing = () => Promise.resolve();

function generation(number: number): Uint8Array<ArrayBuffer> {
  const checkpoint: Checkpoint = {
    generation: number,
    savedAt: number,
    identity: { spider: "quotes", project: "default", proxyType: "none", code: "", startedAt: 0 },
    crawl: { text: `${number}`.repeat(50) },
  };
  return encodeCheckpoint(checkpoint);
}

/** A disk on which the spider's folders are, safely. */
function prepared(): FaultyDisk {
  const disk = new FaultyDisk();
  disk.put(`${places.checkpoint}/x`, "");
  disk.put(`${places.checkpoint}/x`, undefined);
  return disk;
}

async function saved(...generations: number[]): Promise<FaultyDisk> {
  const disk = prepared();
  const store = new CheckpointStore(disk, places);
  for (const number of generations) await store.save(generation(number), nothing, []);
  return disk;
}

/** The generations that can be read, newest first. */
function readable(disk: FaultyDisk): number[] {
  const { checkpoints, unreadable } = new CheckpointStore(disk, places).find();
  assert.deepEqual(unreadable, []);
  return checkpoints.map(({ checkpoint }) => checkpoint.generation);
}

Deno.test("find() of a folder that is not there finds nothing", () => {
  assert.deepEqual(new CheckpointStore(new FaultyDisk(), places).find(), { checkpoints: [], unreadable: [] });
});

Deno.test("save() keeps the generation before, and no more", async () => {
  assert.deepEqual(readable(await saved(1)), [1]);
  assert.deepEqual(readable(await saved(1, 2)), [2, 1]);
  const disk = await saved(1, 2, 3);
  assert.deepEqual(readable(disk), [3, 2]);
  assert.deepEqual(disk.list(places.checkpoint), ["checkpoint.msgpack", "checkpoint.prev.msgpack"]);
  assert.equal(disk.opened, 0);
});

Deno.test("save() is safe against a loss of power when it returns", async () => {
  const disk = await saved(1, 2);
  assert.deepEqual(readable(disk.crash()), [2, 1]);
});

Deno.test("the first save() is safe against a loss of power when it returns, the folders that it made included", async () => {
  const disk = new FaultyDisk();
  await new CheckpointStore(disk, places).save(generation(1), nothing, []);
  assert.deepEqual(readable(disk.crash()), [1]);
});

Deno.test("Keeps C1: what the checkpoint counts, its names included, is safe before the checkpoint is", async () => {
  const path = `${places.checkpoint}/queue-0-0.log`;
  let random = 1;
  const next = () => (random = Math.imul(random ^ (random >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) / 2 ** 32 + 0.5;
  let newest = 0;
  for (let stops = 0, finished = false; !finished; stops++) {
    for (let part = 0; part < 30; part++) {
      const disk = await saved(1);
      const file = disk.append(path, 0);
      file.write(new TextEncoder().encode("counted"));
      disk.stopAfter(stops);
      finished = await new CheckpointStore(disk, places).save(generation(2), () => file.sync(), [])
        .then(() => true, () => false);
      const crashed = disk.crash(next, true);
      if (readable(crashed)[0] !== 2) continue;
      newest += 1;
      assert.equal(crashed.text(path), "counted", `stopped after ${stops}`);
    }
  }
  assert.ok(newest > 30, `${newest} times the newest was found`);
});

for (const before of [1, 2, 3]) {
  Deno.test(`a loss of power at any moment of save() leaves the newest or the one before, ${before} generations before it`, async () => {
    const old = Array.from({ length: before }, (_, at) => at + 1);
    let stops = 0;
    for (let finished = false; !finished; stops++) {
      for (const part of [undefined, ...Array.from({ length: 20 }, (_, at) => at / 20)]) {
        const disk = await saved(...old);
        disk.stopAfter(stops);
        finished = await new CheckpointStore(disk, places).save(generation(before + 1), nothing, [])
          .then(() => true, (error) => {
            if (error instanceof PowerLoss) return false;
            throw error;
          });
        const crashed = disk.crash(part === undefined ? undefined : () => part);
        const found = readable(crashed);
        const newest = found[0] ?? 0;
        assert.ok(newest === before || newest === before + 1, `stopped after ${stops}, found ${found}`);
        if (finished) assert.equal(newest, before + 1);
        // And the next process goes on from there, keeping what it went on from.
        const store = new CheckpointStore(crashed, places);
        await store.save(generation(newest + 1), nothing, []);
        assert.deepEqual(readable(crashed.crash()).slice(0, 2), [newest + 1, newest]);
      }
    }
    assert.ok(stops > 6, `${stops} moments`);
  });

  Deno.test(`a kill at any moment of save() leaves the newest or the one before, ${before} generations before it`, async () => {
    const old = Array.from({ length: before }, (_, at) => at + 1);
    for (let stops = 0, finished = false; !finished; stops++) {
      const disk = await saved(...old);
      disk.stopAfter(stops);
      finished = await new CheckpointStore(disk, places).save(generation(before + 1), nothing, [])
        .then(() => true, () => false);
      const [newest] = readable(disk.kill());
      assert.ok(newest === before || newest === before + 1);
    }
  });
}

for (const reason of ["ENOSPC", "EIO", "EACCES"] as const satisfies readonly Reason[]) {
  Deno.test(`a disk that says ${reason} at any operation of save() leaves the newest or the one before, and can be tried again`, async () => {
    for (let failing = 1, finished = false; !finished; failing++) {
      const disk = await saved(1, 2);
      const store = new CheckpointStore(disk, places);
      let asked = 0;
      disk.failWhen(() => ++asked === failing ? reason : undefined);
      try {
        await store.save(generation(3), nothing, []);
        finished = asked < failing;
      } catch (error) {
        assert.equal((error as Error).name, "DiskError");
        assert.match((error as Error).message, /^Cannot .*\/data\/default\/quotes[/:]/);
      }
      disk.failWhen(() => undefined);
      const [newest] = readable(disk.copy());
      assert.ok(newest === 2 || newest === 3, `operation ${failing}: ${newest}`);
      assert.equal(disk.opened, 0);
      await store.save(generation(4), nothing, []);
      assert.deepEqual(readable(disk), [4, newest]);
    }
  });
}

Deno.test("a sync that fails leaves the checkpoint as it was", async () => {
  const disk = await saved(1, 2);
  const store = new CheckpointStore(disk, places);
  await assert.rejects(store.save(generation(3), () => Promise.reject(new Error("no")), []), { message: "no" });
  assert.deepEqual(readable(disk.crash()), [2, 1]);
});

Deno.test("retired files are removed by the save after the one that retired them", async () => {
  const disk = prepared();
  const log = (number: number) => `${places.checkpoint}/queue-0-${number}.log`;
  for (const number of [0, 1, 2]) disk.put(log(number), `${number}`);
  const store = new CheckpointStore(disk, places);
  const logs = () => disk.list(places.checkpoint).filter((name) => name.startsWith("queue"));
  await store.save(generation(1), nothing, [log(0)]);
  assert.deepEqual(logs(), ["queue-0-0.log", "queue-0-1.log", "queue-0-2.log"]);
  await store.save(generation(2), nothing, [log(1), log(2)]);
  assert.deepEqual(logs(), ["queue-0-1.log", "queue-0-2.log"]);
  await store.save(generation(3), nothing, []);
  assert.deepEqual(logs(), []);
  await store.save(generation(4), nothing, []);
  assert.deepEqual(readable(disk), [4, 3]);
});

Deno.test("a file is never removed while a generation that counts it may be the one that is found", async () => {
  const path = `${places.checkpoint}/queue-0-0.log`;
  for (let stops = 0, finished = false; !finished; stops++) {
    for (const part of [undefined, 0.2, 0.5, 0.8, 0.99]) {
      const disk = await saved(1);
      disk.put(path, "needed by 1 and 2");
      const store = new CheckpointStore(disk, places);
      await store.save(generation(2), nothing, []);
      // Generation 3 does not count it any more.
      await store.save(generation(3), nothing, [path]);
      disk.stopAfter(stops);
      finished = await store.save(generation(4), nothing, []).then(() => true, () => false);
      const crashed = disk.crash(part === undefined ? undefined : () => part);
      if (readable(crashed).some((number) => number <= 2)) assert.equal(crashed.text(path), "needed by 1 and 2");
    }
  }
});

Deno.test("a save that failed does not remove what the generation on disk retired", async () => {
  const disk = await saved(1);
  const path = `${places.checkpoint}/queue-0-0.log`;
  disk.put(path, "counted by 1");
  const store = new CheckpointStore(disk, places);
  await store.save(generation(2), nothing, [path]);
  disk.failWhen(({ name, path }) => name === "write" && path === places.temporary ? "ENOSPC" : undefined);
  await assert.rejects(store.save(generation(3), nothing, []));
  assert.equal(disk.text(path), "counted by 1");
  disk.failWhen(() => undefined);
  await store.save(generation(3), nothing, []);
  assert.equal(disk.text(path), undefined);
});

Deno.test("find() tells which generation cannot be read, and why, and gives the other", async () => {
  const disk = await saved(1, 2);
  const whole = disk.read(places.current)!;
  disk.put(places.current, whole.subarray(0, 30));
  const store = new CheckpointStore(disk, places);
  let found = store.find();
  assert.deepEqual(found.checkpoints.map(({ path, checkpoint }) => [path, checkpoint.generation]), [
    [places.previous, 1],
  ]);
  assert.deepEqual(found.unreadable.map(({ path, error }) => [path, error.name]), [[places.current, "DamageError"]]);

  disk.put(places.current, whole);
  disk.failWhen(({ name, path }) => name === "read" && path === places.previous ? "EACCES" : undefined);
  found = store.find();
  assert.deepEqual(found.checkpoints.map(({ checkpoint }) => checkpoint.generation), [2]);
  assert.deepEqual(found.unreadable.map(({ error }) => error.message), [
    `Cannot read ${places.previous}: permission denied`,
  ]);
});

Deno.test("find() changes nothing", async () => {
  const disk = await saved(1, 2);
  disk.put(places.current, "damaged");
  const before = disk.changes.length;
  new CheckpointStore(disk, places).find();
  assert.equal(disk.changes.length, before);
});

Deno.test("setAside() keeps a damaged generation, and the next save keeps the one that was gone on from", async () => {
  const disk = await saved(1, 2);
  disk.put(places.current, "damaged");
  const store = new CheckpointStore(disk, places);
  assert.equal(await store.setAside(places.current), `${places.checkpoint}.damaged-1/checkpoint.msgpack`);
  await store.save(generation(2), nothing, []);
  assert.deepEqual(readable(disk), [2, 1]);
  disk.put(places.current, "damaged again");
  assert.equal(await store.setAside(places.current), `${places.checkpoint}.damaged-2/checkpoint.msgpack`);
  assert.equal(disk.text(`${places.checkpoint}.damaged-1/checkpoint.msgpack`), "damaged");
});

Deno.test("putAside() keeps the whole folder under a name that is free", async () => {
  const disk = await saved(1);
  disk.put(`${places.checkpoint}/seen-0.log`, "seen");
  const store = new CheckpointStore(disk, places);
  assert.equal(await store.putAside(), `${places.checkpoint}.damaged-1`);
  assert.equal(disk.text(`${places.checkpoint}.damaged-1/seen-0.log`), "seen");
  assert.deepEqual(readable(disk), []);
  await store.save(generation(1), nothing, []);
  assert.equal(await store.putAside(), `${places.checkpoint}.damaged-2`);
});

Deno.test("clear() removes everything of the checkpoint and nothing else, and does not mind that there is none", async () => {
  const disk = await saved(1, 2);
  disk.put(`${places.checkpoint}/seen-0.log`, "seen");
  disk.put(`${places.crawls}/items.jsonl`, "items");
  const store = new CheckpointStore(disk, places);
  await store.clear();
  assert.deepEqual(disk.list(places.root), ["crawls"]);
  await store.clear();
  assert.deepEqual(disk.crash().list(places.root), ["crawls"]);
  await new CheckpointStore(new FaultyDisk(), places).clear();
});

Deno.test("Keeps C7: a loss of power or a kill at any moment of clear() leaves the newest generation or none", async () => {
  for (const generations of [[1], [1, 2], [1, 2, 3]]) {
    const newest = generations.length;
    let stops = 0;
    for (let finished = false; !finished; stops++) {
      for (const part of ["kill", undefined, ...Array.from({ length: 20 }, (_, at) => at / 20)]) {
        const disk = await saved(...generations);
        disk.put(`${places.checkpoint}/seen-0.log`, "seen");
        disk.put(`${places.checkpoint}/aaa.log`, "first by name");
        disk.stopAfter(stops);
        finished = await new CheckpointStore(disk, places).clear().then(() => true, () => false);
        const crashed = part === "kill" ? disk.kill() : disk.crash(typeof part === "number" ? () => part : undefined);
        const found = readable(crashed);
        assert.ok(found.length === 0 || found[0] === newest, `stopped after ${stops}: ${found} is left`);
        // While a generation is left, so is what it counts.
        if (found.length > 0) assert.equal(crashed.text(`${places.checkpoint}/seen-0.log`), "seen");
        if (finished) assert.deepEqual(found, []);
      }
    }
    assert.ok(stops > 3, `${stops} moments`);
  }
});

Deno.test("Keeps C7 where a crash had left the older generation alone", async () => {
  for (let stops = 0, finished = false; !finished; stops++) {
    const disk = await saved(1, 2);
    disk.put(places.current, undefined);
    disk.stopAfter(stops);
    finished = await new CheckpointStore(disk, places).clear().then(() => true, () => false);
    assert.ok([0, 1].includes(readable(disk.crash()).length));
    if (finished) assert.deepEqual(readable(disk.crash()), []);
  }
});
