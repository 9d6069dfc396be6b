import assert from "node:assert/strict";
import { authors, quotes } from "../../scripts/demo/mod.ts";
import { exists, lines, records } from "./kept.ts";
import { ends, isPlain, webSpider } from "./trawl.ts";
import { digests, files, Workplace } from "./workplace.ts";

const spec = { seed: 51, pages: 100 };

async function pausedWeb(place: Workplace): Promise<string[]> {
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.1s"];
  const { current, previous } = place.kept("web");
  ends(await place.pause(crawl, { when: () => place.pages.length >= 40 && exists(current) && exists(previous) }), 130);
  return crawl;
}

Deno.test("help shows the commands, help COMMAND its flags, and no command is as help", async () => {
  await using place = await Workplace.open();
  const help = await place.run(["help"]);
  ends(help, 0);
  assert.equal(help.stderr, "");
  for (const name of ["crawl", "list", "status", "checkpoint", "fetch", "new"]) {
    assert.match(help.stdout, new RegExp(`^  trawl ${name}\\b`, "m"));
  }
  for (const args of [[], ["--help"], ["-h"]]) assert.equal((await place.run(args)).stdout, help.stdout);
  const crawl = await place.run(["help", "crawl"]);
  ends(crawl, 0);
  for (const flag of ["--limit N", "-o, --output FILE", "--fresh", "--timeout TIME", "-s, --set KEY=VALUE"]) {
    assert.ok(crawl.stdout.includes(flag), `${flag} in:\n${crawl.stdout}`);
  }
  assert.equal((await place.run(["crawl", "--help"])).stdout, crawl.stdout);
});

Deno.test("list shows the spiders built in, and those in ./spiders, which win", async () => {
  await using place = await Workplace.open();
  const before = await place.run(["list"]);
  ends(before, 0);
  assert.deepEqual(lines(before.stdout).map((line) => line.split(/ {2,}/)), [
    ["books", "built in"],
    ["hackernews", "built in"],
    ["quotes", "built in"],
    ["site", "built in"],
  ]);
  place.write("spiders/mine.ts", "");
  place.write("spiders/quotes.js", "");
  place.write("spiders/README.md", "");
  assert.deepEqual(lines((await place.run(["list"])).stdout).map((line) => line.split(/ {2,}/)), [
    ["books", "built in"],
    ["hackernews", "built in"],
    ["mine", "spiders/mine.ts"],
    ["quotes", "spiders/quotes.js"],
    ["site", "built in"],
  ]);
  const json = JSON.parse((await place.run(["list", "--json"])).stdout);
  assert.deepEqual(json.map(({ name }: { name: string }) => name), ["books", "hackernews", "mine", "quotes", "site"]);
});

Deno.test("new writes a spider that runs as it is, and never over another", async () => {
  await using place = await Workplace.open();
  const made = await place.run(["new", "mine"]);
  ends(made, 0);
  assert.deepEqual(files(place.folder), [`${place.folder}/spiders/mine.ts`]);
  const ended = await place.run(["crawl", "mine", "--start-url", place.demo.quotes, "--limit", "15"]);
  ends(ended, 0);
  assert.deepEqual(
    lines(ended.stdout).map((line) => JSON.parse(line)),
    quotes.slice(0, 15).map(({ text, author }) => ({ text, author: author.name })),
  );
  const before = digests(place.folder);
  const again = await place.run(["new", "mine"]);
  ends(again, 2);
  isPlain(again);
  assert.match(again.stderr, /mine\.ts is there already/);
  assert.deepEqual(digests(place.folder), before);
});

const typed = `import type { Page } from "../lib/mod.ts";

interface Quote { readonly text: string | undefined }

export default {
  name: "typed",
  *parse(page: Page): Generator<unknown> {
    for (const quote of page.css("div.quote")) yield { text: quote.css("span.text::text").get() } satisfies Quote;
    yield* page.follow("li.next a") as Iterable<unknown>;
  },
};
`;
const plain = `export default {
  name: "plain",
  parse(page) {
    return [...page.xpath("//span[@class='text']/text()").getAll().map((text) => ({ text })), ...page.follow("li.next a")];
  },
};
`;
for (
  const [name, text] of [["typed.ts", typed], ["typed.mts", typed], ["plain.js", plain], ["plain.mjs", plain]] as const
) {
  Deno.test(`a spider in a file, ${name}, is run by its path`, async () => {
    await using place = await Workplace.open();
    const path = place.write(`some folder/${name}`, text);
    const ended = await place.run(["crawl", path, "--start-url", place.demo.quotes]);
    ends(ended, 0);
    const found = records(place.kept(name.split(".")[0]!).output).map((line) => JSON.parse(line).text);
    assert.deepEqual(found.sort(), quotes.map(({ text }) => text).sort());
  });
}

Deno.test("status says running, paused, damaged and finished, and changes nothing", async () => {
  await using place = await Workplace.open({ latency: 15 });
  const nothing = await place.run(["status"]);
  ends(nothing, 0);
  assert.equal(nothing.stdout, "");
  assert.match(nothing.stderr, /Nothing has been crawled/);
  assert.deepEqual(await place.status("web"), []);
  assert.ok(!exists(place.dataDir));

  const crawl = await pausedWeb(place);
  const kept = place.kept("web");
  const before = digests(place.dataDir);
  const paused = await place.run(["status"]);
  ends(paused, 0);
  const { pages, items } = kept.saved.crawl.counters;
  assert.match(
    paused.stdout,
    new RegExp(`^web +paused +${pages} pages +${items} items .*the next run continues it\n$`),
  );
  const [look] = await place.status("web");
  assert.deepEqual(
    [look?.project, look?.spider, look?.state, look?.counters.pages, look?.pending],
    ["default", "web", "paused", pages, kept.saved.crawl.pending],
  );
  assert.deepEqual(digests(place.dataDir), before);

  const whole = Deno.readFileSync(kept.current);
  Deno.writeFileSync(kept.current, whole.slice(0, 40));
  const damaged = await place.run(["status", "web"]);
  ends(damaged, 0);
  assert.match(damaged.stdout, /^web +damaged .*checkpoint\.msgpack/);
  Deno.writeFileSync(kept.current, whole);
  assert.deepEqual(digests(place.dataDir), before);

  place.demo.faults = { latency: 3_600_000 };
  await using trawl = place.start(crawl);
  const asked = place.pages.length;
  await trawl.until("a request", () => place.pages.length > asked);
  const running = await place.run(["status", "web"]);
  assert.match(running.stdout, new RegExp(`^web +running .*process ${trawl.pid}`));
  trawl.kill("SIGKILL");
  await trawl.ended;
  place.demo.faults = {};
  ends(await place.run(crawl), 0);
  const finished = await place.run(["status", "web"]);
  assert.match(finished.stdout, /^web +finished +100 pages +100 items +0 failed .*\.jsonl\n$/);
  assert.deepEqual((await place.status("other")).length, 0);
});

Deno.test("checkpoint show and verify tell what a checkpoint holds, and change nothing", async () => {
  await using place = await Workplace.open({ latency: 15 });
  for (const action of ["show", "verify"]) {
    const none = await place.run(["checkpoint", action, "web"]);
    ends(none, 1);
    assert.match(none.stderr, /There is no checkpoint of "web"/);
  }
  ends(await place.run(["checkpoint", "clear", "web"]), 0);
  assert.ok(!exists(place.dataDir));

  await pausedWeb(place);
  const kept = place.kept("web");
  const before = digests(place.dataDir);
  const shown = await place.run(["checkpoint", "show", "web"]);
  ends(shown, 0);
  const { pages } = kept.saved.crawl.counters;
  assert.match(shown.stdout, /^spider +web \(project default\)$/m);
  assert.match(shown.stdout, /^phase +crawling$/m);
  assert.match(shown.stdout, new RegExp(`^pages +${pages} \\(0 failed\\)$`, "m"));
  assert.match(shown.stdout, new RegExp(`^pending +${kept.saved.crawl.pending}$`, "m"));
  const json = JSON.parse((await place.run(["checkpoint", "show", "web", "--json"])).stdout);
  assert.deepEqual(
    [json.identity.spider, json.generation, json.crawl.counters.pages],
    ["web", kept.saved.generation, pages],
  );
  const verified = await place.run(["checkpoint", "verify", "web"]);
  ends(verified, 0);
  assert.equal(lines(verified.stdout).filter((line) => line.startsWith("whole: ")).length, 2);
  assert.deepEqual(digests(place.dataDir), before);
});

Deno.test("checkpoint show and verify of a damaged checkpoint end with 1 only where nothing can be read, or not all is whole", async () => {
  await using place = await Workplace.open({ latency: 15 });
  await pausedWeb(place);
  const kept = place.kept("web");
  Deno.truncateSync(kept.current, 50);
  const shown = await place.run(["checkpoint", "show", "web"]);
  ends(shown, 0);
  assert.match(shown.stdout, /^spider +web/m);
  assert.match(shown.stderr, /checkpoint\.msgpack is damaged/);
  const verified = await place.run(["checkpoint", "verify", "web"]);
  ends(verified, 1);
  assert.match(verified.stdout, /^damaged: .*checkpoint\.msgpack is damaged/m);
  assert.match(verified.stdout, /^whole: .*checkpoint\.prev\.msgpack/m);
  Deno.truncateSync(kept.previous, 50);
  const nothing = await place.run(["checkpoint", "show", "web"]);
  ends(nothing, 1);
  isPlain(nothing);
});

Deno.test("checkpoint clear discards a paused crawl with its unfinished outputs, and keeps a damaged one aside", async () => {
  await using place = await Workplace.open({ latency: 15 });
  const crawl = await pausedWeb(place);
  const kept = place.kept("web");
  ends(await place.run(["checkpoint", "clear", "web"]), 0);
  assert.ok(!exists(kept.checkpoint));
  assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
  place.demo.reset();
  ends(await place.run(crawl), 0);
  assert.equal(place.pages.length, spec.pages);

  place.demo.reset();
  await pausedWeb(place);
  Deno.truncateSync(kept.current, 50);
  Deno.truncateSync(kept.previous, 50);
  const cleared = await place.run(["checkpoint", "clear", "web"]);
  ends(cleared, 0);
  assert.match(cleared.stderr, /cannot be read; its files are kept in/);
  assert.ok(!kept.isPaused);
  assert.equal(files(kept.root).filter((path) => /damaged.*\.msgpack$/.test(path)).length, 2);
});

Deno.test("fetch shows the status and the headers, or what a query matches", async () => {
  await using place = await Workplace.open();
  const page = await place.run(["fetch", place.demo.quotes]);
  ends(page, 0);
  assert.equal(lines(page.stdout)[0], `200 ${place.demo.quotes}`);
  assert.match(page.stdout, /^content-type: text\/html; charset=utf-8$/m);
  const css = await place.run(["fetch", place.demo.quotes, "--css", "span.text::text"]);
  ends(css, 0);
  assert.deepEqual(lines(css.stdout), quotes.slice(0, 10).map(({ text }) => text));
  const xpath = await place.run(["fetch", place.demo.quotes, "--xpath", "//small[@class='author']/text()"]);
  ends(xpath, 0);
  assert.deepEqual(lines(xpath.stdout), quotes.slice(0, 10).map(({ author }) => author.name));
  const none = await place.run(["fetch", place.demo.quotes, "--css", "video"]);
  ends(none, 1);
  assert.equal(none.stdout, "");
  const broken = await place.run(["fetch", place.demo.quotes, "--css", "a[["]);
  ends(broken, 2);
  isPlain(broken);
});

Deno.test("fetch follows redirects and shows the way", async () => {
  await using place = await Workplace.open();
  const author = new URL(`/author/${authors[0]!.slug}`, place.demo.quotes).href;
  const ended = await place.run(["fetch", author, "--css", "h3::text"]);
  ends(ended, 0);
  assert.equal(ended.stdout, `${authors[0]!.name}\n`);
  assert.match(ended.stderr, new RegExp(`308 ${author} in .*\n200 ${author}/ in `));
});

Deno.test("fetch ends with 1 for a page that is not there and for a server that is not there", async () => {
  await using place = await Workplace.open();
  const missing = await place.run(["fetch", new URL("/missing", place.demo.quotes).href]);
  ends(missing, 1);
  assert.match(missing.stdout, /^404 /);
  const url = place.demo.quotes;
  await place.demo.close();
  const refused = await place.run(["fetch", url]);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /^connect /);
  assert.equal(refused.stdout, "");
});
