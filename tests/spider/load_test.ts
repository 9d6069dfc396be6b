import assert from "node:assert/strict";
import { localDisk } from "../../lib/disk/local.ts";
import { SpiderError } from "../../lib/spider/check.ts";
import { knownSpiders, loadSpider, type SpiderSources } from "../../lib/spider/load.ts";

const builtIn = [{ name: "quotes", *parse() {} }, { name: "books", *parse() {} }];

/** A folder with files in it, and the sources that it makes. */
async function inFolder(
  files: Readonly<Record<string, string>>,
  work: (sources: SpiderSources, folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-spiders-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      Deno.mkdirSync(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${folder}/${name}`, text);
    }
    await work({ builtIn, disk: localDisk, folder }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const spider = (name: string, more = "") => `export default { name: "${name}", *parse(page: unknown) {}, ${more} };`;

Deno.test("knownSpiders() lists the files in ./spiders and the spiders inside, by name, the files first in a conflict", () =>
  inFolder({
    "spiders/news.ts": "",
    "spiders/quotes.js": "",
    "spiders/mod.ts": "",
    "spiders/notes.md": "",
  }, (sources, folder) => {
    assert.deepEqual(knownSpiders(sources), [
      { name: "books", path: undefined },
      { name: "news", path: `${folder}/spiders/news.ts` },
      { name: "quotes", path: `${folder}/spiders/quotes.js` },
    ]);
  }));

Deno.test("loadSpider() finds a spider inside the program", () =>
  inFolder({}, async (sources) => {
    assert.equal(await loadSpider("quotes", sources), builtIn[0]);
  }));

Deno.test("loadSpider() finds a spider in ./spiders by name, before one inside", () =>
  inFolder({ "spiders/quotes.ts": spider("mine") }, async (sources) => {
    assert.equal((await loadSpider("quotes", sources)).name, "mine");
  }));

Deno.test("loadSpider() finds a file by its path, relative or not, types and all", () =>
  inFolder({ "deep/er.ts": spider("deep"), "here.mjs": `export default { name: "here", parse: () => [] }` }, async (
    sources,
    folder,
  ) => {
    assert.equal((await loadSpider("./deep/er.ts", sources)).name, "deep");
    assert.equal((await loadSpider(`${folder}/deep/er.ts`, sources)).name, "deep");
    assert.equal((await loadSpider("here.mjs", sources)).name, "here");
  }));

Deno.test("loadSpider() suggests a name for one that does not exist, and how to name a file", () =>
  inFolder({}, async (sources) => {
    await assert.rejects(loadSpider("quots", sources), {
      name: "UnknownSpiderError",
      message: 'there is no spider "quots"; did you mean quotes? (see trawl list). ' +
        "A spider in a file is named by its path: ./quots.ts",
    });
  }));

Deno.test("loadSpider() says which file is not there", () =>
  inFolder({}, async (sources, folder) => {
    await assert.rejects(loadSpider("./none.ts", sources), {
      name: "UnknownSpiderError",
      message: `there is no file ${folder}/none.ts`,
    });
  }));

const broken: readonly (readonly [name: string, source: string, message: RegExp])[] = [
  ["a syntax error", "export default { name: ", /broken\.ts:1:\d+/],
  ["an error while it is loaded", 'throw new Error("the sky falls");', /^the sky falls \(\.\/broken\.ts:1:7\)$/],
  ["an import that is not there", 'import "./none.ts"; export default {};', /none\.ts/],
  ["no default export", "export const x = 1;", /^it has no default export that is an object/],
  ["mistakes", "export default { name: 'x' };", /^it has no callback/],
];

for (const [name, source, message] of broken) {
  Deno.test(`loadSpider() names the file and what is wrong in a file with ${name}`, () =>
    inFolder({ "broken.ts": source }, async (sources, folder) => {
      await assert.rejects(loadSpider("./broken.ts", sources), (error) => {
        assert.ok(error instanceof SpiderError, String(error));
        assert.ok(error.message.startsWith(`Cannot use the spider ${folder}/broken.ts:\n`));
        assert.match(error.problems[0]!, message);
        return true;
      });
    }));
}

Deno.test("loadSpider() says that a path is a folder, or why it cannot be read", () =>
  inFolder({ "folder.ts/x": "" }, async (sources, folder) => {
    await assert.rejects(loadSpider("./folder.ts", sources), (error) => {
      assert.ok(error instanceof Error && error.message.startsWith(`Cannot read ${folder}/folder.ts: `));
      return true;
    });
  }));
