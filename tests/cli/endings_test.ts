import assert from "node:assert/strict";
import { exists, records } from "./kept.ts";
import { type Ended, ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A site of so many good pages, and so many that answer with each status. */
function site(good: number, bad: Readonly<Record<number, number>>) {
  const state = { isMended: false, onPage: (): unknown => undefined };
  const wrong = Object.entries(bad).flatMap(([status, count]) => Array(count).fill(Number(status)));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/robots.txt") return new Response("", { status: 404 });
    state.onPage();
    const [, kind, number] = /^\/(good|bad)(\d+)$/.exec(pathname) ?? [];
    if (kind === "bad" && !state.isMended) return new Response("", { status: wrong[Number(number)] });
    const links = pathname !== "/" ? "" : [
      ...Array.from({ length: good - 1 }, (_, at) => `<a href="/good${at}">a</a>`),
      ...wrong.map((_, at) => `<a href="/bad${at}">a</a>`),
    ].join("");
    return new Response(`<title>a</title>${links}`, { headers: { "content-type": "text/html" } });
  });
  return {
    state,
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** What is said at the end, without times. */
function last({ stderr }: Ended): string {
  return stderr.slice(stderr.search(/^(?:Finished|Failed|Paused) /m));
}

Deno.test("a crawl that loses more pages than --max-failed ends with 1 and its output, and --retry-failed mends it", async () => {
  await using place = await Workplace.open();
  await using pages = site(8, { 404: 2 });
  const crawl = ["crawl", "site", "--start-url", pages.url, "--max-failed", "10%"];
  const ended = await place.run(crawl);
  ends(ended, 1);
  assert.match(ended.stderr, /error 2 of 10 pages of "site" failed, more than maxFailed \(10%\) allows/);
  assert.match(last(ended), /^Finished "site": 8 pages, 8 items, 2 failed/);
  assert.match(last(ended), /^ +2 × status 404, such as http:\S+\/bad\d\n +the pages are gone/m);
  assert.match(last(ended), /^To try them again: trawl crawl site .*--max-failed 10% --retry-failed$/m);
  const kept = place.kept("site");
  assert.equal(records(kept.output).length, 8);
  assert.deepEqual([kept.summary.outcome, kept.summary.reason, kept.summary.exitCode], ["finished", "maxFailed", 1]);
  const [look] = await place.status("site");
  assert.deepEqual([look?.state, look?.detail], ["failed", "2 of 10 pages failed, more than may"]);

  pages.state.isMended = true;
  ends(await place.run([...crawl, "--retry-failed"]), 0);
  assert.equal(records(kept.output).length, 10);
  assert.equal((await place.status("site"))[0]?.state, "finished");
});

Deno.test("as many failures as --max-failed are none too many, and a rerun begins anew", async () => {
  await using place = await Workplace.open();
  await using pages = site(8, { 404: 2 });
  for (const [most, code] of [["2", 0], ["1", 1], ["20%", 0], ["19.9%", 1], ["0", 1]] as const) {
    const args = ["--start-url", pages.url, "--project", `most${parseFloat(most)}`];
    ends(await place.run(["crawl", "site", ...args, "--max-failed", most]), code);
    ends(await place.run(["crawl", "site", ...args, "-s", `maxFailed=${most}`]), code);
    assert.ok(!exists(place.kept("site", `most${parseFloat(most)}`).checkpoint));
  }
  ends(await place.run(["crawl", "site", "--start-url", pages.url, "-s", "maxFailed=0", "--max-failed", "50%"]), 0);
});

Deno.test("a spider's own maxFailed counts, and what is no number of pages is a usage error", async () => {
  await using place = await Workplace.open();
  await using pages = site(8, { 404: 2 });
  const path = place.write(
    "strict.js",
    `export default { name: "strict", startUrls: ["${pages.url}"], settings: { maxFailed: 1 },
      *parse(page) { yield { url: page.url }; yield* page.follow("a"); } };`,
  );
  ends(await place.run(["crawl", path]), 1);
  ends(await place.run(["crawl", path, "--max-failed", "2"]), 0);
  for (const wrong of ["0.1", "101%", "few"]) {
    const ended = await place.run(["crawl", path, "--max-failed", wrong]);
    ends(ended, 2);
    assert.match(ended.stderr, /--max-failed: ".*" is neither a share such as 10% nor a number of pages such as 100/);
  }
});

Deno.test("what robots.txt forbids is none of the failures that --max-failed counts", async () => {
  await using place = await Workplace.open();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const isRobots = new URL(request.url).pathname === "/robots.txt";
    const links = `<a href="/no/1">a</a><a href="/no/2">a</a>`;
    return isRobots
      ? new Response("User-agent: *\nDisallow: /no/\n")
      : new Response(links, { headers: { "content-type": "text/html" } });
  });
  try {
    const start = `http://127.0.0.1:${server.addr.port}/`;
    ends(await place.run(["crawl", "site", "--start-url", start, "--max-failed", "0"]), 0);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a crawl whose process died before its files were in place still ends with 1", async () => {
  await using place = await Workplace.open();
  await using pages = site(8, { 404: 2 });
  const crawl = ["crawl", "site", "--start-url", pages.url, "--max-failed", "0", "-o", "out.jsonl"];
  // A folder takes the name while it is crawled.
  pages.state.onPage = () => place.write("out.jsonl/in/the/way", "");
  ends(await place.run(crawl), 1);
  Deno.removeSync(`${place.folder}/out.jsonl`, { recursive: true });
  const ended = await place.run(crawl);
  ends(ended, 1);
  assert.match(ended.stderr, /its files are in place now/);
  assert.equal(place.kept("site").summary.reason, "maxFailed");
  assert.equal(records(`${place.folder}/out.jsonl`).length, 8);
});

Deno.test("a crawl of which most pages failed says so in its last lines, by kind and with what to do", async () => {
  await using place = await Workplace.open();
  await using pages = site(2, { 404: 1, 401: 3, 500: 2 });
  const ended = await place.run(["crawl", "site", "--start-url", pages.url, "-s", "retries=0"]);
  ends(ended, 0);
  const said = last(ended).replaceAll(pages.url, "/").replace(/\/bad\d/g, "/bad");
  assert.ok(
    said.includes(
      [
        "  3 × status 401, such as /bad",
        "      log in: with a user and a password in the start URL, or with a cookie",
        "  2 × status 500, such as /bad",
        "      the servers have trouble: try them again later",
        "  1 × status 404, such as /bad",
        "      the pages are gone, or the spider makes wrong links to them",
        "Most pages failed: 6 of 8",
      ].join("\n"),
    ),
    said,
  );
});

Deno.test("a few failures are named by kind, and without advice", async () => {
  await using place = await Workplace.open();
  await using pages = site(8, { 404: 1 });
  const said = last(await place.run(["crawl", "site", "--start-url", pages.url]));
  assert.match(said, /^ {2}1 × status 404, such as http:\S+\/bad0\nTo try them again: /m);
  assert.doesNotMatch(said, /Most pages|No items/);
});

Deno.test("a crawl without items says so, and how to see what a page is", async () => {
  await using place = await Workplace.open();
  const code = (rest: string) => `export default { name: "empty", startUrls: ["${place.demo.quotes}"], ${rest} };`;
  const none = await place.run(["crawl", place.write("empty.js", code("*parse() {}"))]);
  ends(none, 0);
  assert.ok(
    last(none).includes(
      `No items: 1 page was read, and no callback yielded one. To see what one is sent: trawl fetch ${place.demo.quotes}`,
    ),
    last(none),
  );
  const dropping = code("*parse() { yield { a: 1 }; yield { a: 2 }; }, onItem() {}");
  const dropped = await place.run(["crawl", place.write("empty.js", dropping), "--project", "dropping"]);
  assert.match(last(dropped), /^No items: 1 page was read, and onItem dropped all 2 that came of them$/m);
});

Deno.test("with --log-file the end is in the file, and only too many failures are on standard error", async () => {
  await using place = await Workplace.open();
  await using pages = site(2, { 404: 3 });
  const crawl = ["crawl", "site", "--start-url", pages.url, "--log-file", "log"];
  const fine = await place.run(crawl);
  ends(fine, 0);
  assert.equal(fine.stderr, "");
  const log = Deno.readTextFileSync(`${place.folder}/log`);
  assert.match(log, /^\S+Z info {2}Started "site": its items go to data\/default\/site\/crawls\/\S+\.jsonl$/m);
  assert.match(log, /^\S+Z info {2}Finished "site": 2 pages, 2 items, 3 failed/m);
  assert.match(log, /^\S+Z info {2}Most pages failed: 3 of 5$/m);
  const poor = await place.run([...crawl, "--max-failed", "10%"]);
  ends(poor, 1);
  assert.match(
    poor.stderr,
    /^\d\d:\d\d:\d\d error 3 of 5 pages of "site" failed, more than maxFailed \(10%\) allows\n$/,
  );
});
