import assert from "node:assert/strict";
import { exists } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { files, Workplace } from "./workplace.ts";

/** Command lines that cannot be followed, and what must be said of each. */
const mistakes: readonly (readonly [args: string, ...said: RegExp[]])[] = [
  ["crawl qoutes", /there is no spider "qoutes"; did you mean quotes\?/],
  ["crawl ./missing.ts", /there is no file .*missing\.ts/],
  ["crawl", /crawl needs <spider \| \.\/file\.ts>/],
  ["crawl quotes more", /does not take "more"/],
  ["crawl quotes --limit 0", /--limit 0: give a whole number from 1 up/],
  ["crawl quotes --limit x", /--limit x: give a whole number from 1 up/],
  ["crawl quotes --limit -3", /--limit.*-3|--limit needs a value/],
  ["crawl quotes --limit", /--limit needs a value: --limit N/],
  ["crawl quotes --limit 3 --limit 4", /--limit is given twice/],
  ["crawl quotes --limit 3 --fresh", /--fresh and --limit/],
  ["crawl quotes --proxy-type nope", /--proxy-type nope: no proxy of that name is configured.*NOPE_PROXY_URL/],
  ["crawl quotes -s delya=1", /there is no setting "delya"; did you mean delay\?/],
  ["crawl quotes -s delay", /-s delay: write -s delay=VALUE/],
  ["crawl quotes -s delay=soon", /-s delay: .*"soon"/],
  ["crawl quotes -s concurrency=0", /-s concurrency: "0" is not a whole number from 1 up/],
  ["crawl quotes -s handleStatuses=40", /-s handleStatuses: "40"/],
  ["crawl quotes --start-url example.com", /--start-url example\.com: it is not an http or https URL/],
  ["crawl quotes --start-url ftp://a.example/", /--start-url ftp:\/\/a\.example\/: it is not an http or https URL/],
  ["crawl quotes --timeout never", /--timeout: .*"never"/],
  ["crawl quotes --checkpoint-interval -1", /--checkpoint-interval/],
  ["crawl quotes --outage-timeout x", /--outage-timeout: .*"x"/],
  ["crawl quotes -o items.xlsx", /--output: .*"items\.xlsx"/],
  ["crawl quotes --project ../up", /--project \.\.\/up: use letters/],
  ["crawl quotes --log-level loud", /--log-level loud: there are debug, info, warn, error/],
  ["crawl quotes --colour", /there is no flag --colour/],
  ["crawl quotes --limt 3", /there is no flag --limt; did you mean --limit\?/],
  ["crawl quotes --quiet=yes", /--quiet takes no value/],
  ["crawl site", /the spider "site" has no start URL of its own: give it one with --start-url URL/],
  ["crwal quotes", /there is no command "crwal"; did you mean crawl\?/],
  ["list all", /list does not take "all"/],
  ["list --data-dir x", /there is no flag --data-dir/],
  ["status a b", /status does not take "b"/],
  ["checkpoint quotes", /checkpoint needs show\|verify\|clear <spider>/],
  ["checkpoint shwo quotes", /checkpoint shwo: did you mean show\?/],
  ["fetch example.com", /fetch example\.com: it is not an http or https URL/],
  ["fetch http://127.0.0.1:1/ --css a --xpath //a", /--css and --xpath: give one of them/],
  ["new", /new needs <name>/],
  ["new a/b", /new a\/b: use letters/],
  ["help crwal", /there is no command "crwal"; did you mean crawl\?/],
];

for (const [args, ...said] of mistakes) {
  Deno.test(`trawl ${args}: is a usage error, told in a sentence`, async () => {
    await using place = await Workplace.open();
    const ended = await place.run(args.split(" "));
    ends(ended, 2);
    isPlain(ended);
    assert.equal(ended.stdout, "");
    for (const each of said) assert.match(ended.stderr, each);
    assert.match(ended.stderr, /^See: trawl help/m);
    // A lock says nothing, and had to be had to see whether a crawl waits.
    assert.deepEqual(files(place.folder).filter((path) => !path.endsWith("/lock")), [], "nothing was written");
  });
}

Deno.test("every mistake in a command line is told at once", async () => {
  await using place = await Workplace.open();
  const args = "crawl qoutes --limit x --proxy-type nope -s delya=1 -s delay=soon --start-url nope -o a.xls --colour";
  const ended = await place.run(args.split(" "));
  ends(ended, 2);
  const problems = ended.stderr.split("\n").filter((line) => line.startsWith("trawl: "));
  assert.equal(problems.length, 8, ended.stderr);
  for (const each of ["qoutes", "--limit x", "nope", "delya", "delay:", "--start-url", "a.xls", "--colour"]) {
    assert.equal(
      problems.filter((problem) => problem.includes(each)).length >= 1,
      true,
      `${each} in:\n${ended.stderr}`,
    );
  }
});

Deno.test("a missing spider is one problem, not two", async () => {
  await using place = await Workplace.open();
  const { stderr } = await place.run(["crawl"]);
  assert.equal(stderr.split("\n").filter((line) => line.startsWith("trawl: ")).length, 1, stderr);
});

Deno.test("a data folder that cannot be written to is a usage error that names it", async () => {
  await using place = await Workplace.open();
  place.write("file", "in the way");
  for (const [args, env] of [[["--data-dir", "file/data"], {}], [[], { DATA_DIR: "file/data" }]] as const) {
    const ended = await place.run(["crawl", "quotes", "--start-url", place.demo.quotes, ...args], { env });
    ends(ended, 2);
    isPlain(ended);
    assert.match(ended.stderr, /file\/data.*Name a folder that can be written to/);
  }
  assert.equal(place.demo.log.length, 0);
});

Deno.test("an empty value is a usage error for every flag that needs one, and all are told at once", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const alone = await place.run([...crawl, "--data-dir", ""]);
  ends(alone, 2);
  assert.match(alone.stderr, /^trawl: --data-dir needs a value: --data-dir DIR$/m);
  const all = await place.run(["crawl", "", "--data-dir=", "-o", "", "--project", "", "--log-file", "", "-s", ""]);
  ends(all, 2);
  for (const each of ["--data-dir", "-o", "--project", "--log-file", "-s"]) {
    assert.ok(all.stderr.includes(`trawl: ${each} needs a value`), `${each} in:\n${all.stderr}`);
  }
  assert.match(all.stderr, /^trawl: crawl "": an argument is empty; it takes <spider \| \.\/file\.ts>$/m);
  assert.equal(all.stderr.split("\n").filter((line) => line.startsWith("trawl: ")).length, 6, all.stderr);
  for (const args of [["status", ""], ["status", "--project="], ["checkpoint", "show", ""], ["new", ""]]) {
    ends(await place.run(args), 2);
  }
  assert.deepEqual([files(place.folder), place.demo.log], [[], []]);
});

Deno.test("a variable that looks like a setting's and is none is a usage error, wherever it is set", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, "--limit", "x"];
  const env = { TRAWL_CONCURENCY: "3", TRAWL_maxPages: "secret", trawl_delay: "1" };
  place.write(".env", "export TRAWL_USERAGENT=secret\nTRAWL_RETRIES=1\n");
  const ended = await place.run(crawl, { env });
  ends(ended, 2);
  isPlain(ended);
  assert.doesNotMatch(ended.stderr, /secret/);
  const wanted = {
    TRAWL_CONCURENCY: "TRAWL_CONCURRENCY",
    TRAWL_maxPages: "TRAWL_MAX_PAGES",
    trawl_delay: "TRAWL_DELAY",
    TRAWL_USERAGENT: "TRAWL_USER_AGENT",
  };
  for (const [name, near] of Object.entries(wanted)) {
    const line = `trawl: the environment or .env has ${name}, which is no setting; did you mean ${near}?`;
    assert.ok(ended.stderr.includes(`${line}\n`), `${name} in:\n${ended.stderr}`);
  }
  assert.equal(ended.stderr.split("\n").filter((line) => line.startsWith("trawl: ")).length, 5, ended.stderr);
  assert.equal(place.demo.log.length, 0);
  ends(await place.run(["fetch", place.demo.quotes]), 2);
  // What needs no setting is not held up by one.
  ends(await place.run(["status"], { env }), 0);
  ends(await place.run(["list"], { env }), 0);
});

Deno.test("an empty DATA_DIR is as none: ./data", async () => {
  await using place = await Workplace.open();
  ends(await place.run(["crawl", "quotes", "--start-url", place.demo.quotes], { env: { DATA_DIR: "" } }), 0);
  assert.deepEqual(Array.from(Deno.readDirSync(place.folder), ({ name }) => name), ["data"]);
});

Deno.test("--data-dir wins over DATA_DIR", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  ends(await place.run([...crawl, "--data-dir", "here"], { env: { DATA_DIR: `${place.folder}/there` } }), 0);
  assert.ok(exists(`${place.folder}/here/default/quotes/crawls`));
  assert.ok(!exists(`${place.folder}/there`));
});

Deno.test("an output or a log that cannot be written fails with the file's name", async () => {
  await using place = await Workplace.open();
  place.write("file", "in the way");
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  for (
    const args of [["-o", "file/items.jsonl"], ["--limit", "5", "-o", "file/items.jsonl"], ["--log-file", "file/log"]]
  ) {
    const ended = await place.run([...crawl, ...args]);
    assert.ok(ended.code === 1 || ended.code === 2, `exit code ${ended.code}`);
    isPlain(ended);
    assert.match(ended.stderr, /file\/(items\.jsonl|log)/);
  }
});

const spiders: readonly (readonly [what: string, text: string, ...said: RegExp[]])[] = [
  [
    "with several mistakes",
    `export default { name: "a b", startUrls: ["nope", 3], allowedDomains: ["http://x"],
       settings: { delya: 1, concurrency: "many" }, onItem: 5 };`,
    /name "a b" has other characters/,
    /start URL "nope"/,
    /start URL 3/,
    /allowed domain "http:\/\/x"/,
    /there is no setting "delya"; did you mean delay\?/,
    /concurrency: "many"/,
    /onItem is not a function/,
    /it has no callback/,
  ],
  ["without a default export", `export const spider = {};`, /no default export/],
  ["without parse", `export default { name: "a", *read() {} };`, /no `parse`/],
  ["that throws when it is loaded", `throw new Error("no key in the environment");`, /no key in the environment/],
  ["that is no program", `export default { name: "a" *parse() {} };`, /broken\.ts/],
];
for (const [what, text, ...said] of spiders) {
  Deno.test(`a spider file ${what} is refused with every reason`, async () => {
    await using place = await Workplace.open();
    const ended = await place.run(["crawl", place.write("broken.ts", text)]);
    ends(ended, 2);
    for (const each of said) assert.match(ended.stderr, each);
    assert.match(ended.stderr, /broken\.ts/);
    assert.doesNotMatch(ended.stderr, /lib\/(cli|spider)\/|data:text/, "nothing of trawl's own insides");
    assert.deepEqual(files(place.folder), [`${place.folder}/broken.ts`]);
  });
}

Deno.test("a setting in the environment is told as such when it is wrong, and used when it is right", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes];
  const wrong = await place.run(crawl, { env: { TRAWL_MAX_PAGES: "few" } });
  ends(wrong, 2);
  assert.match(wrong.stderr, /TRAWL_.*maxPages: "few"/);
  ends(await place.run([...crawl, "--project", "three"], { env: { TRAWL_MAX_PAGES: "3" } }), 0);
  assert.equal(place.kept("quotes", "three").summary.counters.pages, 3);
  ends(await place.run([...crawl, "--project", "two", "-s", "maxPages=2"], { env: { TRAWL_MAX_PAGES: "3" } }), 0);
  assert.equal(place.kept("quotes", "two").summary.counters.pages, 2, "a flag wins over the environment");
});
