import assert from "node:assert/strict";
import { quotes } from "../../scripts/demo/mod.ts";
import { lines, records } from "./kept.ts";
import { ends, isCompiled, isPlain } from "./trawl.ts";
import { digests, files, Workplace } from "./workplace.ts";

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

Deno.test("--version says which trawl and which Deno this is", async () => {
  await using place = await Workplace.open();
  const ended = await place.run(["--version"]);
  ends(ended, 0);
  assert.match(ended.stdout, /^trawl \d+\.\d+\.\d+, Deno \d+\.\d+\.\d+\n$/);
});

Deno.test("a crawl goes on when nobody reads standard error any more", async () => {
  await using place = await Workplace.open({ latency: 20 });
  await using trawl = place.start(["crawl", "quotes", "--start-url", place.demo.quotes, "--log-level", "debug"]);
  trawl.closeStderr();
  ends(await trawl.ended, 0);
  assert.equal(records(place.kept("quotes").output).length, 100);
});

Deno.test("a .ts spider that imports another file runs from source, and compiled it is told to be .js", async () => {
  await using place = await Workplace.open();
  place.write("mark.js", `export const mark = "!";\n`);
  const code = `import { mark } from "./mark.js";
export default { name: "marked", *parse(page) { yield { mark, url: page.url }; } };
`;
  const args = ["--start-url", place.demo.quotes, "--limit", "1"];
  ends(await place.run(["crawl", place.write("marked.js", code), ...args]), 0);
  const ended = await place.run(["crawl", place.write("marked.ts", code), ...args]);
  ends(ended, isCompiled ? 2 : 0);
  if (isCompiled) assert.match(ended.stderr, /a \.ts spider may import types only; .* must be \.js/);
});
