import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { records } from "./kept.ts";
import { ends, isPlain, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spec = { seed: 31, pages: 60 };

async function open() {
  const place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec)];
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  return { place, crawl, wanted };
}

Deno.test("a second process on the same spider ends with 3 and names the first, which goes on", async () => {
  const { place, crawl, wanted } = await open();
  await using _place = place;
  place.demo.faults = { latency: 3_600_000 };
  await using first = place.start(crawl);
  await first.until("the first request", () => place.pages.length === 1);
  for (const args of [crawl, [...crawl, "--fresh"], ["checkpoint", "clear", "web"]]) {
    const second = await place.run(args);
    ends(second, 3);
    isPlain(second);
    assert.match(second.stderr, new RegExp(`Another process \\(${first.pid}\\) is crawling this spider`));
  }
  assert.equal(place.pages.length, 1, "the others asked for nothing");
  const [look] = await place.status("web");
  assert.deepEqual([look?.state, look?.detail], ["running", `process ${first.pid}`]);
  first.kill("SIGINT");
  await first.says("once more");
  first.kill("SIGINT");
  ends(await first.ended, 130);
  place.demo.faults = {};
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(place.kept("web").output).sort(), wanted);
});

Deno.test("the lock of a process that was killed is taken over", async () => {
  const { place, crawl, wanted } = await open();
  await using _place = place;
  await place.pause(crawl, { signal: "SIGKILL", requests: 20 });
  assert.equal((await place.status("web"))[0]?.state, "paused");
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(place.kept("web").output).sort(), wanted);
});

Deno.test("two processes that start at once: one crawls, the other ends with 3", async () => {
  const { place, wanted } = await open();
  await using _place = place;
  const crawl = ["crawl", place.write("gated.ts", gated(place)), "--start-url", place.demo.webUrl(spec)];
  await using first = place.start(crawl);
  await using second = place.start(crawl);
  ends(await Promise.race([first.ended, second.ended]), 3);
  place.write("gate", "open");
  const codes = [await first.ended, await second.ended].map(({ code }) => code);
  assert.deepEqual(codes.sort(), [0, 3]);
  assert.deepEqual(records(place.kept("web").output).sort(), wanted);
  assert.equal(place.pages.length, spec.pages);
});

Deno.test("--project keeps crawls of one spider apart, also while both run", async () => {
  const { place, wanted } = await open();
  await using _place = place;
  const crawl = ["crawl", place.write("gated.ts", gated(place)), "--start-url", place.demo.webUrl(spec)];
  await using first = place.start([...crawl, "--project", "first"]);
  await first.until("a request", () => place.pages.length === 1);
  await using second = place.start([...crawl, "--project", "second"]);
  await second.until("another request", () => place.pages.length === 2);
  const looks = await place.status("web");
  assert.deepEqual(looks.map(({ project, state }) => [project, state]), [["first", "running"], ["second", "running"]]);
  place.write("gate", "open");
  ends(await first.ended, 0);
  ends(await second.ended, 0);
  for (const project of ["first", "second"]) {
    assert.deepEqual(records(place.kept("web", project).output).sort(), wanted);
  }
  assert.equal(place.pages.length, 2 * spec.pages);
});

Deno.test("each process that goes on after a kill has the lock to itself", async () => {
  const { place, wanted } = await open();
  await using _place = place;
  const crawl = ["crawl", place.write("gated.ts", gated(place)), "--start-url", place.demo.webUrl(spec)];
  for (let time = 1; time <= 2; time++) {
    await using trawl = place.start(crawl);
    await trawl.until("a request", () => place.pages.length === time);
    ends(await place.run(crawl), 3);
    trawl.kill("SIGKILL");
    await trawl.ended;
  }
  place.write("gate", "open");
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(place.kept("web").output).sort(), wanted);
});

/** A spider for the web that waits on its pages until the place has a file `gate`. */
function gated({ folder }: Workplace): string {
  return `export default {
  name: "web",
  async *parse(page) {
    while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 10));
    const n = Number(new URL(page.url).pathname.split("/").at(-1));
    yield { url: page.css("link[rel=canonical]").attr("href"), n, title: page.css("h1").text() };
    yield* page.follow("a[href]");
  },
};
function isOpen() {
  try {
    return Deno.statSync(${JSON.stringify(`${folder}/gate`)}).isFile;
  } catch {
    return false;
  }
}
`;
}
