import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../lib/cli/shell.ts";
import { type Demo, type DemoOptions, expectedItems } from "../../scripts/demo/mod.ts";
import { Random } from "../../scripts/demo/random.ts";
import type { Point } from "../../scripts/dying_disk.ts";
import { exists, lines, records } from "./kept.ts";
import { type Ended, ends, isCompiled, isPlain, sleep, webSpider } from "./trawl.ts";
import { digests, Workplace } from "./workplace.ts";

/** With so few links most pages can be found from one other alone: behind one that fails there are more. */
const spec = { seed: 81, pages: 120, links: 3 };
const failing: DemoOptions = { seed: 81, errorRate: 0.15, errorKinds: [500, 410], errorTimes: Infinity };
const formats = ["jsonl", "csv", "json"] as const;

interface Crawled {
  readonly place: Workplace;
  /** The crawl's own command line. */
  readonly crawl: readonly string[];
  readonly file: string;
  /** What the crawl said. */
  readonly ended: Ended;
}

/** A crawl that has finished, and gave up what fails. */
async function crawled(output = "out.jsonl", faults = failing, more: readonly string[] = []): Promise<Crawled> {
  const place = await Workplace.open(faults);
  const start = ["--start-url", place.demo.webUrl(spec)];
  const crawl = ["crawl", webSpider, ...start, "-o", output, "-s", "retries=0", "-s", "throttle=false", ...more];
  const ended = await place.run(crawl);
  ends(ended, 0);
  return { place, crawl, file: `${place.folder}/${output}`, ended };
}

const wantedOf = (demo: Demo) =>
  expectedItems(spec, demo.web).map((item) => JSON.stringify(Object.fromEntries(Object.entries(item).sort()))).sort();
const itemsIn = (file: string) =>
  records(file).map((line) =>
    JSON.stringify(Object.fromEntries(
      Object.entries(JSON.parse(line)).map(([key, value]) =>
        [
          key,
          key === "n" ? Number(value) : value,
        ] as const
      ).sort(([a], [b]) => a < b ? -1 : 1),
    ))
  ).sort();

/** Fails unless all is as after a crawl that met no failing page. */
function isWhole({ place, file }: Crawled): void {
  assert.deepEqual(itemsIn(file), wantedOf(place.demo));
  const kept = place.kept("web");
  assert.ok(!exists(`${file}.part`) && !kept.isPaused && !exists(`${kept.root}/retry`));
  assert.deepEqual(kept.crawls.map((name) => name.replace(/^.*Z\./, "")), ["summary.json"]);
  const { counters } = kept.summary;
  assert.deepEqual([counters.pages, counters.items, counters.failed], [spec.pages, spec.pages, 0]);
}

for (const format of formats) {
  Deno.test(`--retry-failed brings exactly what a crawl without failures would have, into the same .${format} file`, async () => {
    const done = await crawled(`out.${format}`);
    const { place, crawl, file, ended } = done;
    await using _place = place;
    const kept = place.kept("web");
    const failed = kept.failures.length;
    assert.ok(
      failed > 5 && itemsIn(file).length < spec.pages - failed,
      "some pages can be found from failed ones only",
    );
    assert.ok(
      ended.stderr.includes(`\nTo try them again: ${commandLine(["trawl", ...crawl, "--retry-failed"])}\n`),
      ended.stderr,
    );
    const brought = new Set(place.pages.filter(({ status }) => status === 200).map(({ path }) => path));

    // Some heal, and lead to others that fail.
    place.demo.faults = { ...failing, errorRate: 0.07 };
    const second = await place.run([...crawl, "--retry-failed"]);
    ends(second, 0);
    assert.match(second.stderr, new RegExp(`Retrying ${failed} pages that the last crawl gave up`));
    assert.ok(kept.failures.length > 0 && second.stderr.includes("To try them again"), second.stderr);
    place.demo.faults = {};
    ends(await place.run([...crawl, "--retry-failed"]), 0);
    isWhole(done);
    const again = place.pages.filter(({ path }) => brought.has(path)).length - brought.size;
    assert.equal(again, 0, "pages that the crawl had brought are asked for again");

    const before = place.demo.log.length, files = digests(place.folder);
    const last = await place.run([...crawl, "--retry-failed"]);
    ends(last, 0);
    assert.match(last.stderr, /Nothing to retry: no finished crawl of "web" has left failed pages/);
    assert.equal(place.demo.log.length, before);
    assert.deepEqual(digests(place.folder), files);
  });

  Deno.test(`kill -9 of a retry at random instants costs no item and repeats none in a .${format} file`, async () => {
    const random = new Random(82, format);
    const done = await crawled(`out.${format}`);
    const { place, crawl, file } = done;
    await using _place = place;
    place.demo.faults = { latency: [15, 40] };
    const first = itemsIn(file).length, kept = place.kept("web");
    const more = ["--checkpoint-interval", "0.05s", "-s", "concurrency=2"];
    let kills = 0;
    for (let runs = 0; runs < 8 && exists(`${kept.root}/retry`); runs++) {
      // Without the flag a retry is continued; where none is begun yet, that would be a new crawl.
      const flag = kept.isPaused && random.below(2) === 0 ? [] : ["--retry-failed"];
      await using trawl = place.start([...crawl, ...more, ...flag]);
      const goal = place.pages.length + random.below(12);
      if (random.below(4) > 0) await trawl.until("some requests", () => trawl.isOver || place.pages.length >= goal);
      else await sleep(random.below(300));
      await sleep(random.below(15));
      if (trawl.kill()) kills++;
      await trawl.ended;
      assert.ok([first, spec.pages].includes(itemsIn(file).length), "readers see a whole file");
    }
    assert.ok(kills > 1, `${kills} kills`);
    ends(await place.run([...crawl, "--retry-failed"]), 0);
    isWhole(done);
  });
}

const program = [Deno.execPath(), "run", "-A", fileURLToPath(new URL("../../scripts/dying_main.ts", import.meta.url))];
const both = (name: string, where: Omit<Point, "when" | "count">): [string, Omit<Point, "count">][] => [
  [`before ${name}`, { ...where, when: "before" }],
  [`after ${name}`, { ...where, when: "after" }],
];
const points = [
  ...both("the items are copied", { operation: "write", path: "/out.csv.part$" }),
  ...both("the copy is synced", { operation: "sync", path: "/out.csv.part$" }),
  ...both("the fingerprints are copied", { operation: "write", path: "/checkpoint/seen-" }),
  ...both("the failed requests are queued", { operation: "write", path: "/checkpoint/queue-" }),
  ...both("the document is written", { operation: "write", path: "/checkpoint.tmp$" }),
  ...both("the document gets its name", { operation: "rename", path: "/checkpoint/checkpoint.msgpack$" }),
  ...both("the wide copy gets the output's name", { operation: "rename", path: "/out.csv$" }),
  ...both("the failures get their name", { operation: "rename", path: "/crawls/.*failed.jsonl$" }),
  ...both("the summary gets its name", { operation: "rename", path: ".summary.json$" }),
  ...both("what was kept is removed", { operation: "remove", path: "/retry$" }),
  ...both("the checkpoint is kept", { operation: "rename", path: "/retry$" }),
  ...both("what a retry needs not is removed", { operation: "remove", path: "/retry/" }),
] as const;

// Items have a column that the first lack, so that the table is written once more.
const lateSpider = `export default {
  name: "web",
  *parse(page) {
    const n = Number(new URL(page.url).pathname.split("/").at(-1));
    yield { n, ...(n > 3 ? { late: true } : {}) };
    yield* page.follow("a[href]");
  },
};
`;

for (const [name, where] of points) {
  Deno.test({
    name: `a retry that dies just ${name} costs no item and repeats none`,
    ignore: isCompiled,
    async fn() {
      await using place = await Workplace.open(failing);
      const start = ["--start-url", place.demo.webUrl(spec), "-o", "out.csv"];
      const path = place.write("late.ts", lateSpider);
      const crawl = [
        "crawl",
        path,
        ...start,
        "-s",
        "retries=0",
        "-s",
        "throttle=false",
        "--checkpoint-interval",
        "0.05s",
      ];
      ends(await place.run(crawl), 0);
      place.demo.faults = { ...failing, errorRate: 0.03 };
      let kills = 0;
      for (const count of [1, 2]) {
        const env = { TRAWL_DIE_AT: JSON.stringify({ ...where, count }) };
        const { code, stderr } = await place.run([...crawl, "--retry-failed"], { env, program });
        assert.ok(code === 137 || code === 0, `exit code ${code}\n${stderr}`);
        if (code === 137) kills++;
      }
      assert.ok(kills > 0, "the point was never reached");
      place.demo.faults = {};
      // The first completes what was begun.
      ends(await place.run([...crawl, "--retry-failed"]), 0);
      ends(await place.run([...crawl, "--retry-failed"]), 0);
      const found = records(`${place.folder}/out.csv`).map((line) => JSON.parse(line)).sort((a, b) => a.n - b.n);
      assert.deepEqual(
        found,
        Array.from({ length: spec.pages }, (_, n) => ({ late: n > 3 ? "true" : "", n: String(n) })),
      );
      assert.ok(!exists(`${place.folder}/out.csv.part`) && !exists(`${place.kept("web").root}/retry`));
    },
  });
}

Deno.test("a retry that was interrupted is continued by the plain command, and says what it is", async () => {
  const done = await crawled();
  const { place, crawl } = done;
  await using _place = place;
  place.demo.faults = { latency: 10 };
  const paused = await place.pause([...crawl, "--retry-failed", "-s", "concurrency=1"], { requests: 3 });
  ends(paused, 130);
  assert.ok(
    paused.stderr.includes(`To continue: ${commandLine(["trawl", ...crawl, "--retry-failed"])}`),
    paused.stderr,
  );
  assert.equal((await place.status("web"))[0]?.state, "paused");
  const ended = await place.run(crawl);
  ends(ended, 0);
  assert.match(ended.stderr, /Continuing the retry of "web": /);
  isWhole(done);
});

Deno.test("a crawl that is not finished is not put aside for a retry", async () => {
  const { place, crawl } = await crawled();
  await using _place = place;
  ends(await place.pause(crawl, { requests: 10 }), 130);
  for (const more of [[], ["--proxy-type", "none"]]) {
    const before = digests(place.folder);
    const refused = await place.run([...crawl, "--retry-failed", ...more]);
    ends(refused, 1);
    isPlain(refused);
    assert.match(
      refused.stderr,
      /the crawl after it is not finished\. Continue that one first, without --retry-failed/,
    );
    assert.deepEqual(digests(place.folder), before);
  }
  // Discarded, it is not in the way any more.
  ends(await place.run(["checkpoint", "clear", "web"]), 0);
  ends(await place.run([...crawl, "--retry-failed"]), 0);
});

Deno.test("a retry may go through another proxy than its crawl, and begins anew when that changes again", async () => {
  const done = await crawled();
  const { place, crawl } = done;
  await using _place = place;
  place.demo.faults = { latency: 10 };
  const retry = [...crawl, "--retry-failed", "-s", "concurrency=1"];
  ends(await place.pause([...retry, "--proxy-type", "none"], { requests: 3 }), 130);
  const ended = await place.run(retry);
  ends(ended, 0);
  assert.match(ended.stderr, /made with --proxy-type none, this is auto: it is cleared, and the retry starts fresh/);
  isWhole(done);
});

Deno.test("what does not go together with --retry-failed is a usage error, and all of it is said at once", async () => {
  const { place, crawl } = await crawled();
  await using _place = place;
  const before = digests(place.folder);
  const both = await place.run([...crawl, "--retry-failed", "--limit", "5", "--fresh"]);
  ends(both, 2);
  assert.match(both.stderr, /--retry-failed and --limit: /);
  assert.match(both.stderr, /--retry-failed and --fresh: /);
  const elsewhere = await place.run([
    ...crawl.map((word) => word === "out.jsonl" ? "other.jsonl" : word),
    "--retry-failed",
  ]);
  ends(elsewhere, 2);
  assert.match(
    elsewhere.stderr,
    /--output \S+other\.jsonl: a retry adds to the output of its crawl, \S+out\.jsonl; leave/,
  );
  const start = await place.run(["crawl", webSpider, "--start-url", "http://127.0.0.1:9/", "--retry-failed"]);
  ends(start, 1);
  assert.match(start.stderr, /the finished crawl began with http:\S+\. Give it the same --start-url, or none/);
  assert.deepEqual(digests(place.folder), before);
});

Deno.test("the output that was moved away is named, nothing is lost, and put back it is added to", async () => {
  const done = await crawled();
  const { place, crawl, file } = done;
  await using _place = place;
  place.demo.faults = {};
  Deno.renameSync(file, `${file}.mine`);
  const before = digests(place.folder);
  const refused = await place.run([...crawl, "--retry-failed"]);
  ends(refused, 1);
  isPlain(refused);
  assert.ok(
    refused.stderr.includes(`Cannot go on with ${file}: it is not there any more. The files of that crawl stay`),
    refused.stderr,
  );
  assert.deepEqual(digests(place.folder), before);
  Deno.renameSync(`${file}.mine`, file);
  // The options that only begin a crawl may be left out.
  ends(await place.run(["crawl", webSpider, "--retry-failed"]), 0);
  isWhole(done);
});

Deno.test("damage of what was kept refuses the retry, and not the next crawl", async () => {
  const done = await crawled();
  const { place, crawl } = done;
  await using _place = place;
  place.demo.faults = {};
  Deno.writeTextFileSync(`${place.kept("web").root}/retry/checkpoint.msgpack`, "x");
  const refused = await place.run([...crawl, "--retry-failed"]);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /Cannot retry the failed pages of "web": \S+checkpoint\.msgpack is damaged at byte/);
  ends(await place.run(crawl), 0);
  assert.deepEqual(itemsIn(done.file), wantedOf(place.demo));
});

Deno.test("a crawl that had finished when it was killed is put in place first, and then its failed pages are retried", async () => {
  await using place = await Workplace.open({ ...failing, latency: 50 });
  const start = ["--start-url", place.demo.webUrl(spec)];
  const crawl = ["crawl", webSpider, ...start, "-o", "out.jsonl", "-s", "retries=0", "-s", "throttle=false"];
  await using trawl = place.start(crawl);
  await trawl.says('Started "web"');
  // A folder takes the name of the output.
  place.write("out.jsonl/in/the/way", "");
  ends(await trawl.ended, 1);
  place.demo.faults = {};
  const file = `${place.folder}/out.jsonl`;
  Deno.removeSync(file, { recursive: true });
  const ended = await place.run([...crawl, "--retry-failed"]);
  ends(ended, 0);
  assert.match(ended.stderr, /had finished; its files are in place now/);
  isWhole({ place, crawl, file, ended });
});

Deno.test("items of a crawl that went to standard output are followed there by those of the retry", async () => {
  const { place, crawl, ended } = await crawled("-");
  await using _place = place;
  place.demo.faults = {};
  const retried = await place.run([...crawl, "--retry-failed"]);
  ends(retried, 0);
  const found = [...lines(ended.stdout), ...lines(retried.stdout)].map((line) => JSON.parse(line).n);
  assert.deepEqual(found.sort((a, b) => a - b), Array.from({ length: spec.pages }, (_, n) => n));
});

Deno.test("maxPages keeps no failed page from being retried, and links beyond it from being followed", async () => {
  const limit = ["-s", "maxPages=60"];
  const { place, crawl, file } = await crawled("out.jsonl", failing, limit);
  await using _place = place;
  assert.equal(itemsIn(file).length, 60);
  const failed = place.kept("web").failures.length;
  assert.ok(failed > 2);
  place.demo.faults = {};
  ends(await place.run([...crawl, "--retry-failed"]), 0);
  assert.equal(new Set(itemsIn(file)).size, 60 + failed);
  assert.equal(place.kept("web").summary.counters.failed, 0);
});

Deno.test("a data folder that was moved after its crawl is retried where it is now", async () => {
  await using place = await Workplace.open(failing);
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "-s", "retries=0", "-s", "throttle=false"];
  ends(await place.run(crawl), 0);
  place.demo.faults = {};
  Deno.renameSync(place.dataDir, `${place.folder}/moved`);
  ends(await place.run([...crawl, "--data-dir", "moved", "--retry-failed"]), 0);
  assert.ok(!exists(place.dataDir), "the old place is made anew");
  const folder = `${place.folder}/moved/default/web/crawls`;
  const name = Array.from(Deno.readDirSync(folder), (each) => each.name).find((each) => each.endsWith("Z.jsonl"));
  assert.deepEqual(itemsIn(`${folder}/${name}`), wantedOf(place.demo));
});
