import assert from "node:assert/strict";
import { lookAt } from "../../lib/cli/look.ts";
import { FaultyDisk } from "../disk/faulty_disk.ts";
import { exists, lines } from "./kept.ts";
import { ends, isPlain, webSpider } from "./trawl.ts";
import { digests, files, Workplace } from "./workplace.ts";

const spec = { seed: 51, pages: 100 };

async function pausedWeb(place: Workplace): Promise<string[]> {
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--checkpoint-interval", "0.1s"];
  const { current, previous } = place.kept("web");
  ends(await place.pause(crawl, { when: () => place.pages.length >= 40 && exists(current) && exists(previous) }), 130);
  return crawl;
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

Deno.test("status says what is wrong with one spider's summary in its line, and the others as they are", async () => {
  await using place = await Workplace.open();
  ends(await place.run(["crawl", "quotes", "--start-url", place.demo.quotes]), 0);
  const good = JSON.stringify(place.kept("quotes").summary);
  const bad: Readonly<Record<string, string>> = {
    cut: good.slice(0, 40),
    empty: "",
    object: "{}",
    list: "[]",
    number: "5",
    nothing: "null",
    text: '"finished"',
    when: good.replace(/"endedAt":"[^"]*"/, '"endedAt":"soon"'),
    counters: good.replace(/"counters":\{/, '"counters":{"pages":"many","x":{') + "}",
  };
  for (const [name, text] of Object.entries(bad)) {
    place.write(`data/default/${name}/crawls/2026-11-21T12-33-38.932Z.summary.json`, text);
  }
  const shown = await place.run(["status"]);
  ends(shown, 0);
  isPlain(shown);
  assert.equal(lines(shown.stdout).length, 1 + Object.keys(bad).length);
  assert.match(shown.stdout, /^quotes +finished +10 pages +100 items/m);
  assert.doesNotMatch(shown.stdout, /NaN|undefined/);
  for (const name of Object.keys(bad)) {
    assert.match(
      shown.stdout,
      new RegExp(`^${name} +damaged .*default/${name}/crawls/.*summary\\.json is damaged`, "m"),
    );
  }
  const looks = await place.run(["status", "--json"]);
  assert.deepEqual(
    JSON.parse(looks.stdout).map(({ state }: { state: string }) => state).filter((state: string) =>
      state !== "damaged"
    ),
    ["finished"],
  );
});

Deno.test("a lock, a folder or a project that cannot be looked into is told of its spider alone", async () => {
  const disk = new FaultyDisk();
  const summary = {
    ...{ spider: "a", project: "p", startedAt: "2026-11-21T12:00:00Z", endedAt: "2026-11-21T12:01:00Z", duration: 60 },
    ...{
      outcome: "finished",
      reason: "done",
      exitCode: 0,
      output: "a.jsonl",
      counters: { pages: 1, items: 1, failed: 0 },
    },
  };
  for (const spider of ["p/good", "p/lock", "p/list", "closed/x"]) {
    disk.put(`/data/${spider}/crawls/1.summary.json`, JSON.stringify(summary));
    disk.put(`/data/${spider}/lock`, "5");
  }
  disk.failWhen(({ name, path }) =>
    (name === "isLocked" && path === "/data/p/lock/lock") || (name === "list" && path === "/data/p/list/crawls") ||
      (name === "list" && path === "/data/closed")
      ? "EACCES"
      : undefined
  );
  const looks = await lookAt(disk, "/data", { project: undefined, spider: undefined }, () => Promise.resolve());
  assert.deepEqual(looks.map(({ project, spider, state, detail }) => [project, spider, state, detail]), [
    ["closed", "", "unreadable", "Cannot list /data/closed: permission denied"],
    ["p", "good", "finished", ""],
    ["p", "list", "unreadable", "Cannot list /data/p/list/crawls: permission denied"],
    ["p", "lock", "unreadable", "Cannot look at /data/p/lock/lock: permission denied"],
  ]);
});
