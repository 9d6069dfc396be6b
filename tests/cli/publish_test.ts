import assert from "node:assert/strict";
import { quotes } from "../../scripts/demo/mod.ts";
import { exists, records } from "./kept.ts";
import { type Ended, ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const wanted = quotes.map(({ text, author, tags }) => JSON.stringify({ text, author: author.name, tags })).sort();

/** A crawl that is finished but for the last step: a folder has taken the name that its output should get. */
async function unpublished(name: string) {
  const place = await Workplace.open({ latency: 200 });
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, "-o", name];
  await using trawl = place.start(crawl);
  await trawl.until("the first request", () => place.pages.length > 0);
  place.write(`${name}/in/the/way`, "");
  place.demo.faults = {};
  const stuck: Ended = await trawl.ended;
  return { place, crawl, stuck, output: `${place.folder}/${name}`, kept: place.kept("quotes") };
}

for (const name of ["out.jsonl", "out.json", "out.csv"]) {
  Deno.test(`${name} that cannot get its name is kept, and the next run puts it in place without asking for a page`, async () => {
    const { place, crawl, stuck, output, kept } = await unpublished(name);
    await using _place = place;
    ends(stuck, 1);
    isPlain(stuck);
    assert.ok(stuck.stderr.includes(name), stuck.stderr);
    assert.ok(kept.isPaused);
    assert.equal(kept.saved.crawl.phase, "finished");
    const [look] = await place.status("quotes");
    assert.equal(look?.state, "paused");
    assert.match(look?.detail ?? "", /the next run puts its files in place/);
    ends(await place.run(["checkpoint", "verify", "quotes"]), 0);

    Deno.removeSync(output, { recursive: true });
    const before = place.demo.log.length;
    const done = await place.run(crawl);
    ends(done, 0);
    assert.equal(place.demo.log.length, before, "nothing was asked for");
    assert.equal(new Set(records(output)).size, 100);
    assert.ok(!exists(`${output}.part`) && !exists(kept.checkpoint));
    assert.deepEqual([kept.summary.outcome, kept.summary.counters.items], ["finished", 100]);
    assert.equal((await place.status("quotes"))[0]?.state, "finished");
  });
}

for (const flags of [["--fresh"], ["--proxy-type", "none"]]) {
  Deno.test(`a finished crawl whose output is not in place yet does not lose it to ${flags.join(" ")}`, async () => {
    const { place, crawl, stuck, output } = await unpublished("out.jsonl");
    await using _place = place;
    ends(stuck, 1);
    Deno.removeSync(output, { recursive: true });
    ends(await place.run([...crawl.slice(0, -2), "-o", "other.jsonl", ...flags]), 0);
    assert.deepEqual(records(output).sort(), wanted);
  });
}

Deno.test("checkpoint clear does not throw away the items of a crawl that has finished", async () => {
  const { place, stuck, output } = await unpublished("out.jsonl");
  await using _place = place;
  ends(stuck, 1);
  Deno.removeSync(output, { recursive: true });
  ends(await place.run(["checkpoint", "clear", "quotes"]), 0);
  const kept = [output, `${output}.part`].filter((path) => exists(path));
  assert.equal(kept.length, 1);
  assert.deepEqual(records(kept[0]!).sort(), wanted);
});

Deno.test("a crawl never goes on into a file that another crawl has written over", async () => {
  await using place = await Workplace.open({ latency: 5 });
  const crawl = (spec: { seed: number; pages: number }, project: string) => [
    ...["crawl", "site", "--start-url", place.demo.webUrl(spec), "--project", project, "-o", "out.jsonl"],
    ...["-s", "concurrency=2"],
  ];
  const [first, second] = [crawl({ seed: 91, pages: 300 }, "first"), crawl({ seed: 92, pages: 300 }, "second")];
  ends(await place.pause(first, { requests: 20 }), 130);
  // The second crawl may be refused; where it is not, its items must not end up among the first's.
  const begun = await place.pause(second, { requests: 60 }).catch(() => undefined);
  if (begun !== undefined && begun.code !== 130) return;
  const ended = await place.run(first);
  if (ended.code !== 0) return isPlain(ended);
  const text = Deno.readTextFileSync(`${place.folder}/out.jsonl`);
  assert.ok(!text.includes("/web/92/300/"), "the first crawl's output holds items of the second");
  assert.equal(records(`${place.folder}/out.jsonl`).length, 300);
});

Deno.test("a data folder that was moved is continued where it is now", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 93, pages: 100 })];
  ends(await place.pause(crawl), 130);
  Deno.renameSync(place.dataDir, `${place.folder}/moved`);
  ends(await place.run([...crawl, "--data-dir", "moved"]), 0);
  assert.ok(!exists(place.dataDir), "the old place is made anew");
  assert.equal(place.pages.length, 100, "no page was fetched twice");
});
