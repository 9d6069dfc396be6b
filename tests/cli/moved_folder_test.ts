import assert from "node:assert/strict";
import { allPaths, SmallPlace } from "./in_process.ts";
import { exists, lines } from "./kept.ts";
import { until } from "./trawl.ts";
import { digests } from "./workplace.ts";

const pathsIn = (file: string) => lines(Deno.readTextFileSync(file)).map((line) => JSON.parse(line).path).sort();
const all = [...allPaths].sort();
const lost = /Cannot go on in .*\/data\/default\/small: the folder was removed, moved or replaced while it was crawled/;

/** Removes a folder in which a crawl is working: a file that it makes meanwhile would keep the folder there. */
function removeAtOnce(folder: string): void {
  Deno.renameSync(folder, `${folder}.gone`);
  Deno.removeSync(`${folder}.gone`, { recursive: true });
}

/** The crawl is saved only at its pause, or often. */
for (const interval of ["0", "0.02s"]) {
  Deno.test(`a crawl whose folder was removed, saved every ${interval}, ends with 1, and leaves alone what another process makes there`, async () => {
    await using place = new SmallPlace();
    const { folder } = place;
    const [one, two] = [`${folder}/one.jsonl`, `${folder}/two.jsonl`];
    const crawl = ["crawl", "small", "--checkpoint-interval", interval];
    let before = {};
    const first = await place.during([...crawl, "-o", one], async (pause) => {
      removeAtOnce(`${folder}/data`);
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
    removeAtOnce(`${folder}/data`);
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

/** The folders of a crawl's two outputs, and what is done to one of them. */
const outputs = {
  "items, removed": ["out", removeAtOnce, "one.jsonl.part"],
  "items, moved": ["out", (folder: string) => Deno.renameSync(folder, `${folder}.moved`), "one.jsonl.part"],
  "failures, removed": ["data/default/small/crawls", removeAtOnce, ".*failed.jsonl.part"],
} as const;

for (const [what, [name, take, file]] of Object.entries(outputs)) {
  Deno.test(`a crawl ends with 1 at its next save when the folder is gone of its ${what}`, async () => {
    await using place = new SmallPlace();
    const { site, folder } = place;
    Deno.mkdirSync(`${folder}/out`);
    const [reached, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    site.onRequest = (path) => {
      if (path !== "/3") return;
      reached.resolve();
      return free.promise;
    };
    const crawl = ["crawl", "small", "--checkpoint-interval", "0.02s", "-o", `${folder}/out/one.jsonl`];
    const running = place.run(crawl);
    await reached.promise;
    await until("a checkpoint", () => exists(`${folder}/data/default/small/checkpoint/checkpoint.msgpack`));
    take(`${folder}/${name}`);
    let hasEnded = false;
    void running.then(() => hasEnded = true);
    try {
      // The page is not answered before.
      await until("the end of the crawl", () => hasEnded);
    } finally {
      free.resolve();
    }
    const { code, text } = await running;
    assert.equal(code, 1, text);
    assert.match(text, new RegExp(`Cannot go on with .*/${name}/${file}: the file, or its folder, was removed, moved`));
    assert.ok(!exists(`${folder}/${name}`));
    if (take === removeAtOnce) return;
    site.onRequest = () => {};
    Deno.renameSync(`${folder}/${name}.moved`, `${folder}/${name}`);
    const next = await place.run(crawl);
    assert.equal(next.code, 0, next.text);
    assert.deepEqual(pathsIn(`${folder}/out/one.jsonl`), all);
  });
}
