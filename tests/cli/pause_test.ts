import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { exists, records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

const spec = { seed: 7, pages: 120 };

/** A web of 120 pages whose pages take a while, and what its crawl must bring. */
async function open(latency: number | readonly [number, number]) {
  const place = await Workplace.open({ latency });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec)];
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  return { place, crawl, wanted, kept: place.kept("web") };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} lets the pages in flight finish and exits with ${code}; the same command finishes the crawl`, async () => {
    const { place, crawl, wanted, kept } = await open(60);
    await using _place = place;
    const paused = await place.pause(crawl, { signal });
    ends(paused, code);
    assert.match(paused.stderr, new RegExp(`Paused "web" \\(${signal}\\)`));
    assert.match(paused.stderr, /To continue: trawl crawl /);
    assert.deepEqual(place.pages.filter(({ status }) => status !== 200), [], "every request was answered");
    assert.ok(exists(kept.current), "there is a checkpoint");
    const { mode } = await Deno.stat(kept.checkpoint);
    assert.equal((mode ?? 0) & 0o777, 0o700, "it holds cookies, so that nobody else may look into it");
    const [look] = await place.status("web");
    assert.equal(look?.state, "paused");
    const before = place.pages.length;
    assert.equal(kept.saved.crawl.counters.pages, before, "every page in flight was committed");

    const finished = await place.run(crawl);
    ends(finished, 0);
    assert.match(finished.stderr, /Continuing "web"/);
    assert.deepEqual(records(kept.output).sort(), wanted);
    assert.deepEqual(
      [...askedFor(place.pages).values()].filter((times) => times !== 1),
      [],
      "no page was fetched twice",
    );
    assert.equal(place.pages.length, spec.pages);
    assert.ok(!exists(kept.checkpoint));
    assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
    assert.equal((await place.status("web"))[0]?.state, "finished");
  });
}

Deno.test("a second Ctrl+C ends a crawl whose pages hang, and nothing is lost", async () => {
  const { place, crawl, wanted, kept } = await open(0);
  await using _place = place;
  await using trawl = place.start([...crawl, "-s", "concurrency=4"], {
    onStderr: (line, trawl) => {
      if (line.includes("once more to stop at once")) trawl.kill("SIGINT");
    },
  });
  await trawl.until("20 pages", () => place.pages.filter(({ status }) => status === 200).length >= 20);
  place.demo.faults = { latency: 3_600_000 };
  const answered = () => place.pages.filter(({ status }) => status === 200).length;
  await trawl.until("hanging pages", () => place.pages.length >= answered() + 4);
  const hanging = place.pages.length - answered();
  trawl.kill("SIGINT");
  ends(await trawl.ended, 130);
  assert.equal(place.pages.length - answered(), hanging, "they still hang");
  assert.ok(exists(kept.current));

  place.demo.faults = {};
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.equal([...askedFor(place.pages).values()].filter((times) => times > 1).length, hanging);
});

Deno.test("a second Ctrl+C ends a crawl whose callbacks hang", async () => {
  await using place = await Workplace.open();
  const hangs = place.write(
    "hangs.ts",
    `export default { name: "hangs", async *parse() { await new Promise((resolve) => setTimeout(resolve, 3_600_000)); } };`,
  );
  const crawl = ["crawl", hangs, "--start-url", place.demo.quotes];
  await using trawl = place.start(crawl, {
    onStderr: (line, trawl) => {
      if (line.includes("once more to stop at once")) trawl.kill("SIGINT");
    },
  });
  await trawl.until("the page", () => place.pages.some(({ status }) => status === 200));
  trawl.kill("SIGINT");
  ends(await trawl.ended, 130);
  assert.equal(place.kept("hangs").saved.crawl.pending, 1, "the page stays pending");
});

Deno.test("a second Ctrl+C ends a crawl whose onStart hangs", async () => {
  await using place = await Workplace.open();
  const hangs = place.write(
    "hangs.ts",
    `export default {
      name: "hangs",
      onStart() { console.error("onStart hangs"); return new Promise((resolve) => setTimeout(resolve, 3_600_000)); },
      *parse() {},
    };`,
  );
  await using trawl = place.start(["crawl", hangs, "--start-url", place.demo.quotes], {
    onStderr: (line, trawl) => {
      if (line.includes("once more to stop at once")) trawl.kill("SIGINT");
    },
  });
  await trawl.says("onStart hangs");
  trawl.kill("SIGINT");
  ends(await trawl.ended, 130);
});

Deno.test("Ctrl+C on the very last page finishes the crawl", async () => {
  await using place = await Workplace.open({ latency: 400 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 1, pages: 1 })];
  await using trawl = place.start(crawl);
  await trawl.until("the page in flight", () => place.pages.length === 1);
  trawl.kill("SIGINT");
  const ended = await trawl.ended;
  ends(ended, 0);
  assert.match(ended.stderr, /Finished "web"/);
  const kept = place.kept("web");
  assert.equal(records(kept.output).length, 1);
  assert.ok(!exists(kept.checkpoint));
  assert.equal(kept.summary.outcome, "finished");
});

Deno.test("twenty rounds of pause, resume, kill and resume bring the crawl to its end", async () => {
  const { place, crawl, wanted, kept } = await open([5, 25]);
  await using _place = place;
  const slow = [...crawl, "-s", "concurrency=2", "--checkpoint-interval", "0.1s"];
  let finished = false;
  for (let round = 0; round < 20 && !finished; round++) {
    const before = place.pages.length;
    await using trawl = place.start(slow);
    await trawl.until("5 further requests", () => place.pages.length >= before + 5 || trawl.isOver);
    trawl.kill(round % 2 === 0 ? "SIGINT" : "SIGKILL");
    const { code } = await trawl.ended;
    finished = code === 0;
    if (!finished) assert.equal((await place.status("web"))[0]?.state, "paused");
  }
  if (!finished) ends(await place.run(slow), 0);
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.equal(askedFor(place.pages).get("web /web/7/120/p/0?"), 1, "the start URL was fetched once");
});

Deno.test("--timeout pauses with exit code 4, and time slices bring the crawl to its end", async () => {
  const { place, crawl, wanted, kept } = await open(40);
  await using _place = place;
  const slice = [...crawl, "--timeout", "800ms", "-s", "concurrency=3"];
  const first = await place.run(slice);
  ends(first, 4);
  assert.match(first.stderr, /Paused "web" \(timeout\)/);
  assert.equal(kept.summary.outcome, "paused");
  let slices = 1;
  for (let code = 4; code === 4; slices++) {
    const before = place.pages.length;
    ({ code } = await place.run(slice));
    assert.ok(code === 0 || code === 4, `exit code ${code}`);
    assert.ok(place.pages.length > before, "a slice gets on");
  }
  assert.ok(slices >= 3, `${slices} slices`);
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.equal(place.pages.length, spec.pages);
});
