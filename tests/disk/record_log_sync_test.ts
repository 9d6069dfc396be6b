import assert from "node:assert/strict";
import { FaultyDisk } from "./faulty_disk.ts";
import { bytes, openLog, recordsOf } from "./open_log.ts";

Deno.test("sync() makes safe what was flushed before, also in segments that are full by then", async () => {
  const disk = new FaultyDisk();
  const log = openLog(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three", "four", "five"]) log.append(bytes(text));
  log.flush();
  const snapshot = log.snapshot();
  await log.sync();
  await disk.syncFolder("/");
  assert.deepEqual(recordsOf(openLog(disk.crash(), { segmentRecords: 2 }, snapshot)).length, 5);
});

Deno.test("sync() makes safe what was flushed before, while segments fill up during it", async () => {
  const disk = new FaultyDisk();
  const log = openLog(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three"]) log.append(bytes(text));
  log.flush();
  const first = log.snapshot();
  const syncing = log.sync();
  for (const text of ["four", "five", "six", "seven"]) log.append(bytes(text));
  log.flush();
  await syncing;
  await disk.syncFolder("/");
  const second = log.snapshot();
  const syncingAgain = log.sync();
  log.append(bytes("eight"));
  log.append(bytes("nine"));
  log.flush();
  await syncingAgain;
  await log.sync();
  await disk.syncFolder("/");
  assert.equal(disk.opened, 1);
  log.close();
  assert.equal(disk.opened, 0);
  const crashed = disk.crash();
  assert.deepEqual(recordsOf(openLog(crashed, { segmentRecords: 2 }, first)).length, 3);
  assert.deepEqual(recordsOf(openLog(crashed, { segmentRecords: 2 }, second)).length, 7);
});

Deno.test("sync() that failed is never followed by one that succeeds: what is safe is unknown", async () => {
  const disk = new FaultyDisk();
  const log = openLog(disk, { segmentRecords: 2 });
  for (const text of ["one", "two", "three"]) log.append(bytes(text));
  log.flush();
  disk.failWhen(({ name }) => name === "sync" ? "EIO" : undefined);
  await assert.rejects(log.sync(), /Cannot sync \/q-\d.log: input\/output error/);
  disk.failWhen(() => undefined);
  await assert.rejects(log.sync(), /Cannot sync \/q-\d.log: an earlier sync has failed/);
});
