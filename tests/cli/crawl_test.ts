import assert from "node:assert/strict";
import { books, expectedItems, expectedPages, quotes } from "../../scripts/demo/mod.ts";
import { exists, lines, records } from "./kept.ts";
import { ends, eventsOf, webSpider } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

Deno.test("crawl quotes brings the 100 quotes, and leaves an output and a summary and nothing else", async () => {
  await using place = await Workplace.open();
  const ended = await place.run(["crawl", "quotes", "--start-url", place.demo.quotes]);
  ends(ended, 0);
  assert.equal(ended.stdout, "");
  const kept = place.kept("quotes");
  const wanted = quotes.map(({ text, author, tags }) => JSON.stringify({ text, author: author.name, tags }));
  assert.deepEqual(records(kept.output).sort(), wanted.sort());
  assert.ok(!exists(kept.checkpoint), "the checkpoint folder is gone");
  const name = kept.output.split("/").at(-1)!.replace(".jsonl", "");
  assert.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
  assert.deepEqual(
    kept.crawls,
    [`${name}.jsonl`, `${name}.summary.json`],
    "no .part, and no failed.jsonl without failures",
  );
  const { startedAt, endedAt, duration, counters, ...summary } = kept.summary;
  assert.deepEqual(summary, {
    spider: "quotes",
    project: "default",
    outcome: "finished",
    reason: "done",
    exitCode: 0,
    output: kept.output,
  });
  assert.deepEqual([counters.pages, counters.items, counters.failed, counters.retries], [10, 100, 0, 0]);
  assert.deepEqual(counters.statuses, { 200: 10 });
  assert.ok(Date.parse(startedAt) <= Date.parse(endedAt) && duration > 0, JSON.stringify(kept.summary));
});

Deno.test("crawl books brings the 1,000 books from their own pages", async () => {
  await using place = await Workplace.open();
  ends(await place.run(["crawl", "books", "--start-url", place.demo.books]), 0);
  const items = records(place.kept("books").output).map((line) => JSON.parse(line));
  assert.deepEqual(items.map(({ upc }) => upc).sort(), books.map(({ upc }) => upc).sort());
  const [{ url, ...first }] = items.filter(({ title }) => title === books[0]!.title);
  assert.deepEqual(first, {
    title: books[0]!.title,
    price: `£${books[0]!.price}`,
    availability: `In stock (${books[0]!.stock} available)`,
    rating: books[0]!.rating,
    category: books[0]!.category,
    upc: books[0]!.upc,
  });
  assert.equal(new URL(url).origin, new URL(place.demo.books).origin);
});

Deno.test("crawl site brings every page of a web, each asked for once, however its links are spelled", async () => {
  await using place = await Workplace.open();
  const spec = { seed: 3, pages: 500 };
  ends(await place.run(["crawl", "site", "--start-url", place.demo.webUrl(spec)]), 0);
  const found = records(place.kept("site").output).map((line) => JSON.parse(line));
  const canonical = (text: string) => {
    const url = new URL(text);
    url.searchParams.sort();
    return url.href;
  };
  assert.deepEqual(found.map(({ url }) => canonical(url)).sort(), expectedPages(spec, place.demo.web).sort());
  assert.deepEqual(Object.keys(found[0]), ["url", "status", "title", "h1", "links"]);
  assert.deepEqual([...askedFor(place.pages).values()].filter((times) => times !== 1), []);
});

Deno.test("a web on several hosts is crawled whole", async () => {
  await using place = await Workplace.open({ hosts: 3 });
  const spec = { seed: 4, pages: 200, hosts: 3 };
  ends(await place.run(["crawl", webSpider, "--start-url", place.demo.webUrl(spec)]), 0);
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item));
  assert.deepEqual(records(place.kept("web").output).sort(), wanted.sort());
});

Deno.test("-o takes .jsonl, .csv and .json, and - for standard output: the same items in each", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const wanted = quotes.map(({ text }) => text).sort();
  for (const name of ["out.jsonl", "out.csv", "deep/down/out.json"]) {
    const ended = await place.run([...crawl, "-o", name]);
    ends(ended, 0);
    assert.equal(ended.stdout, "");
    assert.deepEqual(records(`${place.folder}/${name}`).map((line) => JSON.parse(line).text).sort(), wanted, name);
    assert.ok(!exists(`${place.folder}/${name}.part`), `${name}.part is gone`);
  }
  const ended = await place.run([...crawl, "-o", "-"]);
  ends(ended, 0);
  assert.deepEqual(lines(ended.stdout).map((line) => JSON.parse(line).text).sort(), wanted);
  assert.ok(!exists(place.kept("quotes").checkpoint));
});

Deno.test("two crawls that begin in one second keep both outputs", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 1 })];
  for (let time = 0; time < 4; time++) ends(await place.run(crawl), 0);
  const outputs = place.kept("site").crawls.filter((name) => !name.endsWith(".summary.json"));
  assert.equal(outputs.length, 4, outputs.join(", "));
});

Deno.test("a spider with nothing to crawl fails with the reason when no page answers", async () => {
  await using place = await Workplace.open();
  const { href } = new URL("/nothing/here", place.demo.web[0]);
  const ended = await place.run(["crawl", "site", "--start-url", href]);
  ends(ended, 1);
  assert.match(ended.stderr, /no page could be fetched: http:.*\/nothing\/here: status 404/);
  assert.equal((await place.status("site"))[0]?.state, "failed");
  // The next run begins anew rather than going on with nothing.
  ends(await place.run(["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 5 })]), 0);
  assert.equal(records(place.kept("site").output).length, 5);
});

Deno.test("--json tells pages, saves and the end as JSON lines on standard error", async () => {
  await using place = await Workplace.open();
  const ended = await place.run([
    "crawl",
    "quotes",
    "--start-url",
    place.demo.quotes,
    "--json",
    "--log-level",
    "debug",
  ]);
  ends(ended, 0);
  assert.ok(ended.stderr.split("\n").every((line) => line === "" || line.startsWith("{")), ended.stderr);
  const events = eventsOf(ended);
  assert.equal(events.filter(({ type }) => type === "page").length, 10);
  assert.ok(events.some(({ type }) => type === "saved"));
  const last = events.at(-1)!;
  assert.deepEqual([last.type, last.exitCode, last.output], ["finished", 0, place.kept("quotes").output]);
});

Deno.test("--quiet says nothing of a crawl that goes well, and --log-file puts the log into a file", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const quiet = await place.run([...crawl, "--quiet"]);
  ends(quiet, 0);
  assert.equal(quiet.stderr, "");
  ends(await place.run([...crawl, "--log-file", "trawl.log", "--log-level", "debug"]), 0);
  ends(await place.run([...crawl, "--log-file", "trawl.log", "--log-level", "debug"]), 0);
  const log = lines(Deno.readTextFileSync(`${place.folder}/trawl.log`));
  assert.equal(log.filter((line) => /^\S+Z debug 200 http/.test(line)).length, 20, "the second run appends to it");
});
