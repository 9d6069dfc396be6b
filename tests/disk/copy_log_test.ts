import assert from "node:assert/strict";
import { copyLog } from "../../lib/disk/copy_log.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { FaultyDisk } from "./faulty_disk.ts";

async function filled(disk: FaultyDisk, count: number) {
  const seen = new Seen({ disk, folder: "/from" });
  for (let number = 0; number < count; number++) seen.add(`http://a.com/${number}`);
  seen.flush();
  await seen.sync();
  const snapshot = seen.snapshot();
  // What comes after the snapshot did not happen.
  seen.add("http://a.com/later");
  seen.flush();
  seen.close();
  return snapshot;
}

for (const count of [0, 1, 5000]) {
  Deno.test(`copyLog() copies ${count} fingerprints, which are known in the new place`, async () => {
    const disk = new FaultyDisk();
    for (const folder of ["/from", "/to"]) disk.put(`${folder}/x`, "");
    const snapshot = await filled(disk, count);
    const log = await copyLog(disk, "/from/seen", "/to/seen", snapshot.log);
    await disk.syncFolder("/to");
    const after = disk.crash();
    const seen = new Seen({ disk: after, folder: "/to" }, { ...snapshot, log });
    assert.equal(seen.size, count);
    for (let number = 0; number < count; number++) assert.equal(seen.has(`http://a.com/${number}`), true);
    assert.equal(seen.has("http://a.com/later"), false);
    assert.equal(seen.add("http://a.com/new"), true);
    seen.flush();
    seen.close();
    assert.equal(disk.opened, 0);
  });
}

Deno.test("copyLog() refuses a log that is not whole, and leaves it as it is", async () => {
  const disk = new FaultyDisk();
  const snapshot = await filled(disk, 10);
  const bytes = disk.read("/from/seen-0.log")!;
  bytes[20]! ^= 1;
  disk.put("/from/seen-0.log", bytes);
  await assert.rejects(copyLog(disk, "/from/seen", "/to/seen", snapshot.log), {
    name: "DamageError",
    message: /\/from\/seen-0\.log/,
  });
  assert.deepEqual(disk.read("/from/seen-0.log"), bytes);
  assert.equal(disk.opened, 0);
});
