import assert from "node:assert/strict";
import { quotes } from "../../scripts/demo/mod.ts";
import { lines } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { digests, Workplace } from "./workplace.ts";

const all = quotes.map(({ text }) => text).sort();

function texts(stdout: string): string[] {
  return lines(stdout).map((line) => JSON.parse(line).text);
}

Deno.test("a crawl that prints its items is not continued by a run that does not say so, and changes nothing then", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const first = await place.pause([...crawl, "-o", "-"], { requests: 4 });
  ends(first, 130);
  assert.match(first.stderr, /^\d+ requests? waits?$/m, "no file is named");
  assert.match(first.stderr, /^To continue: trawl crawl quotes .* -o -$/m);
  const before = digests(place.dataDir);
  for (const output of [[], ["-o", "out.jsonl"]]) {
    const ended = await place.run([...crawl, ...output]);
    ends(ended, 2);
    isPlain(ended);
    assert.equal(ended.stdout, "");
    assert.match(ended.stderr, /standard output.* -o -/);
  }
  assert.deepEqual(digests(place.dataDir), before);
  const second = await place.run([...crawl, "-o", "-"]);
  ends(second, 0);
  assert.deepEqual(texts(first.stdout + second.stdout).sort(), all);
});

Deno.test("a crawl into a file is not continued onto standard output", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  ends(await place.pause(crawl, { requests: 4 }), 130);
  const ended = await place.run([...crawl, "-o", "-"]);
  ends(ended, 2);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /--output -: the crawl that is being continued writes to .*\.jsonl; leave --output out/);
});

Deno.test("a retry of a crawl that has printed its items says so again, or is refused", async () => {
  await using place = await Workplace.open();
  const { href } = new URL("/nothing/here", place.demo.web[0]);
  const crawl = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 3 }), "--start-url", href];
  const ended = await place.run([...crawl, "-o", "-"]);
  ends(ended, 0);
  assert.equal(lines(ended.stdout).length, 3);
  const before = digests(place.dataDir);
  const refused = await place.run([...crawl, "--retry-failed"]);
  ends(refused, 2);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /which is standard output: say so again with -o -/);
  assert.deepEqual(digests(place.dataDir), before);
  ends(await place.run([...crawl, "--retry-failed", "-o", "-"]), 0);
});

Deno.test("a reader that goes away pauses the crawl without an error, and -o - continues it", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, "-o", "-"];
  await using trawl = place.start(crawl);
  await trawl.until("an item", () => trawl.stdout !== "");
  trawl.closeStdout();
  const ended = await trawl.ended;
  ends(ended, 4);
  isPlain(ended);
  assert.doesNotMatch(ended.stderr, /error|fail(?!ed in)/i);
  assert.match(ended.stderr, /^Paused "quotes" \(standard output was closed\): /m);
  assert.ok(place.kept("quotes").isPaused);
  const second = await place.run(crawl);
  ends(second, 0);
  // What nobody has read since the last checkpoint comes again; what counts as done was read.
  assert.deepEqual([...new Set(texts(trawl.stdout + second.stdout))].sort(), all);
});
