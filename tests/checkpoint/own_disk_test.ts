import assert from "node:assert/strict";
import { ownDisk } from "../../lib/checkpoint/own_disk.ts";
import { placesOf } from "../../lib/checkpoint/places.ts";
import type { Disk } from "../../lib/disk/disk.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";

const places = placesOf("/data", "default", "small");
const lost = /Cannot go on in \/data\/default\/small: the folder was removed, moved or replaced/;

const works: Readonly<Record<string, (disk: Disk) => unknown>> = {
  append: (disk) => disk.append(`${places.root}/x`, 0),
  makeFolder: (disk) => disk.makeFolder(`${places.root}/x`),
  rename: (disk) => disk.rename(`${places.root}/x`, `${places.root}/y`),
  remove: (disk) => disk.remove(`${places.root}/x`),
  syncFolder: (disk) => disk.syncFolder(places.root),
};

for (const [name, work] of Object.entries(works)) {
  Deno.test(`ownDisk() says that the folder has gone also when it goes in the middle of ${name}()`, async () => {
    const disk = new FaultyDisk();
    disk.makeFolder(places.root);
    const lock = await disk.lock(places.lock, Promise.resolve());
    const own = ownDisk(disk, places, lock!);
    disk.failWhen((operation) => {
      if (operation.name !== name) return undefined;
      disk.put(places.lock, undefined);
      return "EIO";
    });
    await assert.rejects(async () => void await work(own), lost);
  });

  Deno.test(`ownDisk() says what the disk says of ${name}() as long as the folder is there`, async () => {
    const disk = new FaultyDisk();
    disk.makeFolder(places.root);
    const lock = await disk.lock(places.lock, Promise.resolve());
    const own = ownDisk(disk, places, lock!);
    disk.failWhen((operation) => operation.name === name ? "EIO" : undefined);
    await assert.rejects(async () => void await work(own), /input\/output error/);
  });
}
