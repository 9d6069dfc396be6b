import assert from "node:assert/strict";
import { authors, expectedItems, pageNumber } from "../../scripts/demo/mod.ts";
import { checkedEvents } from "./event_schema.ts";
import { records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

Deno.test("a page that robots.txt forbids is not asked for, and is listed as such", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nDisallow: /author/\nDisallow: /page/3/\n" });
  ends(await place.run(["crawl", "site", "--start-url", place.demo.quotes]), 0);
  assert.deepEqual(place.pages.filter(({ path }) => /^\/author\/|^\/page\/3\//.test(path)), []);
  const kept = place.kept("site");
  const paths = kept.failures.map(({ url }) => new URL(url).pathname);
  assert.deepEqual([...new Set(kept.failures.map(({ kind }) => kind))], ["robots"]);
  assert.ok(paths.includes("/page/3/") && paths.includes(`/author/${authors[0]!.slug}`));
  assert.equal(new Set(paths).size, paths.length, "each once");
  assert.match(kept.failures[0]!.message, /robots\.txt forbids it/);
  const { failed, forbidden } = kept.summary.counters;
  assert.deepEqual({ failed, forbidden }, { failed: 0, forbidden: paths.length });
  assert.equal(place.demo.log.filter(({ path }) => path === "/robots.txt").length, 1);
});

Deno.test("the end counts apart what robots.txt forbids, warns of none of it, and offers no retry of it", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nDisallow: /author/\n" });
  const crawl = ["crawl", "site", "--start-url", place.demo.quotes];
  const ended = await place.run(crawl);
  ends(ended, 0);
  const count = place.kept("site").failures.length;
  assert.ok(count > 10, `${count} pages were forbidden`);
  assert.match(ended.stderr, new RegExp(`, 0 failed, ${count} forbidden by robots\\.txt in `));
  assert.match(ended.stderr, /^Forbidden: data\/default\/site\/crawls\/[^/]+\.failed\.jsonl, of the kind "robots"$/m);
  assert.doesNotMatch(ended.stderr, /warn|given up|Failures:|retry-failed/);
  const status = await place.run(["status", "site"]);
  assert.match(status.stdout, new RegExp(` 0 failed +${count} forbidden `));

  const nothing = await place.run([...crawl, "--retry-failed"]);
  ends(nothing, 0);
  assert.match(nothing.stderr, /Nothing to retry/);
  assert.equal(place.kept("site").failures.length, count);
});

Deno.test("a site that forbids all has not failed: the crawl is finished, and the end says why there is nothing", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nDisallow: /\n" });
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
  const events = checkedEvents(ended);
  const forbidden = events.filter(({ type }) => type === "forbidden");
  assert.deepEqual(forbidden.map(({ level, url }) => [level, url]), [["debug", place.demo.quotes]]);
  const { counters, exitCode } = events.find(({ type }) => type === "finished") as unknown as {
    readonly counters: Record<string, number>;
    readonly exitCode: number;
  };
  assert.deepEqual([counters["pages"], counters["failed"], counters["forbidden"], exitCode], [0, 0, 1, 0]);
  assert.deepEqual(events.filter(({ level }) => level === "warn" || level === "error"), []);
  const plain = await place.run(["crawl", "quotes", "--start-url", place.demo.quotes]);
  assert.match(plain.stderr, /^No page was fetched, robots\.txt forbids it; -s robots=false is your decision$/m);
});

Deno.test("-s robots=false asks for no robots.txt and passes over none", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nDisallow: /\n" });
  ends(await place.run(["crawl", "quotes", "--start-url", place.demo.quotes, "-s", "robots=false"]), 0);
  assert.equal(place.demo.log.length, 10);
  assert.equal(records(place.kept("quotes").output).length, 100);
});

Deno.test("pages that are not there are listed with their status, and the others brought", async () => {
  const spec = { seed: 61, pages: 200 };
  await using place = await Workplace.open({ errorRate: 0.1, errorKinds: [404, 410], errorTimes: Infinity });
  ends(await place.run(["crawl", webSpider, "--start-url", place.demo.webUrl(spec)]), 0);
  const kept = place.kept("web");
  const gone = place.pages.filter(({ status }) => status !== 200);
  assert.ok(gone.length > 5, `${gone.length} pages were gone`);
  const path = ({ url }: { url: string }) => new URL(url).pathname + new URL(url).search;
  assert.deepEqual(
    kept.failures.map((failed) => [path(failed), failed.kind, failed.status, failed.attempts]).sort(),
    gone.map(({ path, status }) => [path, "status", status, 1]).sort(),
  );
  const answered = place.pages.filter(({ status }) => status === 200).map(({ path }) => pageNumber(path));
  const found = records(kept.output).map((line) => JSON.parse(line).n);
  assert.deepEqual(found.sort((a, b) => a - b), answered.sort((a, b) => a! - b!));
});

Deno.test("pages that fail once with 500, 503 or a reset are asked for again and brought", async () => {
  const spec = { seed: 62, pages: 60 };
  await using place = await Workplace.open({ errorRate: 0.15, errorTimes: 1, seed: 62 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "-s", "throttle=false"];
  ends(await place.run(crawl), 0);
  const kept = place.kept("web");
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  assert.deepEqual(records(kept.output).sort(), wanted);
  const failing = [...askedFor(place.pages).values()].filter((times) => times === 2).length;
  assert.ok(failing > 3, `${failing} pages failed at first`);
  assert.deepEqual([kept.summary.counters.retries, kept.summary.counters.failed], [failing, 0]);
  assert.deepEqual([...askedFor(place.pages).values()].filter((times) => times > 2), []);
});

Deno.test("attempts are counted over a kill, and a page that never answers is given up", async () => {
  const spec = { seed: 63, pages: 30 };
  await using place = await Workplace.open({ errorRate: 0.2, errorKinds: [500], errorTimes: Infinity, seed: 64 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.1s"];
  await using trawl = place.start([...crawl, "--json", "--log-level", "debug"]);
  // Killed while the failed pages wait for another attempt.
  await trawl.says(`"type":"retry"`);
  await trawl.until("a checkpoint after it", () => /"retry"[^]*"saved"[^]*"saved"/.test(trawl.stderr));
  trawl.kill("SIGKILL");
  await trawl.ended;
  ends(await place.run(crawl), 0);
  const kept = place.kept("web");
  const bad = new Set(place.pages.filter(({ status }) => status === 500).map(({ path }) => path));
  assert.ok(bad.size > 0);
  assert.deepEqual(
    kept.failures.map(({ kind, status, attempts }) => [kind, status, attempts]),
    Array.from(bad, () => ["status", 500, 3]),
  );
  for (const [page, times] of askedFor(place.pages)) assert.ok(times <= 4, `${page} was asked for ${times} times`);
});

Deno.test("a start page of a server that is not there fails the crawl, which says so", async () => {
  await using place = await Workplace.open();
  const url = place.demo.quotes;
  await place.demo.close();
  const ended = await place.run(["crawl", "quotes", "--start-url", url, "-s", "retries=0", "--outage-timeout", "0.1s"]);
  assert.ok(ended.code === 1 || ended.code === 4, `exit code ${ended.code}:\n${ended.stderr}`);
  assert.match(ended.stderr, /connect|refused|down/i);
});
