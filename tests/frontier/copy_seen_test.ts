import assert from "node:assert/strict";
import { copySeen } from "../../lib/frontier/copy_seen.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

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
  Deno.test(`copySeen() copies ${count} fingerprints, which are known in the new place`, async () => {
    const disk = new FaultyDisk();
    for (const folder of ["/from", "/to"]) disk.put(`${folder}/x`, "");
    const snapshot = await filled(disk, count);
    const copy = await copySeen(disk, "/from", "/to", snapshot);
    await disk.syncFolder("/to");
    const after = disk.crash();
    const seen = new Seen({ disk: after, folder: "/to" }, copy);
    assert.equal(seen.size, count);
    for (let number = 0; number < count; number++) assert.equal(seen.has(`http://a.com/${number}`), true);
    assert.equal(seen.has("http://a.com/later"), false);
    assert.equal(seen.add("http://a.com/new"), true);
    seen.flush();
    seen.close();
    assert.equal(disk.opened, 0);
  });
}

Deno.test("copySeen() refuses fingerprints that are not whole, and leaves them as they are", async () => {
  const disk = new FaultyDisk();
  const snapshot = await filled(disk, 10);
  const bytes = disk.read("/from/seen-0.log")!;
  bytes[20]! ^= 1;
  disk.put("/from/seen-0.log", bytes);
  await assert.rejects(copySeen(disk, "/from", "/to", snapshot), {
    name: "DamageError",
    message: /\/from\/seen-0\.log/,
  });
  assert.deepEqual(disk.read("/from/seen-0.log"), bytes);
  assert.equal(disk.opened, 0);
});
