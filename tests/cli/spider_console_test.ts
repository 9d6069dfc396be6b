import assert from "node:assert/strict";
import process from "node:process";
import { onConsole } from "../../lib/cli/spider_console.ts";
import { lines } from "./kept.ts";
import { type Ended, ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("onConsole() hears every line that is printed, until it is disposed of", () => {
  const heard: string[] = [];
  const { log } = console, { stdout } = process;
  {
    using _console = onConsole((level, line) => heard.push(`${level} ${line}`));
    console.log("one\ntwo", { a: 1 });
    console.log("%s is %d", "x", 3);
    console.debug("debug");
    console.info("info");
    console.warn("warn");
    console.error("error");
    console.dir([1]);
    console.table([{ a: 1 }]);
    console.group("group");
    console.log("in it");
    console.groupEnd();
    console.count();
    process.stdout.write("written\n");
    {
      using _inner = onConsole((_, line) => heard.push(`inner ${line}`));
      console.log("once");
    }
    console.log("out again");
  }
  assert.deepEqual(heard, [
    "info one",
    "info two { a: 1 }",
    "info x is 3",
    "info debug",
    "info info",
    "warn warn",
    "error error",
    "info [ 1 ]",
    "info ┌─────────┬───┐",
    "info │ (index) │ a │",
    "info ├─────────┼───┤",
    "info │ 0       │ 1 │",
    "info └─────────┴───┘",
    "info group",
    "info   in it",
    "info default: 1",
    "info written",
    "inner once",
    "info out again",
  ]);
  assert.equal(console.log, log);
  assert.equal(process.stdout, stdout);
});

/** Prints in every way, wherever it is called. */
const spider = (url: string) =>
  `const print = (where) => {
     console.log("log in " + where); console.info("info in " + where); console.debug("debug in " + where);
     console.warn("warn in " + where); console.error("error in " + where); console.dir({ dir: where });
     console.table([{ table: where }]); console.trace("trace in " + where); console.count("count in " + where);
     console.assert(false, "assert in " + where); console.group("group in " + where); console.groupEnd();
   };
   print("module");
   export default {
     name: "loud", startUrls: ["${url}"],
     onStart() { print("onStart"); },
     *parse() { print("parse"); yield { n: 1 }; yield { n: 2 }; },
     onItem(item) { print("onItem"); return item; },
     onClose() { print("onClose"); },
   };`;
const places = ["module", "onStart", "parse", "onItem", "onClose"] as const;
const ways = [
  "log in ",
  "info in ",
  "debug in ",
  "warn in ",
  "error in ",
  "dir: '",
  "trace in ",
  "count in ",
  "group in ",
];

function isTold(text: string, where: readonly string[] = places): void {
  for (const place of where) {
    for (const way of ways) assert.ok(text.includes(way + place), `${way}${place} in:\n${text}`);
    assert.match(text, new RegExp(`│ '${place}' │`));
  }
}

Deno.test("what a spider prints never lands in its data, and is told on standard error", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", place.write("loud.js", spider(place.demo.quotes))];
  for (const more of [["--limit", "2"], ["-o", "-"], ["--limit", "2", "--json"], ["--limit", "2", "-o", "-"]]) {
    const ended = await place.run([...crawl, ...more]);
    ends(ended, 0);
    assert.deepEqual(lines(ended.stdout), ['{"n":1}', '{"n":2}'], more.join(" "));
    isTold(ended.stderr);
  }
  const kept = await place.run(crawl);
  ends(kept, 0);
  assert.equal(kept.stdout, "");
  isTold(kept.stderr);
});

Deno.test("what a spider prints goes to the log, by its level", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", place.write("loud.js", spider(place.demo.quotes)), "--limit", "2"];
  const logged: Ended = await place.run([...crawl, "--log-file", "loud.log"]);
  ends(logged, 0);
  isTold(Deno.readTextFileSync(`${place.folder}/loud.log`), ["onStart", "parse", "onItem", "onClose"]);
  // There is no log before the spider has been loaded.
  isTold(logged.stderr, ["module"]);
  // Of what comes later, standard error gets the errors alone.
  assert.match(logged.stderr, /error error in parse/);
  assert.doesNotMatch(logged.stderr, /(?:info|warn) .*in parse/);
  const quiet = await place.run([...crawl, "--quiet"]);
  assert.match(quiet.stderr, /error error in parse/);
  assert.doesNotMatch(quiet.stderr, /log in parse/);
});

Deno.test("trawl list, and a spider that is refused, print nothing of the spider's to standard output", async () => {
  await using place = await Workplace.open();
  place.write("spiders/loud.js", spider(place.demo.quotes));
  const listed = await place.run(["list", "--json"]);
  ends(listed, 0);
  assert.ok(JSON.parse(listed.stdout).some(({ name }: { name: string }) => name === "loud"));
  place.write("bad.js", `console.log("loaded"); export default { name: "bad" };`);
  const refused = await place.run(["crawl", "./bad.js"]);
  ends(refused, 2);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /^info {2}loaded$/m);
});
