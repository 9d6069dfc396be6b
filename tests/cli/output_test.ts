import assert from "node:assert/strict";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { parseLines } from "../engine/parts.ts";
import { allPaths, SmallPlace as Place, SmallSite } from "./in_process.ts";
import { exists, lines } from "./kept.ts";
import { digests } from "./workplace.ts";

const first = ["crawl", "small", "--project", "first"];
const second = ["crawl", "small", "--project", "second"];
const sorted = [...allPaths].sort();
const pathsIn = (file: string) => lines(Deno.readTextFileSync(file)).map((line) => JSON.parse(line).path).sort();

/** Other names of one output, made beside it. */
const spellings: readonly (readonly [what: string, spell: (place: Place) => string])[] = [
  ["the same path", ({ out }) => out],
  ["a path with ..", ({ folder }) => `${folder}/data/../out.jsonl`],
  ["a link to the file that is not there yet", ({ folder, out }) => {
    Deno.symlinkSync(out, `${folder}/link.jsonl`);
    return `${folder}/link.jsonl`;
  }],
  ["a relative link to a link", ({ folder }) => {
    Deno.symlinkSync("out.jsonl", `${folder}/near.jsonl`);
    Deno.symlinkSync("near.jsonl", `${folder}/far.jsonl`);
    return `${folder}/far.jsonl`;
  }],
  ["a linked folder", ({ folder }) => {
    Deno.symlinkSync(folder, `${folder}/again`);
    return `${folder}/again/out.jsonl`;
  }],
  ["a hard link to the file in work", ({ folder, out }) => {
    Deno.linkSync(`${out}.part`, `${folder}/hard.jsonl.part`);
    return `${folder}/hard.jsonl`;
  }],
  ["a link to the file in work", ({ folder, out }) => {
    Deno.symlinkSync(`${out}.part`, `${folder}/soft.jsonl.part`);
    return `${folder}/soft.jsonl`;
  }],
];

for (const [what, spell] of spellings) {
  Deno.test(`an output in work belongs to its crawl, running or paused, also by ${what}`, async () => {
    await using place = new Place();
    const { folder, out } = place;
    const refuses = async (output: string, state: RegExp) => {
      for (const more of [[], ["--data-dir", `${folder}/other`], ["--fresh"], ["--limit", "3"]]) {
        const { code, text } = await place.run([...second, "-o", output, ...more]);
        assert.equal(code, 2, text);
        assert.match(text, state);
        assert.ok(text.includes(`the spider "small" of the project "first" in the data folder ${folder}/data`), text);
        assert.ok(text.includes(`trawl crawl small --project first --data-dir ${folder}/data`), text);
        assert.ok(text.includes(`trawl checkpoint clear small --project first --data-dir ${folder}/data`), text);
      }
    };
    let output = "";
    const paused = await place.during([...first, "-o", out], async (pause) => {
      output = spell(place);
      await refuses(output, new RegExp(`is running \\(${Deno.pid}\\)`));
      pause();
    });
    assert.equal(paused.code, 4, paused.text);
    const before = digests(`${folder}/data/first`);
    const part = Deno.readTextFileSync(`${out}.part`);
    await refuses(output, /is paused/);
    assert.deepEqual(digests(`${folder}/data/first`), before);
    assert.equal(Deno.readTextFileSync(`${out}.part`), part);

    assert.equal((await place.run(first)).code, 0);
    assert.deepEqual(pathsIn(out), sorted);
    assert.ok(!exists(`${out}.part`) && !exists(`${out}.part.owner`));
  });
}

Deno.test("a hard link to an older output of that name is refused, too", async () => {
  await using place = new Place();
  const { folder, out } = place;
  Deno.writeTextFileSync(out, "older\n");
  Deno.linkSync(out, `${folder}/hard.jsonl`);
  const ended = await place.during([...first, "-o", out], async () => {
    assert.equal((await place.run([...second, "-o", `${folder}/hard.jsonl`])).code, 2);
  });
  assert.equal(ended.code, 0);
  assert.deepEqual(pathsIn(out), sorted);
  assert.equal(Deno.readTextFileSync(`${folder}/hard.jsonl`), "older\n");
});

Deno.test("an output in work of a crawl that was killed is refused, and discarding that crawl frees it", async () => {
  await using site = new SmallSite();
  const running = new FaultyDisk();
  running.makeFolder("/home/me");
  let disk = running;
  site.onRequest = (path) => {
    if (path === "/3") disk = running.kill();
  };
  await site.run(running, [...first, "-o", "/home/me/out.jsonl"]).catch(() => {});
  site.onRequest = () => {};
  const refused = await site.run(disk, [...second, "-o", "/home/me/out.jsonl"]);
  assert.equal(refused.code, 2, refused.text);
  assert.match(refused.text, /the project "first" in the data folder \/data, which is paused/);
  assert.equal((await site.run(disk, ["checkpoint", "clear", "small", "--project", "first"])).code, 0);
  assert.equal((await site.run(disk, [...second, "-o", "/home/me/out.jsonl"])).code, 0);
});

Deno.test("a kill at any change of the disk, up to the last of publishing, leaves the output to its crawl, or to nobody", async () => {
  await using site = new SmallSite();
  const out = "/home/me/out.jsonl";
  let refusals = 0;
  for (let count = 0, undisturbed = false; !undisturbed; count++) {
    let disk = new FaultyDisk();
    disk.makeFolder("/home/me");
    disk.stopAfter(count);
    undisturbed = await site.run(disk, [...first, "-o", out]).then(({ code }) => code === 0, () => false);
    disk = disk.kill();
    const other = await site.run(disk, [...second, "-o", out]);
    assert.ok(other.code === 0 || other.code === 2, `after ${count} changes: ${other.text}`);
    const paths = () => parseLines(disk.text(out)).map(({ path }) => path).sort();
    if (other.code === 0) {
      assert.deepEqual(paths(), sorted);
      continue;
    }
    refusals++;
    const again = await site.run(disk, [...first, "-o", out]);
    assert.equal(again.code, 0, `after ${count} changes: ${again.text}`);
    assert.deepEqual(paths(), sorted, `after ${count} changes`);
  }
  assert.ok(refusals > 10, `${refusals} refusals`);
});

Deno.test("discarding a crawl leaves alone what is another's by now under the same name", async () => {
  for (const way of [["checkpoint", "clear", "small", "--project", "first"], [...first, "--fresh"]]) {
    await using place = new Place();
    const { folder, out } = place;
    assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
    // As somebody does who wants to free the file, and forgets the crawl.
    Deno.removeSync(`${out}.part`);
    Deno.removeSync(`${out}.part.owner`);
    const { code } = await place.during([...second, "-o", out], async () => {
      const discarded = await place.run(way);
      assert.equal(discarded.code, 0, discarded.text);
      assert.ok(discarded.text.includes(`${out}.part is another crawl's now, and stays`), discarded.text);
    });
    assert.equal(code, 0);
    assert.deepEqual(pathsIn(out), sorted);
    assert.ok(!exists(`${folder}/out.jsonl.part.damaged-1`));
  }
});

Deno.test("an output whose crawl is gone with its data folder is refused, with the way to free it", async () => {
  await using place = new Place();
  const { folder, out } = place;
  assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
  Deno.removeSync(`${folder}/data`, { recursive: true });
  const refused = await place.run([...second, "-o", out]);
  assert.equal(refused.code, 2);
  assert.match(refused.text, /the project "first" in the data folder .*, where no such crawl is left/);
  assert.ok(
    refused.text.includes(`To free the file, move ${out}.part away and remove ${out}.part.owner`),
    refused.text,
  );
  Deno.renameSync(`${out}.part`, `${folder}/old`);
  Deno.removeSync(`${out}.part.owner`);
  assert.equal((await place.run([...second, "-o", out])).code, 0);

  // The same spider in the same place has nobody to ask, and keeps what there is.
  assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
  const text = Deno.readTextFileSync(`${out}.part`);
  Deno.removeSync(`${folder}/data`, { recursive: true });
  const again = await place.run([...first, "-o", out]);
  assert.equal(again.code, 0, again.text);
  assert.ok(again.text.includes(`is kept in ${out}.part.damaged-1`), again.text);
  assert.equal(Deno.readTextFileSync(`${out}.part.damaged-1`), text);
});

Deno.test("a file in work of which nobody says whose it is stays as it is", async () => {
  await using place = new Place();
  Deno.writeTextFileSync(`${place.out}.part`, "mine");
  for (const more of [[], ["--limit", "3"]]) {
    const { code, text } = await place.run([...first, "-o", place.out, ...more]);
    assert.equal(code, 2);
    assert.match(text, /out\.jsonl\.part is there, and nothing says which crawl writes to it/);
  }
  assert.equal(Deno.readTextFileSync(`${place.out}.part`), "mine");
});

Deno.test("a data folder that was moved keeps its output elsewhere, and a copy of it does not take that", async () => {
  await using place = new Place();
  const { folder, out } = place;
  assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
  const copied = new Deno.Command("cp", { args: ["-r", `${folder}/data`, `${folder}/copy`] }).outputSync();
  assert.ok(copied.success);
  const copy = await place.run([...first, "--data-dir", `${folder}/copy`]);
  assert.equal(copy.code, 2, copy.text);
  Deno.renameSync(`${folder}/data`, `${folder}/moved`);
  const moved = await place.run([...first, "--data-dir", `${folder}/moved`]);
  assert.equal(moved.code, 0, moved.text);
  assert.deepEqual(pathsIn(out), sorted);
});

Deno.test("a test run replaces no file, so that failed pages can still be retried", async () => {
  await using place = new Place();
  const { folder, out } = place;
  for (const output of [["-o", out], []]) {
    assert.equal((await place.run([...first, ...output])).code, 0);
    const crawls = `${folder}/data/first/small/crawls`;
    const published = output[1] ?? Array.from(Deno.readDirSync(crawls), ({ name }) => `${crawls}/${name}`)
      .find((path) => /Z\.jsonl$/.test(path))!;
    const before = digests(folder);
    for (const project of ["first", "second"]) {
      const asked = place.site.asked.length;
      const { code, text } = await place.run(["crawl", "small", "--project", project, "--limit", "3", "-o", published]);
      assert.equal(code, 2, text);
      assert.match(text, output.length > 0 ? /a test run replaces none/ : /trawl keeps a crawl's own files there/);
      assert.equal(place.site.asked.length, asked);
    }
    const { code } = await place.run([...first, "--limit", "3", "-o", `${folder}/data/first/small/crawls/new.jsonl`]);
    assert.equal(code, 2);
    assert.deepEqual(digests(folder), before);
    const retried = await place.run([...first, "--retry-failed"]);
    assert.equal(retried.code, 0, retried.text);
    assert.deepEqual(pathsIn(published), sorted);
  }
});

Deno.test("what a test run has left that was stopped is in nobody's way", async () => {
  await using place = new Place();
  const { out } = place;
  const stopped = await place.run([...first, "--limit", "100", "-o", out], { pausing: true });
  assert.equal(stopped.code, 4, stopped.text);
  assert.ok(exists(`${out}.part`));
  assert.equal((await place.run([...second, "--limit", "3", "-o", out])).code, 0);
  assert.equal(lines(Deno.readTextFileSync(out)).length, 3);
  assert.ok(!exists(`${out}.part`) && !exists(`${out}.part.owner`));
});

Deno.test("-o at a link leaves the link, and the items are where it leads", async () => {
  await using place = new Place();
  const { folder, out } = place;
  Deno.mkdirSync(`${folder}/store`);
  Deno.symlinkSync("store/items.jsonl", out);
  assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
  assert.equal((await place.run([...first, "-o", out])).code, 0);
  assert.ok(Deno.lstatSync(out).isSymlink);
  assert.deepEqual(pathsIn(`${folder}/store/items.jsonl`), sorted);
});

Deno.test("-o at a folder, a pipe or a device is refused before anything is asked for, by crawl and by fetch", async () => {
  await using place = new Place();
  const { folder } = place;
  Deno.mkdirSync(`${folder}/folder.jsonl`);
  assert.ok(new Deno.Command("mkfifo", { args: [`${folder}/pipe.jsonl`] }).outputSync().success);
  Deno.symlinkSync("/dev/null", `${folder}/null.jsonl`);
  const cases = [["folder", /it is a folder/], ["pipe", /a pipe or a device/], ["null", /a pipe or a device/]] as const;
  for (const [name, said] of cases) {
    const output = `${folder}/${name}.jsonl`;
    for (const command of [first, [...first, "--limit", "2"], ["fetch", place.site.url]]) {
      const { code, text } = await place.run([...command, "-o", output]);
      assert.equal(code, 2, text);
      assert.match(text, said);
    }
  }
  assert.equal((await place.run(["fetch", place.site.url, "-o", "/dev/null"])).code, 2);
  assert.ok(Deno.statSync("/dev/null").isCharDevice);
  assert.deepEqual(place.site.asked, []);
});

Deno.test("fetch -o touches neither an output in work nor what trawl keeps, and may replace a file", async () => {
  await using place = new Place();
  const { folder, out, site } = place;
  const { code } = await place.during([...first, "-o", out], async () => {
    const names = [out, `${out}.part`, `${out}.part.owner`, `${folder}/data/first/small/checkpoint/checkpoint.msgpack`];
    for (const name of [...names, `${folder}/data/first/small/lock`]) {
      const { code, text } = await place.run(["fetch", site.url, "-o", name]);
      assert.equal(code, 2, text);
    }
  });
  assert.equal(code, 0);
  assert.deepEqual(pathsIn(out), sorted);
  Deno.writeTextFileSync(`${folder}/page.html`, "older");
  assert.equal((await place.run(["fetch", site.url, "-s", "robots=false", "-o", `${folder}/page.html`])).code, 0);
  assert.match(Deno.readTextFileSync(`${folder}/page.html`), /<a href/);
});

Deno.test("--log-file at an output, under any name, or at what trawl keeps is refused", async () => {
  await using place = new Place();
  const { folder, out } = place;
  Deno.symlinkSync(out, `${folder}/link`);
  for (const name of [out, `${out}.part`, `${folder}/link`, `${folder}/data/../out.jsonl`]) {
    const { code, text } = await place.run([...first, "-o", out, "--log-file", name]);
    assert.equal(code, 2, text);
    assert.match(text, /--log-file .*: the items are written there; name another file/);
  }
  Deno.removeSync(`${folder}/link`);
  assert.equal((await place.run([...first, "-o", out], { pausing: true })).code, 4);
  const kept = `${folder}/data/first/small`;
  const before = digests(folder);
  for (const name of [`${out}.part`, out, `${kept}/lock`, `${kept}/checkpoint/checkpoint.msgpack`]) {
    const { code, text } = await place.run([...first, "--log-file", name]);
    assert.equal(code, 2, text);
  }
  assert.deepEqual(digests(folder), before);
  assert.equal((await place.run([...first, "--log-file", `${folder}/log`])).code, 0);
});

Deno.test("an output among another crawl's own files is refused", async () => {
  await using place = new Place();
  const { folder } = place;
  assert.equal((await place.run(first, { pausing: true })).code, 4);
  const before = digests(`${folder}/data/first`);
  for (const name of ["checkpoint/items.jsonl", "crawls/items.jsonl", "retry/items.csv"]) {
    const { code, text } = await place.run([...second, "-o", `${folder}/data/first/small/${name}`]);
    assert.equal(code, 2, text);
    assert.match(text, /trawl keeps a crawl's own files there/);
  }
  assert.deepEqual(digests(`${folder}/data/first`), before);
});

Deno.test("an output in the data folder of another spider is left alone by that one's first crawl", async () => {
  await using place = new Place();
  const output = `${place.folder}/data/default/small/crawls/guest.jsonl`;
  const guest = await place.run([...second, "-o", output], { pausing: true });
  assert.equal(guest.code, 4, guest.text);
  const before = Deno.readTextFileSync(`${output}.part`);
  const host = await place.run(["crawl", "small"]);
  assert.equal(host.code, 0, host.text);
  assert.equal(Deno.readTextFileSync(`${output}.part`), before);
  const next = await place.run(second);
  assert.equal(next.code, 0, next.text);
  assert.deepEqual(pathsIn(output), sorted);
});
