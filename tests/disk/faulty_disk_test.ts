import assert from "node:assert/strict";
import { DiskError } from "../../lib/disk/disk.ts";
import { FaultyDisk, PowerLoss } from "./faulty_disk.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("FaultyDisk forgets bytes that were not synced", async () => {
  const disk = new FaultyDisk();
  disk.put("/a/log", "");
  const file = disk.append("/a/log", 0);
  file.write(bytes("one"));
  const synced = file.sync();
  file.write(bytes("two"));
  await synced;
  assert.equal(disk.text("/a/log"), "onetwo");
  assert.equal(disk.crash().text("/a/log"), "one");
  assert.throws(() => file.write(bytes("three")), PowerLoss);
});

Deno.test("FaultyDisk forgets a file, a folder and a rename whose folder was not synced", async () => {
  const disk = new FaultyDisk();
  disk.put("/a/old", "old");
  const file = disk.append("/a/new", 0);
  file.write(bytes("new"));
  await file.sync();
  disk.makeFolder("/a/b");
  await disk.rename("/a/new", "/a/old");
  assert.deepEqual(disk.list("/a"), ["b", "old"]);
  const before = disk.crash();
  assert.deepEqual(before.list("/a"), ["old"]);
  assert.equal(before.text("/a/old"), "old");
});

Deno.test("FaultyDisk keeps names once their folder was synced, the folders of a new path included only then", async () => {
  const disk = new FaultyDisk();
  const file = disk.append("/a/b/log", 0);
  file.write(bytes("1"));
  await file.sync();
  await disk.syncFolder("/a/b");
  assert.deepEqual(disk.copy().list("/a/b"), ["log"]);
  await disk.syncFolder("/a");
  await disk.syncFolder("/");
  assert.equal(disk.crash().text("/a/b/log"), "1");

  const forgetful = new FaultyDisk();
  forgetful.append("/a/b/log", 0);
  await forgetful.syncFolder("/a/b");
  assert.deepEqual(forgetful.crash().list("/"), []);
});

Deno.test("FaultyDisk brings back what a cut took away when the cut was not synced", () => {
  const disk = new FaultyDisk();
  disk.put("/log", "0123456789");
  disk.append("/log", 4).write(bytes("x"));
  assert.equal(disk.text("/log"), "0123x");
  assert.equal(disk.crash().text("/log"), "0123456789");
});

Deno.test("FaultyDisk keeps, when asked, a part of what was not synced", () => {
  const found = new Set<string | undefined>();
  for (let at = 0; at < 1; at += 0.05) {
    const disk = new FaultyDisk();
    disk.put("/log", "ab");
    disk.append("/log", 2).write(bytes("cd"));
    found.add(disk.crash(() => at).text("/log"));
  }
  assert.deepEqual([...found], ["ab", "abcd"]);
});

Deno.test("FaultyDisk fails the operations it is told to, with the words of a disk", async () => {
  const disk = new FaultyDisk();
  disk.failWhen(({ number }) => number === 2 ? "ENOSPC" : undefined);
  const file = disk.append("/log", 0);
  assert.throws(() => file.write(bytes("0123")), {
    name: "DiskError",
    message: "Cannot write to /log: no space left on device",
  });
  assert.throws(() => file.write(bytes("4")), /an earlier write has failed/);
  assert.equal(disk.text("/log"), "01");
  disk.failWhen(({ name }) => name === "syncFolder" ? "EIO" : undefined);
  await assert.rejects(disk.syncFolder("/"), DiskError);
});

Deno.test("FaultyDisk cuts the power at a chosen change", async () => {
  const disk = new FaultyDisk();
  disk.put("/a", "");
  disk.stopAfter(2);
  const file = disk.append("/a", 0);
  file.write(bytes("1"));
  await assert.rejects(file.sync(), PowerLoss);
  assert.equal(disk.crash().text("/a"), "");
});
