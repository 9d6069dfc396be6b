import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { endsWell } from "../programs.ts";
import { exists, records } from "./kept.ts";
import { ends, isCompiled, isPlain, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spec = { seed: 41, pages: 500 };

/** A disk of its own, as small as we like. */
class SmallDisk implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where this system, or this user, may not mount one. */
  static async mount(folder: string, size: string): Promise<SmallDisk | undefined> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
    Deno.mkdirSync(folder, { recursive: true });
    const isMounted = await endsWell("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
    return isMounted ? new SmallDisk(folder) : undefined;
  }

  /** Takes all its room but so many bytes. */
  fill(left: number): void {
    const filler = new Uint8Array(4096).fill(1);
    using file = Deno.openSync(`${this.folder}/filler`, { create: true, write: true });
    try {
      while (true) file.writeSync(filler);
    } catch (error) {
      if (!(error instanceof Error && /no space/i.test(error.message))) throw error;
    }
    file.truncateSync(Math.max(0, file.statSync().size - left));
  }

  makeRoom(): void {
    Deno.removeSync(`${this.folder}/filler`);
  }

  [Symbol.dispose](): void {
    new Deno.Command("umount", { args: ["-l", this.folder] }).outputSync();
  }
}

const canMount = await (async () => {
  await using place = await Workplace.open();
  using disk = await SmallDisk.mount(`${place.folder}/small`, "64k");
  return disk !== undefined;
})();
const skipped = canMount ? "" : " (skipped: no disk can be mounted here)";

for (const [room, what] of [[16_000, "soon"], [60_000, "later"], [100_000, "late"]] as const) {
  Deno.test({
    name:
      `a disk that is full ${what} stops the crawl with the file's name, and with room again it is continued${skipped}`,
    ignore: !canMount,
    fn: async () => {
      await using place = await Workplace.open({ latency: 2 });
      using disk = await SmallDisk.mount(place.dataDir, "8m");
      assert.ok(disk !== undefined);
      disk.fill(room);
      const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.1s"];
      const full = await place.run(crawl);
      ends(full, 1);
      isPlain(full);
      assert.match(full.stderr, /Failed "web": Cannot \w+( \w+)* \S*data\/default\/web\/\S+: no space left/i);
      assert.equal((await place.status("web"))[0]?.state, "paused");

      // As long as it is full, it stays as it is.
      const still = await place.run(crawl);
      ends(still, 1);
      isPlain(still);
      assert.match(still.stderr, /no space left/i);

      disk.makeRoom();
      const before = place.pages.length;
      const ended = await place.run(crawl);
      ends(ended, 0);
      assert.ok(place.pages.length > before);
      const kept = place.kept("web");
      const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
      assert.deepEqual(records(kept.output).sort(), wanted);
      assert.ok(!exists(kept.checkpoint));
      assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
    },
  });
}

Deno.test({
  name: `a full disk under the output alone stops the crawl, and with room again it is continued${skipped}`,
  ignore: !canMount,
  fn: async () => {
    await using place = await Workplace.open();
    using disk = await SmallDisk.mount(`${place.folder}/out`, "8m");
    assert.ok(disk !== undefined);
    disk.fill(20_000);
    const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "-o", "out/items.csv"];
    const full = await place.run(crawl);
    ends(full, 1);
    isPlain(full);
    assert.match(full.stderr, /items\.csv\.part: no space left/i);
    disk.makeRoom();
    ends(await place.run(crawl), 0);
    assert.equal(new Set(records(`${place.folder}/out/items.csv`)).size, spec.pages);
  },
});

/** A device that is always full takes no rights to use; only a compiled program may not write to devices. */
const hasFullDevice = exists("/dev/full") && !isCompiled;

Deno.test({
  name: `a file in work that leads to a device is not written to${
    hasFullDevice ? "" : " (skipped: no device that is always full)"
  }`,
  ignore: !hasFullDevice,
  fn: async () => {
    await using place = await Workplace.open();
    Deno.symlinkSync("/dev/full", `${place.folder}/out.jsonl.part`);
    const ended = await place.run(["crawl", "quotes", "--start-url", place.demo.quotes, "-o", "out.jsonl"]);
    ends(ended, 2);
    isPlain(ended);
    assert.match(ended.stderr, /out\.jsonl\.part is there, and nothing says which crawl writes to it/);
    assert.ok(!exists(`${place.folder}/out.jsonl`));
    assert.equal(place.demo.log.length, 0);
  },
});
