import assert from "node:assert/strict";
import { LogFile } from "../../lib/cli/log_file.ts";
import { DiskError } from "../../lib/disk/disk.ts";
import { lines } from "./kept.ts";
import { ends, isCompiled, isPlain, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A file that takes lines while it has room. */
function open() {
  const state = { isFull: false, lines: [] as string[], said: [] as string[] };
  const file = {
    path: "crawl.log",
    append(line: string) {
      if (state.isFull) throw new DiskError("write to", "crawl.log", new Error("No space left on device"));
      state.lines.push(...line.split("\n"));
    },
    close() {},
  };
  const log = new LogFile(file, (level, message) => `${level} ${message}`, (level, message) => {
    state.said.push(`${level} ${message}`);
  });
  return { state, log };
}

const full = "error Cannot write to crawl.log: no space left on device. The crawl goes on without its log";

Deno.test("a log that cannot be written is told once, and what is lost when it works again", () => {
  const { state, log } = open();
  log.write("one");
  state.isFull = true;
  for (const line of ["two", "three", "four"]) log.write(line);
  assert.deepEqual(state.said, [full]);
  state.isFull = false;
  log.write("five");
  log.write("six");
  log.close();
  assert.deepEqual(state.lines, ["one", "warn 3 lines of the log are lost", "five", "six"]);
  assert.deepEqual(state.said, [full, "warn crawl.log takes the log again; 3 lines of the log are lost"]);
});

Deno.test("a log that never works again says at the end what is lost", () => {
  const { state, log } = open();
  state.isFull = true;
  log.write("one");
  log.close();
  assert.deepEqual(state.said, [full, "error crawl.log: 1 line of the log is lost"]);
});

Deno.test("two crawls with one log file lose no line of each other", async () => {
  await using place = await Workplace.open({ latency: 2 });
  const log = ["--log-file", "logs/crawl.log", "--log-level", "debug"];
  const crawl = (seed: number) => [
    ...["crawl", webSpider, "--start-url", place.demo.webUrl({ seed, pages: 60 }), "--project", `p${seed}`],
    ...log,
  ];
  const [first, second] = await Promise.all([place.run(crawl(1)), place.run(crawl(2))]);
  ends(first, 0);
  ends(second, 0);
  const logged = lines(Deno.readTextFileSync(`${place.folder}/logs/crawl.log`));
  assert.ok(
    logged.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z (?:debug|info |warn |error) ./.test(line)),
    "no line is torn",
  );
  for (const [what, count] of [[/ Started "web"/, 2], [/ debug 200 http/, 120], [/ Finished "web"/, 2]] as const) {
    assert.equal(logged.filter((line) => what.test(line)).length, count, String(what));
  }
});

Deno.test("a log file that is renamed while the crawl runs is followed by a new one of its name", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = `${place.folder}/log`;
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 1, pages: 60 })];
  await using trawl = place.start([...crawl, "--log-file", "log", "--log-level", "debug"]);
  await trawl.until("10 pages", () => place.pages.length >= 10);
  Deno.renameSync(path, `${path}.1`);
  ends(await trawl.ended, 0);
  const [before, after] = [`${path}.1`, path].map((name) => lines(Deno.readTextFileSync(name)));
  const pages = (log: readonly string[] = []) => log.filter((line) => / debug 200 http/.test(line)).length;
  assert.equal(pages(before) + pages(after), 60);
  assert.match(before![0]!, / Started "web"/);
  assert.ok(after!.some((line) => / Finished "web"/.test(line)));
});

Deno.test({
  // A device that is always full takes no rights to use; only a compiled program may not write to devices.
  name: "a full disk under the log alone never ends a crawl (main.ts on Linux only)",
  ignore: Deno.build.os !== "linux" || isCompiled,
  fn: async () => {
    await using place = await Workplace.open();
    const ended = await place.run([
      "crawl",
      "quotes",
      "--start-url",
      place.demo.quotes,
      "--log-file",
      "/dev/full",
      "-q",
    ]);
    ends(ended, 0);
    isPlain(ended);
    const [once, lost, ...others] = lines(ended.stderr);
    assert.match(
      once!,
      /^\S+ error Cannot write to \/dev\/full: no space left on device\. The crawl goes on without its log$/,
    );
    assert.match(lost!, /^\S+ error \/dev\/full: \d+ lines of the log are lost$/);
    assert.deepEqual(others, []);
    assert.equal(place.kept("quotes").summary.outcome, "finished");
  },
});

Deno.test("a log file has the errors that standard error has, those of the command line too", async () => {
  await using place = await Workplace.open();
  const log = ["--log-file", "log"];
  const wrong = await place.run(["crawl", "site", ...log]);
  ends(wrong, 2);
  assert.match(wrong.stderr, /^trawl: the spider "site" has no start URL of its own/m);
  place.demo.faults = { latency: 3_600_000 };
  const crawl = ["crawl", "quotes", "--start-url", place.demo.quotes, ...log];
  await using trawl = place.start(crawl);
  await trawl.until("a request", () => place.demo.log.length > 0);
  const locked = await place.run(crawl);
  ends(locked, 3);
  assert.match(locked.stderr, /Another process/);
  const text = Deno.readTextFileSync(`${place.folder}/log`);
  assert.match(text, /^\S+Z error the spider "site" has no start URL of its own/m);
  assert.match(text, /^\S+Z error Another process \(\d+\) is crawling this spider/m);
});

Deno.test("a log file that can never be opened by its name is a usage error", async () => {
  await using place = await Workplace.open();
  place.write("file", "");
  for (const name of ["file/log", ".", "", "-"]) {
    const ended = await place.run(["crawl", "quotes", "--start-url", place.demo.quotes, "--log-file", name]);
    ends(ended, 2);
    isPlain(ended);
    assert.match(ended.stderr, /^trawl: --log-file\b/m);
  }
  assert.equal(place.demo.log.length, 0);
});
