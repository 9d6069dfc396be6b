import assert from "node:assert/strict";
import { placesOf } from "../../lib/checkpoint/places.ts";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import { DiskError } from "../../lib/disk/disk.ts";
import type { Durable } from "../../lib/disk/durable.ts";
import type { CrawlEvent } from "../../lib/engine/events.ts";
import { Saver, type SaverOptions } from "../../lib/engine/saver.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { epoch, settle } from "./parts.ts";

const places = placesOf("/data", "default", "news");
const identity = { spider: "news", project: "default", proxyType: "none", code: "", startedAt: 0 };

/** A part that notes what is asked of it, and whose sync can be held. */
class Part implements Durable {
  readonly log: string[] = [];
  written = 0;
  #flushed = 0;
  held = Promise.resolve();

  flush(): void {
    this.log.push("flush");
    this.#flushed = this.written;
  }

  async sync(): Promise<void> {
    this.log.push("sync begins");
    await this.held;
    this.log.push("sync ends");
  }

  snapshot(): unknown {
    return this.#flushed;
  }
}

function open(said: Partial<SaverOptions> = {}) {
  const disk = new FaultyDisk(), clock = new ManualClock(epoch), part = new Part();
  const store = new CheckpointStore(disk, places);
  const events: CrawlEvent[] = [], errors: unknown[] = [];
  const saver = new Saver({
    store,
    clock,
    identity,
    generation: 0,
    interval: 5,
    parts: [part],
    snapshot: () => ({ part: part.snapshot(), written: part.written }),
    retired: () => [],
    emit: (event) => events.push(event),
    onError: (error) => errors.push(error),
    ...said,
  });
  const saved = () => store.find().checkpoints.map(({ checkpoint }) => [checkpoint.generation, checkpoint.crawl]);
  return { disk, clock, part, store, saver, events, errors, saved };
}

Deno.test("save() flushes, takes the snapshot, syncs and stores the next generation", async () => {
  const { saver, part, saved, store, events, clock } = open({ generation: 7 });
  part.written = 3;
  clock.advance(1000);
  await saver.save();
  assert.deepEqual(saved(), [[8, { part: 3, written: 3 }]]);
  assert.deepEqual(part.log, ["flush", "sync begins", "sync ends"]);
  const { checkpoint } = store.find().checkpoints[0]!;
  assert.deepEqual([checkpoint.savedAt, checkpoint.identity], [epoch + 1000, identity]);
  assert.deepEqual(events.map(({ type }) => type), ["saved"]);
  assert.equal(events[0]?.type === "saved" && events[0].generation, 8);
});

Deno.test("what is saved is of one moment, whatever is written while it is being saved", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { saver, part, saved } = open();
  part.held = promise;
  part.written = 1;
  const saving = saver.save();
  part.written = 2;
  await settle();
  part.written = 3;
  resolve();
  await saving;
  assert.deepEqual(saved(), [[1, { part: 1, written: 1 }]]);
});

Deno.test("two saves do not overlap, and the second saves what is there when it begins", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { saver, part, saved } = open();
  part.held = promise;
  part.written = 1;
  const saves = [saver.save(), saver.save(), saver.save()];
  await settle();
  assert.deepEqual(part.log, ["flush", "sync begins"]);
  part.written = 2;
  resolve();
  await Promise.all(saves);
  assert.deepEqual(part.log, Array(3).fill(["flush", "sync begins", "sync ends"]).flat());
  assert.deepEqual(saved(), [[3, { part: 2, written: 2 }], [2, { part: 2, written: 2 }]]);
});

Deno.test("saveIdle() saves a second after the last save, once, and never where saves are wanted on a pause only", async () => {
  const { saver, clock, saved, part } = open();
  await saver.save();
  clock.advance(300);
  part.written = 1;
  saver.saveIdle();
  saver.saveIdle();
  clock.advance(699);
  await settle();
  assert.equal(saved()[0]![0], 1);
  clock.advance(1);
  await settle();
  assert.deepEqual(saved()[0], [2, { part: 1, written: 1 }]);
  clock.advance(5000);
  await settle();
  assert.equal(saved()[0]![0], 2);
  saver.saveIdle();
  await saver.stop();
  clock.advance(5000);
  await settle();
  assert.equal(saved()[0]![0], 2);
  const rarely = open({ interval: 0 });
  rarely.saver.saveIdle();
  rarely.clock.advance(5000);
  await settle();
  assert.deepEqual(rarely.saved(), []);
});

Deno.test("start() saves at once, and then so many seconds after each save has ended", async () => {
  const { saver, clock, events, part } = open();
  saver.start();
  await settle();
  assert.equal(events.length, 1);
  clock.advance(4999);
  await settle();
  assert.equal(events.length, 1);
  const { promise, resolve } = Promise.withResolvers<void>();
  part.held = promise;
  clock.advance(1);
  await settle();
  clock.advance(60_000);
  await settle();
  assert.equal(part.log.filter((line) => line === "sync begins").length, 2);
  resolve();
  await settle();
  assert.equal(events.length, 2);
  clock.advance(4999);
  await settle();
  assert.equal(events.length, 2);
  clock.advance(1);
  await settle();
  assert.equal(events.length, 3);
  await saver.stop();
});

Deno.test("an interval of 0 saves only when it is asked to", async () => {
  const { saver, clock, events } = open({ interval: 0 });
  saver.start();
  clock.advance(1_000_000);
  await settle();
  assert.equal(events.length, 0);
  await saver.save();
  assert.equal(events.length, 1);
});

Deno.test("stop() waits for the save under way, and no other comes", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { saver, clock, events, part } = open();
  part.held = promise;
  saver.start();
  await settle();
  let stopped = false;
  const stopping = saver.stop().then(() => stopped = true);
  await settle();
  assert.equal(stopped, false);
  resolve();
  await stopping;
  clock.advance(1_000_000);
  await settle();
  assert.equal(events.length, 1);
});

Deno.test("a save by interval that fails is told, and none follows", async () => {
  const { saver, disk, clock, errors, events } = open();
  saver.start();
  await settle();
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  clock.advance(5000);
  await settle();
  assert.deepEqual(errors.map((error) => (error as Error).message), [
    `Cannot write to ${places.temporary}: no space left on device`,
  ]);
  disk.failWhen(() => undefined);
  clock.advance(60_000);
  await settle();
  assert.equal(events.length, 1);
});

Deno.test("a save that the disk refuses leaves the last one, and none follows: what is safe since then is unknown", async () => {
  for (const [operation, reason] of [["sync", "EIO"], ["write", "ENOSPC"], ["syncFolder", "EIO"]] as const) {
    const { saver, disk, part, saved } = open();
    part.written = 1;
    await saver.save();
    disk.failWhen(({ name }) => name === operation ? reason : undefined);
    part.written = 2;
    await assert.rejects(saver.save(), { name: "DiskError" });
    disk.failWhen(() => undefined);
    const { log } = part, before = log.length;
    await assert.rejects(saver.save(), { name: "DiskError" });
    assert.equal(log.length, before, "nothing is tried");
    assert.deepEqual(saved(), [[1, { part: 1, written: 1 }]], operation);
  }
});

Deno.test("stop() tells of a save under way that the disk refuses", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const { saver, part, errors } = open();
  part.held = promise;
  saver.start();
  await settle();
  const stopping = saver.stop();
  reject(new DiskError("sync", "/data/items.part", new Error("Input/output error")));
  await assert.rejects(stopping, { message: "Cannot sync /data/items.part: input/output error" });
  await assert.rejects(saver.save(), { message: "Cannot sync /data/items.part: input/output error" });
  assert.equal(errors.length, 1);
});

Deno.test("a value that cannot be stored fails the save and leaves the last one", async () => {
  let value: unknown = 1;
  const { saver, saved } = open({ snapshot: () => ({ value }) });
  await saver.save();
  value = () => {};
  await assert.rejects(saver.save());
  assert.deepEqual(saved(), [[1, { value: 1 }]]);
});

Deno.test("retired files are asked for in the moment of the snapshot, and removed by the save after", async () => {
  const { disk, saver } = open({ retired: () => [retired.shift() ?? []].flat() });
  const retired = [[`${places.checkpoint}/a.log`], [`${places.checkpoint}/b.log`]];
  for (const [path] of retired) disk.put(path!, "x");
  const left = () => disk.list(places.checkpoint).filter((name) => name.endsWith(".log"));
  await saver.save();
  assert.deepEqual(left(), ["a.log", "b.log"]);
  await saver.save();
  assert.deepEqual(left(), ["b.log"]);
  await saver.save();
  assert.deepEqual(left(), []);
});
