import assert from "node:assert/strict";
import { localDisk } from "../../../lib/disk/local.ts";
import { pack, unpack } from "../../../lib/disk/pack.ts";
import { headerSize, seal } from "../../../lib/disk/records.ts";
import { CacheFiles } from "../../../lib/net/cache/cache_files.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";
import { get, pageOf, textOf } from "../one_download.ts";
import { entries, folder, hour, later, test } from "./cached_site.ts";

test("a damaged entry is no answer: it is told, asked for and replaced", async ({ site, disk, open, warnings }) => {
  await (await open()).download(get(site.url()));
  const [path] = entries(disk);
  const whole = disk.read(path!)!;
  const damages: Uint8Array[] = [];
  for (let length = 0; length < whole.length; length++) damages.push(whole.subarray(0, length));
  for (let at = 0; at < whole.length; at++) damages.push(whole.map((byte, index) => index === at ? byte ^ 4 : byte));
  const cache = await open();
  for (const [at, damaged] of damages.entries()) {
    disk.put(path!, damaged);
    const page = pageOf(await cache.download(get(site.url())));
    assert.deepEqual([page.cached, textOf(page), site.asked.length], [undefined, "page", at + 2]);
    assert.match(warnings.at(-1)!, /^it is not answered from the cache: \/cache\/.* is damaged at byte 0: /);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, true, "it has been replaced");
  }
  assert.equal(warnings.length, damages.length);
});

test("the entry of another request, or of something else, is no answer", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  const [a] = entries(disk);
  await cache.download(get(site.url("b")));
  const b = entries(disk).find((path) => path !== a)!;
  disk.put(b, disk.read(a!));
  assert.equal(pageOf(await cache.download(get(site.url("b")))).cached, undefined);
  assert.match(warnings.join(), /the entry of another request/);
});

test("a file of another program is told and replaced, an entry of another version is replaced without a word", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url()));
  const [path] = entries(disk);
  const [mark, , key, entry] = unpack(disk.read(path!)!.subarray(headerSize)) as unknown[];
  for (const [content, told] of [[[mark, 2, key, entry], 0], [["another", 1, key, entry], 1], [{}, 2]] as const) {
    const payload = pack(content);
    const file = new Uint8Array(headerSize + payload.length);
    file.set(payload, headerSize);
    seal(file, 0, payload.length);
    disk.put(path!, file);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
    assert.equal(warnings.length, told);
    assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
  }
  assert.match(warnings[0]!, /it is no entry of a cache/);
});

test("a process that is killed while it stores leaves a whole entry or none", async ({ site, disk, open }) => {
  const url = site.url();
  for (let changes = 0;; changes++) {
    const dying = new FaultyDisk();
    const cache = await open({}, dying);
    dying.stopAfter(changes);
    const stored = await cache.download(get(url)).then(() => true, ({ name }) => {
      assert.equal(name, "PowerLoss");
      return false;
    });
    for (const found of [dying.kill(), dying.crash(Math.random)]) {
      const asked = site.asked.length;
      const page = pageOf(await (await open({}, found)).download(get(url)));
      assert.equal(textOf(page), "page");
      assert.equal(site.asked.length - asked, page.cached === true ? 0 : 1);
    }
    if (stored) break;
    assert.ok(changes < 20);
  }
  assert.equal(disk.opened, 0);
});

test("what a killed process left is removed after an hour", async ({ disk, clock, open }) => {
  const left = `${folder}/temporary/${clock.wall()}-left`;
  disk.put(left, "half");
  await open();
  assert.equal(disk.text(left), "half", "it may be another process's");
  await CacheFiles.open({ disk, folder, clock: later(clock, hour + 1) });
  assert.equal(disk.text(left), undefined);
});

test("a disk that takes nothing more costs a warning and no page", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url("a")));
  disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  for (const path of ["b", "c"]) assert.equal(textOf(await cache.download(get(site.url(path)))), "page");
  assert.equal(pageOf(await cache.download(get(site.url("a")))).cached, true);
  disk.failWhen(() => undefined);
  const before = entries(disk).length;
  await cache.download(get(site.url("d")));
  assert.equal(entries(disk).length, before, "it is not tried again");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^nothing more is stored in the cache: Cannot write to .*: no space left on device$/);
});

test("an entry that cannot be read costs a warning and a request", async ({ site, disk, open, warnings }) => {
  const cache = await open();
  await cache.download(get(site.url()));
  disk.failWhen(({ name }) => name === "load" ? "EIO" : undefined);
  assert.equal(pageOf(await cache.download(get(site.url()))).cached, undefined);
  assert.match(warnings[0]!, /^it is not answered from the cache: Cannot read .*: input\/output error$/);
});

test("a folder that cannot be written to is an error at once", async ({ disk, open }) => {
  disk.put("/cache", "in the way");
  await assert.rejects(open(), { name: "DiskError" });
});

/** Does something in a folder of this machine's disk, which is gone afterwards. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-cache-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("nobody else may look into what is stored, whoever made the folder", async ({ site, clock, open }) => {
  if (Deno.build.os === "windows") return;
  await inFolder(async (real) => {
    Deno.mkdirSync(`${real}/there`);
    // Whatever the umask is.
    Deno.chmodSync(`${real}/there`, 0o755);
    for (const [folder, mode] of [[`${real}/there`, 0o755], [`${real}/new`, 0o700]] as const) {
      const cache = await open({ files: await CacheFiles.open({ disk: localDisk, folder, clock }) });
      await cache.download(get(site.url()));
      const below = localDisk.list(folder);
      assert.equal(below.length, 2);
      for (const name of below) assert.equal(Deno.statSync(`${folder}/${name}`).mode! & 0o777, 0o700);
      assert.equal(Deno.statSync(folder).mode! & 0o777, mode);
    }
  });
});

test("other work goes on between answers that all come from the disk", async ({ site, clock, open }) => {
  await inFolder(async (real) => {
    const cache = await open({ files: await CacheFiles.open({ disk: localDisk, folder: `${real}/a/b`, clock }) });
    await cache.download(get(site.url()));
    let others = 0;
    const timer = setInterval(() => others += 1, 0);
    try {
      for (let at = 0; at < 10_000 && others === 0; at++) {
        assert.equal(pageOf(await cache.download(get(site.url()))).cached, true);
      }
    } finally {
      clearInterval(timer);
    }
    assert.ok(others > 0);
  });
});
