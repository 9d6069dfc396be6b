import assert from "node:assert/strict";
import { parseLines } from "../engine/parts.ts";
import { randomFrom, stops } from "../engine/process.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { allPaths, filesIn, SmallSite } from "./in_process.ts";

const root = "/data/default/small";
const documents = [`${root}/checkpoint/checkpoint.msgpack`, `${root}/checkpoint/checkpoint.prev.msgpack`];
const out = "/home/me/out.jsonl";
const itemsOfPaused = ["/", "/1", "/2", "/3"];

/** Outputs in the data folder, or elsewhere. */
const places = [
  { where: "in the data folder", flags: [] },
  { where: "elsewhere", flags: ["-o", out] },
] as const;

/** A disk with a crawl that was paused, with items and a failure in its files in work. */
async function paused(site: SmallSite, flags: readonly string[]): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  disk.makeFolder("/home/me");
  const { code, text } = await site.run(disk, ["crawl", "small", ...flags], { pausing: true });
  assert.equal(code, 4, text);
  const parts = filesIn(disk).filter((path) => path.endsWith(".part"));
  assert.equal(parts.length, 2);
  assert.deepEqual(pathsIn(disk, parts.find((path) => !path.includes("failed"))!), itemsOfPaused);
  return disk.copy();
}

const pathsIn = (disk: FaultyDisk, file: string) => parseLines(disk.text(file)).map(({ path }) => path);

/** Fails unless a crawl has left all its items, and nothing in work. */
function checkFinished(disk: FaultyDisk, flags: readonly string[], when: string): void {
  const published = flags.length > 0 ? out : filesIn(disk, `${root}/crawls`).find((path) => /Z\.jsonl$/.test(path));
  assert.deepEqual(pathsIn(disk, published!).sort(), [...allPaths].sort(), when);
  assert.deepEqual(filesIn(disk).filter((path) => /\.part(\.new|\.owner)?$/.test(path)), [], when);
  for (const document of documents) assert.equal(disk.size(document), undefined, when);
}

const ways = [
  { what: "--fresh", command: ["crawl", "small", "--fresh"], takesFlags: true },
  { what: "checkpoint clear", command: ["checkpoint", "clear", "small"], takesFlags: false },
  { what: "another --proxy-type", command: ["crawl", "small", "--proxy-type", "none"], takesFlags: true },
] as const;

for (const { what, command, takesFlags } of ways) {
  for (const { where, flags } of places) {
    for (const stop of stops) {
      Deno.test(`${stop.what} at any change of the disk in ${what}, with outputs ${where}, leaves a crawl that can be run`, async () => {
        await using site = new SmallSite();
        const random = randomFrom(stop.seed);
        const base = await paused(site, flags);
        const args = takesFlags ? [...command, ...flags] : command;
        let count = 0;
        for (let undisturbed = false; !undisturbed && count < 45; count++) {
          let disk = base.copy();
          disk.stopAfter(count);
          undisturbed = await site.run(disk, args).then(({ code }) => code === 0, () => false);
          disk = stop.restarted(disk, count, random);
          const { code, text } = await site.run(disk, ["crawl", "small", ...flags]);
          assert.equal(code, 0, `after ${count} changes: ${text}`);
          checkFinished(disk, flags, `after ${count} changes`);
        }
        assert.ok(count > 10, `${count} moments`);
      });
    }
  }
}

const damages = [
  { what: "both documents", spoil: (disk: FaultyDisk) => documents.forEach((path) => disk.put(path, "no checkpoint")) },
  { what: "a log", spoil: (disk: FaultyDisk) => disk.put(`${root}/checkpoint/queue-0-0.log`, "short") },
  {
    what: "the failures' file",
    spoil: (disk: FaultyDisk) => disk.put(filesIn(disk).find((path) => path.endsWith("failed.jsonl.part"))!, "short"),
  },
] as const;

for (const { what, spoil } of damages) {
  for (const { where, flags } of places) {
    for (const way of [["crawl", "small", "--fresh"], ["checkpoint", "clear", "small"]]) {
      const name = way.slice(0, -1).includes("clear") ? "checkpoint clear" : "--fresh";
      Deno.test(`${name} of a crawl with ${what} damaged keeps the items ${where}, also when it is killed at any change`, async () => {
        await using site = new SmallSite();
        const base = await paused(site, flags);
        spoil(base);
        // The generation before, without the items, would still do.
        if (what !== "both documents") base.put(documents[1]!, undefined);
        const before = new Map(filesIn(base).map((path) => [path, base.text(path)]));
        const refused = await site.run(base, ["crawl", "small", ...flags]);
        assert.equal(refused.code, 1, refused.text);
        assert.match(refused.text, /Cannot resume "small"/);
        for (const [path, text] of before) if (!path.endsWith("/lock")) assert.equal(base.text(path), text, path);

        const args = name === "--fresh" ? [...way, ...flags] : way;
        let count = 0;
        for (let undisturbed = false; !undisturbed && count < 30; count++) {
          let disk = base.copy();
          disk.stopAfter(count);
          const told = await site.run(disk, args).catch(() => undefined);
          undisturbed = told?.code === 0;
          if (undisturbed) assert.match(told!.text, /cannot be read; its files are kept in .*checkpoint\.damaged-1/);
          disk = disk.kill();
          let last = await site.run(disk, ["crawl", "small", ...flags]);
          // It was killed before anything was done.
          if (last.code === 1) last = await site.run(disk, ["crawl", "small", "--fresh", ...flags]);
          assert.equal(last.code, 0, `after ${count} changes: ${last.text}`);
          checkFinished(disk, flags, `after ${count} changes`);
          const kept = filesIn(disk).filter((path) => path.includes(".part.damaged-"));
          for (const [path, text] of before) {
            if (!path.endsWith(".part")) continue;
            assert.ok(kept.some((each) => each.startsWith(path) && disk.text(each) === text), `${path}: ${kept}`);
          }
        }
        assert.ok(count > 3, `${count} moments`);
      });
    }
  }
}

Deno.test("what is discarded is named", async () => {
  await using site = new SmallSite();
  const base = await paused(site, ["-o", out]);
  for (const { command } of ways) {
    const { code, text } = await site.run(base.copy(), command);
    assert.equal(code, 0, text);
    assert.ok(
      text.includes(`Discarding the last crawl: 4 pages, 4 items in ${out}.part, 2 requests that waited`),
      text,
    );
  }
});

Deno.test("a finished crawl that cannot be published is refused with a way out, and --fresh keeps its items", async () => {
  for (const way of [["crawl", "small", "--fresh"], ["checkpoint", "clear", "small"]]) {
    await using site = new SmallSite();
    const disk = new FaultyDisk();
    disk.makeFolder("/home/me");
    // It ends just before the output gets its name.
    disk.failWhen(({ name, path }) => name === "rename" && path === out ? "EACCES" : undefined);
    assert.equal((await site.run(disk, ["crawl", "small", "-o", out])).code, 1);
    const after = disk.kill();
    // As long as it was, and something else.
    const text = after.text(`${out}.part`)!;
    const spoiled = text.replace("path", "Path");
    after.put(`${out}.part`, spoiled);
    const refused = await site.run(after, ["crawl", "small", "-o", out]);
    assert.equal(refused.code, 1);
    assert.match(refused.text, /Cannot publish .*out\.jsonl\.part: it holds other bytes than the crawl wrote/);
    assert.match(refused.text, /--fresh/);
    assert.equal(after.text(`${out}.part`), spoiled);
    const done = await site.run(after, way);
    assert.equal(done.code, 0, done.text);
    assert.equal(after.text(`${out}.part.damaged-1`), spoiled);
    assert.equal((await site.run(after, ["crawl", "small", "-o", out])).code, 0);
    checkFinished(after, ["-o", out], way.join(" "));
  }
});

Deno.test("what is discarded is counted in words, one as one", async () => {
  await using site = new SmallSite();
  const disk = new FaultyDisk();
  disk.makeFolder("/home/me");
  let pause = () => {};
  site.onRequest = () => pause();
  const begun = await site.run(disk, ["crawl", "small", "-o", out], { onPausable: (fire) => pause = fire });
  assert.equal(begun.code, 4, begun.text);
  const { text } = await site.run(disk, ["checkpoint", "clear", "small"]);
  assert.ok(text.includes(`Discarding the last crawl: 1 page, 1 item in ${out}.part, 6 requests that waited`), text);
});
