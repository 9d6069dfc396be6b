import assert from "node:assert/strict";
import { refusal } from "../../scripts/lint_floors.ts";

function judge(file: string, specifier: string): string | undefined {
  return refusal(file.split("/"), specifier);
}

Deno.test("refusal() lets a file import from its own folder and from any lower floor", () => {
  assert.equal(judge("lib/url/x.ts", "./y.ts"), undefined);
  assert.equal(judge("lib/engine/visit.ts", "./parts/y.ts"), undefined);
  assert.equal(judge("lib/engine/parts/y.ts", "../visit.ts"), undefined);
  assert.equal(judge("lib/engine/visit.ts", "../frontier/queue.ts"), undefined);
  assert.equal(judge("lib/engine/parts/y.ts", "../../model/item.ts"), undefined);
  assert.equal(judge("lib/model/request.ts", "../url/canonical.ts"), undefined);
});

Deno.test("refusal() does not judge packages", () => {
  assert.equal(judge("lib/url/x.ts", "tldts"), undefined);
  assert.equal(judge("lib/url/x.ts", "node:path"), undefined);
});

Deno.test("refusal() names both floors of an import that goes up", () => {
  assert.equal(judge("lib/url/x.ts", "../engine/y.ts"), "lib/url (floor 0) imports lib/engine (floor 4)");
  assert.equal(judge("lib/engine/parts/y.ts", "../../cli/z.ts"), "lib/engine (floor 4) imports lib/cli (floor 5)");
});

Deno.test("refusal() makes folders of one floor strangers", () => {
  assert.equal(judge("lib/feed/feed.ts", "../checkpoint/y.ts"), "lib/feed (floor 2) imports lib/checkpoint (floor 2)");
});

Deno.test("refusal() keeps lib from what lies above it", () => {
  assert.equal(judge("lib/feed/feed.ts", "../mod.ts"), "lib/feed imports lib/mod.ts, which is above it");
  assert.equal(judge("lib/feed/feed.ts", "../../main.ts"), "lib/feed imports main.ts, which is above it");
  assert.equal(judge("lib/cli/x.ts", "../../spiders/site.ts"), "lib/cli imports spiders/site.ts, which is above it");
});

Deno.test("refusal() asks for a floor for a new folder, whichever side it is on", () => {
  assert.equal(judge("lib/novel/x.ts", "../url/y.ts"), "no floor is named for lib/novel: see scripts/lint_floors.ts");
  assert.equal(judge("lib/cli/x.ts", "../novel/y.ts"), "no floor is named for lib/novel: see scripts/lint_floors.ts");
});

Deno.test("refusal() gives a spider nothing but lib/mod.ts", () => {
  assert.equal(judge("spiders/site.ts", "../lib/mod.ts"), undefined);
  assert.equal(judge("spiders/site.ts", "../lib/url/canonical.ts"), "a spider imports only ../lib/mod.ts");
  assert.equal(judge("spiders/site.ts", "./quotes.ts"), "a spider imports only ../lib/mod.ts");
});

Deno.test("refusal() leaves the front free: main.ts, lib/mod.ts, tests and scripts", () => {
  assert.equal(judge("main.ts", "./lib/cli/run.ts"), undefined);
  assert.equal(judge("lib/mod.ts", "./engine/engine.ts"), undefined);
  assert.equal(judge("tests/url/x_test.ts", "../../lib/engine/y.ts"), undefined);
  assert.equal(judge("scripts/demo.ts", "../lib/cli/z.ts"), undefined);
});

/** Runs the real linter over a project with these files; returns `file: rule: message`, in order. */
async function lint(files: Readonly<Record<string, string>>): Promise<string[]> {
  const project = await Deno.makeTempDir({ prefix: "trawl-lint-" });
  try {
    const plugin = new URL("../../scripts/lint_floors.ts", import.meta.url).href;
    const rules = { tags: [], include: ["trawl/floors", "trawl/reserved"] };
    await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify({ lint: { plugins: [plugin], rules } }));
    for (const [name, source] of Object.entries(files)) {
      await Deno.mkdir(`${project}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${project}/${name}`, source);
    }
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["lint", "--json"], cwd: project }).output();
    const report = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(report.errors, []);
    return report.diagnostics.map(({ filename, code, message }: Record<string, string>) => {
      return `${filename?.slice(filename.lastIndexOf("/lib/") + 1)}: ${code}: ${message}`;
    }).sort();
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

Deno.test("deno lint reports imports and exports that go up, types included", async () => {
  const found = await lint({
    "lib/url/x.ts": 'import { y } from "../engine/y.ts";\nexport const x = y;\n',
    "lib/url/types.ts": 'import type { y } from "../engine/y.ts";\nexport type X = typeof y;\n',
    "lib/url/again.ts": 'export { y } from "../engine/y.ts";\nexport * from "../cli/z.ts";\n',
    "lib/engine/y.ts": 'import "../url/x.ts";\nexport const y = 1;\n',
  });
  assert.deepEqual(found, [
    "lib/url/again.ts: trawl/floors: lib/url (floor 0) imports lib/cli (floor 5)",
    "lib/url/again.ts: trawl/floors: lib/url (floor 0) imports lib/engine (floor 4)",
    "lib/url/types.ts: trawl/floors: lib/url (floor 0) imports lib/engine (floor 4)",
    "lib/url/x.ts: trawl/floors: lib/url (floor 0) imports lib/engine (floor 4)",
  ]);
});

Deno.test("deno lint keeps the disk, the network, the clock, the terminal and the exit to their owners", async () => {
  const source = [
    'Deno.openSync("f");',
    'await fetch("https://example.com/");',
    "setTimeout(() => {}, performance.now());",
    'console.error("x");',
    "Deno.exit(1);",
    "",
  ].join("\n");
  const found = await lint(Object.fromEntries(
    ["lib/disk/x.ts", "lib/net/x.ts", "lib/time/x.ts", "lib/cli/x.ts", "lib/feed/x.ts", "tests/feed/x.ts"].map((
      name,
    ) => [name, source]),
  ));
  const messages = {
    disk: ["Deno.openSync() belongs to disk"],
    net: ["fetch() belongs to net"],
    time: ["performance.now() belongs to time", "setTimeout() belongs to time"],
    cli: ["console.error() belongs to cli"],
    feed: [],
  };
  const everything = [...Object.values(messages).flat(), "Deno.exit() belongs to main.ts"];
  assert.deepEqual(
    found,
    Object.entries(messages).flatMap(([folder, own]: [string, string[]]) =>
      everything.filter((message) => !own.includes(message)).map((message) =>
        `lib/${folder}/x.ts: trawl/reserved: ${message}`
      )
    ).sort(),
  );
});
