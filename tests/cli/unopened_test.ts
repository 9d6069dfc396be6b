import assert from "node:assert/strict";
import { FaultyDisk, type Operation, type Reason } from "../disk/faulty_disk.ts";
import { parseLines } from "../engine/parts.ts";
import { allPaths, filesIn, SmallSite } from "./in_process.ts";

const out = "/home/me/out.jsonl";
const crawl = ["crawl", "small", "-o", out];

/** What cannot be opened just now. */
const cases: readonly (readonly [what: string, isIt: (operation: Operation) => boolean])[] = [
  ["the output", ({ name, path }) => name === "append" && path === `${out}.part`],
  ["the output, to look at its end", ({ name, path }) => name === "open" && path === `${out}.part`],
  ["the failures' file", ({ name, path }) => name === "append" && path.endsWith(".failed.jsonl.part")],
  ["a log", ({ name, path }) => name === "open" && path.includes("/queue-")],
  ["the document", ({ name, path }) => name === "read" && path.endsWith("/checkpoint.msgpack")],
];
const reasons: readonly Reason[] = ["ENOSPC", "EACCES", "EMFILE", "EIO"];

for (const [what, isIt] of cases) {
  Deno.test(`${what} that cannot be opened just now is not taken for damaged: nothing is changed, and the next run goes on`, async () => {
    await using site = new SmallSite();
    const base = new FaultyDisk();
    base.makeFolder("/home/me");
    assert.equal((await site.run(base, crawl, { pausing: true })).code, 4);
    for (const reason of reasons) {
      const disk = base.copy();
      const files = () =>
        filesIn(disk).filter((path) => !path.endsWith("/lock")).map((path) => [path, disk.text(path)]);
      const before = files();
      disk.failWhen((operation) => isIt(operation) ? reason : undefined);
      const refused = await site.run(disk, crawl);
      assert.equal(refused.code, 1, refused.text);
      assert.match(
        refused.text,
        /Cannot resume "small": Cannot (open|read) .*The same command goes on when that is mended/,
      );
      assert.doesNotMatch(refused.text, /--fresh|generation before it; the damaged/);
      disk.failWhen(() => undefined);
      assert.deepEqual(files(), before, reason);
      site.asked.length = 0;
      const done = await site.run(disk, crawl);
      assert.equal(done.code, 0, done.text);
      assert.deepEqual(site.asked, ["/4", "/5"], "what was known is not fetched again");
      assert.deepEqual(parseLines(disk.text(out)).map(({ path }) => path).sort(), [...allPaths].sort());
    }
  });
}
