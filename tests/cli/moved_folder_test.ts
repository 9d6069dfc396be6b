import assert from "node:assert/strict";
import { allPaths, SmallPlace } from "./in_process.ts";
import { exists, lines } from "./kept.ts";
import { until } from "./trawl.ts";
import { digests } from "./workplace.ts";

const pathsIn = (file: string) => lines(Deno.readTextFileSync(file)).map((line) => JSON.parse(line).path).sort();
const all = [...allPaths].sort();
const lost = /Cannot go on in .*\/data\/default\/small: the folder was removed, moved or replaced while it was crawled/;

/** The crawl is saved only at its pause, or often. */
for (const interval of ["0", "0.02s"]) {
  Deno.test(`a crawl whose folder was removed, saved every ${interval}, ends with 1, and leaves alone what another process makes there`, async () => {
    await using place = new SmallPlace();
    const { folder } = place;
    const [one, two] = [`${folder}/one.jsonl`, `${folder}/two.jsonl`];
    const crawl = ["crawl", "small", "--checkpoint-interval", interval];
    let before = {};
    const first = await place.during([...crawl, "-o", one], async (pause) => {
      Deno.removeSync(`${folder}/data`, { recursive: true });
      const second = await place.run([...crawl, "-o", two], { pausing: true });
      assert.equal(second.code, 4, second.text);
      before = digests(folder);
      pause();
    });
    assert.equal(first.code, 1, first.text);
    assert.match(first.text, lost);
    const after = digests(folder);
    for (const [path, digest] of Object.entries(before)) {
      if (!path.startsWith("/one.")) assert.equal(after[path], digest, path);
    }
    assert.ok(!exists(one));
    assert.equal((await place.run(["checkpoint", "verify", "small"])).code, 0);
    assert.equal((await place.run(crawl)).code, 0);
    assert.deepEqual(pathsIn(two), all);
  });
}

Deno.test("a crawl whose folder was removed makes nothing anew, and publishes nothing", async () => {
  await using place = new SmallPlace();
  const { folder, out } = place;
  const { code, text } = await place.during(["crawl", "small", "-o", out], () => {
    Deno.removeSync(`${folder}/data`, { recursive: true });
    return Promise.resolve();
  });
  assert.equal(code, 1);
  assert.match(text, lost);
  assert.ok(!exists(`${folder}/data`) && !exists(out));
});

Deno.test("a crawl whose lock alone was removed ends with 1: another process could be let in", async () => {
  await using place = new SmallPlace();
  const { folder } = place;
  const { code, text } = await place.during(["crawl", "small"], () => {
    Deno.removeSync(`${folder}/data/default/small/lock`);
    return Promise.resolve();
  });
  assert.equal(code, 1);
  assert.match(text, lost);
  assert.equal((await place.run(["crawl", "small"])).code, 0);
});

Deno.test("a crawl whose folder was moved ends with 1, and is continued where the folder is now", async () => {
  await using place = new SmallPlace();
  const { folder, out } = place;
  const crawl = ["crawl", "small", "-o", out];
  const { code, text } = await place.during(crawl, async () => {
    // The first checkpoint is there as soon as it is safe.
    await until("a checkpoint", () => exists(`${folder}/data/default/small/checkpoint/checkpoint.msgpack`));
    Deno.renameSync(`${folder}/data`, `${folder}/moved`);
  });
  assert.equal(code, 1);
  assert.match(text, lost);
  assert.ok(!exists(`${folder}/data`));
  const next = await place.run([...crawl, "--data-dir", `${folder}/moved`]);
  assert.equal(next.code, 0, next.text);
  assert.deepEqual(pathsIn(out), all);
});
