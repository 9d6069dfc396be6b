import assert from "node:assert/strict";
import { lines, records } from "./kept.ts";
import { ends, isPlain, webSpider } from "./trawl.ts";
import { digests, files, Workplace } from "./workplace.ts";

Deno.test("--limit 7 writes seven items to standard output as JSON lines, and leaves a paused crawl byte for byte as it is", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const spec = { seed: 1, pages: 100 };
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl), 130);
  const before = digests(place.dataDir);
  assert.ok(Object.keys(before).length >= 5, Object.keys(before).join(", "));

  const ended = await place.run([...crawl, "--limit", "7"]);
  ends(ended, 0);
  const items = lines(ended.stdout).map((line) => JSON.parse(line));
  assert.equal(items.length, 7);
  assert.deepEqual(Object.keys(items[0]), ["url", "n", "title"]);
  assert.deepEqual(digests(place.dataDir), before);

  ends(await place.run(crawl), 0);
  assert.equal(records(place.kept("web").output).length, 100);
});

Deno.test("--limit with -o writes the file and nothing else", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, "--limit", "7"];
  for (const name of ["few.jsonl", "few.csv", "few.json"]) {
    const ended = await place.run([...crawl, "-o", name]);
    ends(ended, 0);
    assert.equal(ended.stdout, "");
    assert.equal(records(`${place.folder}/${name}`).length, 7);
  }
  assert.deepEqual(files(place.folder), ["few.csv", "few.json", "few.jsonl"].map((name) => `${place.folder}/${name}`));
});

Deno.test("--limit stops after the page that brings the last item, and a crawl with fewer items ends by itself", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const few = await place.run([...crawl, "--limit", "7"]);
  ends(few, 0);
  assert.equal(place.pages.length, 1, "ten quotes are on the first page");
  const all = await place.run([...crawl, "--limit", "1000"]);
  ends(all, 0);
  assert.equal(lines(all.stdout).length, 100);
});

Deno.test("--limit -o on the file of a paused crawl is refused, and nothing is changed", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 1, pages: 100 }), "-o", "out.jsonl"];
  ends(await place.pause(crawl), 130);
  const before = digests(place.folder);
  const ended = await place.run([...crawl, "--limit", "7"]);
  ends(ended, 2);
  assert.match(ended.stderr, /out\.jsonl/);
  assert.deepEqual(digests(place.folder), before);
});

Deno.test("a test run beside a running crawl of the same spider is no second process", async () => {
  await using place = await Workplace.open({ latency: 30 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 1, pages: 400 })];
  await using trawl = place.start(crawl);
  await trawl.until("30 requests", () => place.pages.length >= 30);
  const ended = await place.run([...crawl, "--limit", "3"]);
  ends(ended, 0);
  assert.equal(lines(ended.stdout).length, 3);
  ends(await trawl.ended, 0);
  assert.equal(records(place.kept("web").output).length, 400);
});

Deno.test("a reader of standard output that goes away has seen enough: the test run ends quietly", async () => {
  await using place = await Workplace.open({ latency: 5 });
  await using trawl = place.start(["crawl", "quotes", "--start-url", place.demo.quotes, "--limit", "100"]);
  trawl.closeStdout();
  const ended = await trawl.ended;
  ends(ended, 0);
  isPlain(ended);
  assert.doesNotMatch(ended.stderr, /error|Failed/);
});
