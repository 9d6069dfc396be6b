import assert from "node:assert/strict";
import { ShortageWatch } from "../../lib/engine/shortage.ts";
import type { Failure, Lacking, Outcome } from "../../lib/model/outcome.ts";
import type { Page } from "../../lib/spider/page.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { asked, done, epoch, open, pages, settle, times } from "./parts.ts";
import { answer, followAll, followFrom, links, type Site } from "./site.ts";

const short = (lacking: Lacking): Failure => ({ kind: "shortage", lacking, message: `no ${lacking}` });
const lacks = (lacking: Lacking): Outcome => ({ failure: short(lacking) });

function watch(most = 16) {
  const clock = new ManualClock(), log: string[] = [], warned: string[] = [];
  const shortage = new ShortageWatch({
    clock,
    most,
    limit: (most) => log.push(`limit ${most}`),
    keepConnections: (keeps) => log.push(keeps ? "keep" : "let go"),
    warn: (message) => warned.push(message),
    onEnd: () => log.push("go on"),
    timeout: 100,
    onTimeout: () => log.push("timeout"),
  });
  const met = (lacking: Lacking = "files", inFlight = most, beganAt = clock.now()) =>
    shortage.met(short(lacking), beganAt, inFlight);
  return { clock, log, warned, shortage, met };
}

Deno.test("half as many may be in flight, and what is idle is let go of, when descriptors are short", () => {
  const { clock, log, shortage, met } = watch();
  clock.advance(1000);
  met();
  // These were on their way already.
  met("files", 9, 500);
  met("files", 3, 1000);
  assert.deepEqual(log, ["limit 8", "let go"]);
  assert.equal(shortage.pausing?.message, "no files");
  clock.advance(1000);
  assert.deepEqual(log.slice(2), ["go on"]);
  assert.equal(shortage.pausing, undefined);
  met("memory", 5);
  clock.advance(10_000);
  met("memory", 1);
  assert.deepEqual(log.slice(3), ["limit 2", "go on", "limit 1"]);
});

Deno.test("pauses double while nothing is answered, and after the timeout the crawl pauses", () => {
  const { clock, log, met } = watch(2);
  const pauses: number[] = [];
  while (!log.includes("timeout")) {
    clock.advance(1);
    met();
    const from = clock.now(), count = log.length;
    while (log.length === count && clock.now() < from + 60_000) clock.advance(500);
    if (log.at(-1) === "go on") pauses.push((clock.now() - from) / 1000);
    assert.ok(pauses.length < 20, log.join());
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
});

Deno.test("an answer begins the pauses anew, and calm doubles what may be in flight until it is as before", () => {
  const { clock, log, shortage, met } = watch();
  clock.advance(1);
  met();
  clock.advance(1000);
  shortage.answered();
  clock.advance(1);
  met("files", 8);
  clock.advance(1000);
  assert.deepEqual(log.splice(0), ["limit 8", "let go", "go on", "limit 4", "let go", "go on"]);
  // Two shortages have made one minute of calm four.
  clock.advance(238_000);
  shortage.answered();
  assert.deepEqual(log, []);
  clock.advance(1000);
  shortage.answered();
  shortage.answered();
  assert.deepEqual(log, ["limit 8"]);
  clock.advance(240_000);
  shortage.answered();
  assert.deepEqual(log, ["limit 8", "limit 16", "keep"]);
  clock.advance(1_000_000);
  shortage.answered();
  assert.equal(log.length, 3);
});

Deno.test("each thing that is short is told once, with what can be done", () => {
  const { clock, log, warned, met } = watch();
  for (const lacking of ["files", "files", "memory", "ports", "ports"] as const) {
    clock.advance(100_000);
    met(lacking);
  }
  assert.equal(warned.length, 3);
  assert.match(
    warned[0]!,
    /^Too many files and connections are open, .*: the crawl goes on with at most 8 requests in flight, .* "ulimit -n" before/,
  );
  assert.match(warned[1]!, /^This machine has no memory, .* at most 2 requests in flight\. .* a lower concurrency/);
  assert.match(warned[2]!, /^This machine has no port left .* A port comes free a minute after/);
  // Ports are those of one host: no other need wait for them.
  assert.deepEqual(log.filter((line) => line.startsWith("limit")), ["limit 8", "limit 4", "limit 2"]);
});

/** A machine that has connections for so many requests at a time; `beside` are taken by others, for a while. */
function limited(clock: ManualClock, site: Site, { most, lacking }: { most: number; lacking: Lacking }) {
  let inFlight = 0;
  const state = { most: 0, refused: 0 };
  const asked: Site = async (request, signal) => {
    if (inFlight >= most) {
      state.refused += 1;
      return lacks(lacking);
    }
    inFlight += 1;
    state.most = Math.max(state.most, inFlight);
    await new Promise<void>((resolve) => clock.after(100, resolve));
    inFlight -= 1;
    return site(request, signal);
  };
  return { asked, state };
}

for (const lacking of ["files", "memory"] as const) {
  Deno.test(`a crawl that is short of ${lacking} goes on with fewer requests in flight, and brings every page at no attempt`, async () => {
    const clock = new ManualClock(epoch);
    const hosts = Array.from({ length: 60 }, (_, n) => `http://h${n}.com/`);
    const site: Site = ({ url }) => answer(url, url.endsWith("robots.txt") ? "" : links("/more"));
    const { asked, state } = limited(clock, site, { most: 5, lacking });
    const run = open({ spider: followFrom(...hosts), site: asked, clock, robots: true }, { retries: 0 });
    assert.deepEqual(await run.crawl(50), done);
    assert.deepEqual(pages(run), hosts.flatMap((host) => [host, `${host}more`]).sort());
    const { failed, retries } = run.parts.counters;
    assert.deepEqual({ failed, retries }, { failed: 0, retries: 0 });
    assert.ok(state.refused > 0 && state.most === 5);
    // It has found out how many there may be, and does not try for ever.
    assert.ok(state.refused < 60, `${state.refused} requests were sent in vain`);
    assert.deepEqual(run.events.filter(({ type }) => type === "outage"), []);
    assert.equal(run.events.filter(({ type }) => type === "log").length, 1);
  });
}

Deno.test("a POST for which there was no connection was not sent, and is sent later", async () => {
  let lacking = 3;
  const site: Site = ({ url, method }) => method === "POST" && lacking-- > 0 ? lacks("files") : answer(url);
  const spider = {
    ...followAll,
    *parse(page: Page) {
      if (page.request.method === "POST") yield { url: page.url };
      else yield page.request("/search", { method: "POST", body: "q" });
    },
  };
  const run = open({ spider, site }, { retries: 0 });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(run.items(), [{ url: "http://a.com/search" }]);
  assert.deepEqual(asked(run), ["/", ...Array(4).fill("POST /search")]);
  assert.deepEqual(times(run), [0, 0, 1, 3, 7]);
});

Deno.test("a host for which there is no port waits more than the minute in which ports come free, and others do not wait", async () => {
  const clock = new ManualClock(epoch);
  const site: Site = ({ url }) => url.startsWith("http://a.com") && clock.now() < 61_000 ? lacks("ports") : answer(url);
  const spider = followFrom("/1", "http://b.com/");
  const run = open({ spider, site, clock, robots: true }, { retries: 0 });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(pages(run), ["/1", "http://b.com/"]);
  assert.equal(run.asked.find(({ what }) => what === "http://b.com/")?.at, 0);
  assert.equal(run.parts.counters.failed, 0);
});

Deno.test("a host for which there is never a port is given up with that reason, whatever its requests", async () => {
  const site: Site = ({ url }) => url.startsWith("http://a.com") ? lacks("ports") : answer(url);
  for (const robots of [undefined, true]) {
    const run = open({ spider: followFrom("/1", "http://b.com/"), site, ...robots && { robots } }, { retries: 1 });
    assert.deepEqual(await run.crawl(), done);
    assert.deepEqual(pages(run), ["http://b.com/"]);
    assert.equal(run.failures().length, 1);
    assert.match(String(run.failures()[0]?.["message"]), /no ports/);
  }
});

Deno.test("a machine that has nothing left pauses the crawl in the end, with all that is pending", async () => {
  const run = open({ site: () => lacks("files") }, { retries: 0, shortageTimeout: 20 });
  assert.deepEqual(await run.crawl(), { outcome: "paused", reason: "shortage" });
  assert.equal(run.parts.scheduler.waiting, 1);
  assert.equal(run.parts.counters.failed, 0);
});

Deno.test("why nothing is requested is said while the crawl waits for descriptors", async () => {
  const run = open({ site: () => lacks("files") });
  void run.engine.run();
  await settle();
  assert.equal(run.engine.progress.why, "no files");
  run.engine.cancel("x");
});
