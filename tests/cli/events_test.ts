import assert from "node:assert/strict";
import { checkedEvents, eventLines, types } from "./event_schema.ts";
import { type Ended, ends, type Event, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A spider with something of everything: links to a page that is gone, and one whose callback throws. */
const mixed = (start: string) =>
  `export default {
  name: "mixed",
  startUrls: ["${start}"],
  *parse(page) {
    page.log.info("read \\u009b31m");
    yield { url: page.url };
    for (const path of ["/a", "/moved", "/gone", "/broken", "/busy"]) yield page.request(path);
    if (page.url.endsWith("/broken")) throw new Error("no price at http://me:canary@a.example/");
  },
};
`;

/** A site of which some pages are moved, gone, or busy at first. */
function site() {
  let busy = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, origin } = new URL(request.url);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (pathname === "/moved") return Response.redirect(`${origin}/a2`);
    if (pathname === "/busy" && busy++ === 0) return new Response("", { status: 500 });
    if (pathname === "/gone" || pathname === "/robots.txt") return new Response("", { status: 404 });
    if (pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    return new Response("<title>a</title>", { headers: { "content-type": "text/html" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    shutdown: () => server.shutdown(),
  };
}

/** Fails unless each event has what every event has. */
function belongTo(events: readonly Event[], spider: string | null, project = "default"): void {
  for (const event of events) assert.deepEqual([event.spider, event.project], [spider, project]);
}

Deno.test("every event of a crawl is as the schema has it, from its beginning to its end", async () => {
  await using place = await Workplace.open();
  const { url, shutdown } = site();
  try {
    const path = place.write("mixed.js", mixed(url));
    const ended = await place.run(["crawl", path, "--json", "--log-level", "debug", "--project", "shop"]);
    ends(ended, 0);
    assert.equal(ended.stdout, "");
    const events = checkedEvents(ended);
    belongTo(events, "mixed", "shop");
    assert.deepEqual(
      [...new Set(events.map(({ type }) => type))].sort(),
      ["finished", "given-up", "log", "page", "redirect", "retry", "saved", "started"],
    );
    assert.deepEqual([events[0]?.type, events[0]?.kind, events[0]?.pages], ["started", "new", 0]);
    const broken = events.find(({ type, url }) => type === "given-up" && String(url).endsWith("/broken"));
    assert.deepEqual([broken?.failure, broken?.level].map((value) => JSON.stringify(value).includes("canary")), [
      false,
      false,
    ]);
    const { message } = broken?.failure as { message: string };
    assert.equal(message, "Error: no price at http://a.example/");
    assert.ok(events.some((event) => event.type === "log" && event.message === "read \u009b31m"));
    assert.ok(!ended.stderr.includes("\u009b"), "nothing in the lines moves a terminal");
    const last = events.at(-1)!;
    assert.deepEqual([last.type, last.reason, last.exitCode], ["finished", "done", 0]);
    const times = events.map(({ time }) => String(time));
    assert.deepEqual(times, times.toSorted());
  } finally {
    await shutdown();
  }
});

Deno.test("a test run, a pause, what continues it, and a retry begin and end with events of their own", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const { href } = new URL("/nothing/here", place.demo.web[0]);
  const crawl = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 60 }), "--json"];
  const kinds = (ended: Ended) => {
    const events = checkedEvents(ended);
    belongTo(events, "site");
    const [first, last] = [events[0]!, events.at(-1)!];
    return [first.type, first.kind, last.type, last.reason, last.exitCode];
  };
  assert.deepEqual(kinds(await place.run([...crawl, "--limit", "2"])), ["started", "test", "finished", "limit", 0]);
  const paused = await place.pause(crawl);
  assert.deepEqual(kinds(paused), ["started", "new", "paused", "SIGINT", 130]);
  const again = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 60 }), "--json"];
  assert.deepEqual(kinds(await place.run(again)), ["started", "continued", "finished", "done", 0]);

  const bad = ["crawl", "site", "--start-url", place.demo.webUrl({ seed: 1, pages: 5 }), "--start-url", href, "--json"];
  assert.deepEqual(kinds(await place.run(bad)), ["started", "new", "finished", "done", 0]);
  const retried = await place.run([...bad, "--retry-failed"]);
  const events = checkedEvents(retried);
  assert.deepEqual(events.filter(({ type }) => type === "started").map(({ kind }) => kind), ["retry"]);
});

Deno.test("a crawl that fails, is refused, is locked out, or is asked for wrongly says so in events", async () => {
  await using place = await Workplace.open();
  const { href } = new URL("/nothing/here", place.demo.web[0]);
  const last = (ended: Ended) => {
    const events = checkedEvents(ended);
    isPlain(ended);
    const { type, exitCode, spider } = events.at(-1)!;
    return [type, exitCode, spider, ended.code];
  };
  assert.deepEqual(last(await place.run(["crawl", "site", "--start-url", href, "--json"])), ["failed", 1, "site", 1]);

  const quotes = ["crawl", "quotes", "--start-url", place.demo.quotes, "--json"];
  place.demo.faults = { latency: 3_600_000 };
  await using trawl = place.start(quotes);
  await trawl.says('"type":"started"');
  const locked = await place.run(quotes);
  assert.deepEqual(last(locked), ["locked", 3, "quotes", 3]);
  assert.equal(checkedEvents(locked)[0]?.pid, trawl.pid);
  trawl.kill("SIGKILL");
  await trawl.ended;
  place.demo.faults = {};
  const { current, previous } = place.kept("quotes");
  for (const path of [current, previous]) Deno.writeTextFileSync(path, "damaged");
  assert.deepEqual(last(await place.run(quotes)), ["refused", 1, "quotes", 1]);

  for (
    const [args, spider] of [
      ["crawl qoutes --limit x --json", "qoutes"],
      ["crawl --json", null],
      ["crawl quotes --json=yes", "quotes"],
      ["crwal quotes --json", null],
      ["status a b --json", "a"],
      ["checkpoint shwo quotes --json", "quotes"],
      ["fetch example.com --json", null],
      ["crawl site --json", "site"],
    ] as const
  ) {
    const ended = await place.run(args.split(" "));
    assert.deepEqual(last(ended), ["usage", 2, spider, 2], args);
    assert.equal(checkedEvents(ended).filter(({ type }) => type === "usage").length, 1);
    assert.equal(ended.stdout, "");
  }
  const [usage] = checkedEvents(await place.run(["crawl", "qoutes", "--limit", "x", "--json", "--project", "p"]));
  assert.equal((usage?.problems as string[]).length, 2);
  assert.equal(usage?.project, "p");
});

Deno.test("an outage is an event, and a warning about .env is one in every command", async () => {
  await using place = await Workplace.open();
  place.write(".env", "this is no variable\n");
  await place.demo.close();
  const ended = await place.run([
    "crawl",
    "quotes",
    "--start-url",
    place.demo.quotes,
    "--json",
    "--outage-timeout",
    "1s",
  ]);
  ends(ended, 4);
  const events = checkedEvents(ended);
  assert.ok(events.some(({ type }) => type === "outage"));
  assert.deepEqual([events.at(-1)?.type, events.at(-1)?.reason], ["paused", "outage"]);
  const listed = await place.run(["list", "--json"]);
  assert.deepEqual(checkedEvents(listed).map(({ type, level, message }) => [type, level, message]), [
    ["log", "warn", "Cannot read line 1 of .env: it is not NAME=VALUE, or a quote in it is not closed"],
  ]);
});

Deno.test("with --json and --log-file the events are in the file, and errors on standard error as well", async () => {
  await using place = await Workplace.open();
  const crawl = ["crawl", "quotes", "--json", "--log-file", "log"];
  const good = await place.run([...crawl, "--start-url", place.demo.quotes]);
  ends(good, 0);
  assert.equal(good.stderr, "");
  const { href } = new URL("/nothing/here", place.demo.web[0]);
  const bad = await place.run([...crawl, "--start-url", href, "--project", "other"]);
  ends(bad, 1);
  assert.deepEqual(checkedEvents(bad).map(({ type, level }) => [type, level]), [["log", "error"], ["failed", "error"]]);
  const events = eventLines(Deno.readTextFileSync(`${place.folder}/log`));
  assert.deepEqual(
    events.filter(({ type }) => ["started", "finished", "failed"].includes(type)).map(({ type }) => type),
    ["started", "finished", "started", "failed"],
  );
});

Deno.test("the schema has no type but those that are told", () => {
  assert.deepEqual(types.toSorted(), [
    "failed",
    "finished",
    "forbidden",
    "given-up",
    "locked",
    "log",
    "outage",
    "page",
    "paused",
    "progress",
    "redirect",
    "refused",
    "rejected",
    "retry",
    "saved",
    "started",
    "usage",
  ]);
});

Deno.test("with --json what a spider prints as it is loaded, and as it runs, comes as events", async () => {
  await using place = await Workplace.open();
  const path = place.write(
    "loud.js",
    `console.log("loaded"); export default { name: "loud", startUrls: ["${place.demo.quotes}"], *parse() {
      console.warn("running"); yield { a: 1 }; } };`,
  );
  const ended = await place.run(["crawl", path, "--json"]);
  ends(ended, 0);
  assert.equal(ended.stdout, "");
  const logged = checkedEvents(ended).filter(({ type }) => type === "log");
  assert.deepEqual(logged.map(({ level, message }) => [level, message]), [["info", "loaded"], ["warn", "running"]]);
});
