import assert from "node:assert/strict";
import { CheckpointStore } from "../../lib/checkpoint/store.ts";
import type { Crawl } from "../../lib/engine/crawl.ts";
import type { Ending } from "../../lib/engine/engine.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import type { FaultyDisk } from "../disk/faulty_disk.ts";
import { epoch, settle, worldOf } from "./parts.ts";
import { places, prepared, type ProcessSaid, runProcess } from "./process.ts";
import { answer, pathOf } from "./site.ts";

/** A spider of so many pages, each of which leads to the next. */
function spiderOf(pages: number): Spider {
  return {
    name: "test",
    startUrls: ["http://a.com/1"],
    *parse(page: Page) {
      const number = Number(new URL(page.url).pathname.slice(1));
      yield { number };
      if (number < pages) yield page.request(`/${number + 1}`);
    },
  };
}

/** What a server does, and what it has seen. */
interface Server {
  /** Answers a path, at once or after some milliseconds. */
  readonly answer: (path: string, times: number) => { readonly after?: number; readonly outcome?: Outcome };
  readonly said?: Partial<ProcessSaid>;
  readonly pages: number;
  /** Seconds. */
  readonly slice: number;
  /** Seconds between two slices. @default {0} */
  readonly between?: number;
  /** Slices that are killed and not paused, counted from 0. */
  readonly isKilled?: (slice: number) => boolean;
}

/** Runs slices until the crawl has finished; returns what the server has seen, and how many slices it took. */
async function slices(server: Server, most: number) {
  const { between = 0, isKilled = () => false } = server;
  const log: { readonly path: string; readonly at: number }[] = [];
  const asked = new Map<string, number>();
  let disk: FaultyDisk = prepared(), wall = epoch;
  const said: string[] = [];
  for (let slice = 0; slice < most; slice++) {
    const clock = new ManualClock(wall);
    const site: ProcessSaid["site"] = async ({ url }) => {
      const path = pathOf(url);
      log.push({ path, at: clock.wall() - epoch });
      const times = (asked.get(path) ?? 0) + 1;
      asked.set(path, times);
      const { after = 0, outcome = answer(url) } = server.answer(path, times);
      if (after > 0) await new Promise<void>((resolve) => void clock.after(after, resolve));
      return outcome;
    };
    let crawl: Crawl | undefined;
    const stopped = Promise.withResolvers<Ending>();
    const running = runProcess(disk, {
      spider: spiderOf(server.pages),
      items: `${places.crawls}/items.jsonl`,
      interval: 5,
      robots: true,
      throttle: true,
      ...server.said,
      clock,
      site,
      onCrawl(own) {
        crawl = own;
        clock.after(1000 * server.slice, () => {
          if (!isKilled(slice)) return own.pause("timeout");
          stopped.resolve({ outcome: "paused", reason: "kill" });
        });
      },
    });
    running.catch(() => {});
    const ending = await Promise.race([running, stopped.promise]);
    if (crawl?.idleReason !== undefined && ending.outcome === "paused" && !isKilled(slice)) said.push(crawl.idleReason);
    if (ending.outcome === "finished") return { log, slices: slice + 1, said, disk };
    assert.equal(ending.outcome, "paused");
    disk = disk.kill();
    wall = clock.wall() + 1000 * between;
  }
  const { checkpoint } = new CheckpointStore(disk, places).find().checkpoints[0]!;
  assert.fail(
    `${most} slices: ${JSON.stringify(log)} ${JSON.stringify((checkpoint.crawl as { counters: unknown }).counters)}`,
  );
}

/** The least time between two requests, in seconds. */
function leastGap(log: readonly { readonly at: number }[]): number {
  return Math.min(...log.slice(1).map(({ at }, before) => at - log[before]!.at)) / 1000;
}

const paths = (log: readonly { readonly path: string }[]) => log.map(({ path }) => path);
const numbers = (pages: number) => Array.from({ length: pages }, (_, at) => `/${at + 1}`);
const robots = (text: string) => ({ outcome: answer("http://a.com/robots.txt", `User-agent: *\n${text}`) });

Deno.test("slices of 3 s get on where robots.txt takes 5 s: what comes while a slice pauses counts, and is asked once", async () => {
  const server: Server = {
    answer: (path) => path === "/robots.txt" ? { after: 5000, ...robots("Disallow: /no") } : { after: 2000 },
    pages: 3,
    slice: 3,
  };
  const { log, slices: count } = await slices(server, 4);
  assert.deepEqual(paths(log), ["/robots.txt", "/1", "/2", "/3"]);
  assert.ok(count <= 3);
});

for (const slice of [3, 6]) {
  Deno.test(`slices of ${slice} s get on with a Crawl-delay of 4 s, and never ask too soon`, async () => {
    const server: Server = {
      answer: (path) => path === "/robots.txt" ? robots("Crawl-delay: 4") : {},
      pages: 6,
      slice,
    };
    const { log } = await slices(server, 12);
    assert.deepEqual(paths(log), ["/robots.txt", ...numbers(6)]);
    assert.ok(leastGap(log) >= 4, `${leastGap(log)} s`);
  });
}

Deno.test("slices of 3 s get on with a delay of 1 s where pages answer 503 or reset once", async () => {
  const server: Server = {
    answer(path, times) {
      const number = Number(path.slice(1));
      if (times > 1 || number % 5 !== 0) return { after: 30 };
      return number % 10 === 0 ? { outcome: answer(path, "", 503) } : {
        outcome: { failure: { kind: "reset", message: "it closed the connection" } },
      };
    },
    said: { delay: 1 },
    pages: 60,
    slice: 3,
  };
  const { log } = await slices(server, 100);
  const again = numbers(60).filter((path) => Number(path.slice(1)) % 5 === 0);
  assert.deepEqual(paths(log).sort(), ["/robots.txt", ...numbers(60), ...again].sort());
  assert.ok(leastGap(log) >= 1, `${leastGap(log)} s`);
});

Deno.test("slices of 10 s get on after five 503, when the server is well again", async () => {
  let refused = 0;
  const server: Server = {
    answer: (path) => path !== "/robots.txt" && refused++ < 5 ? { outcome: answer(path, "", 503) } : {},
    said: { retries: 5 },
    pages: 4,
    slice: 10,
  };
  const { log } = await slices(server, 12);
  assert.deepEqual(paths(log), ["/robots.txt", ...Array(5).fill("/1"), ...numbers(4)]);
});

Deno.test("after a night between two slices, the server's push-back is forgotten", async () => {
  let refused = 0;
  const server: Server = {
    answer: (path) => path !== "/robots.txt" && refused++ < 5 ? { outcome: answer(path, "", 503) } : {},
    said: { retries: 5 },
    pages: 20,
    slice: 20,
    between: 8 * 3600,
  };
  const { log } = await slices(server, 2);
  const morning = log.filter(({ at }) => at > 3_600_000);
  assert.deepEqual(paths(morning), numbers(20));
  assert.equal(morning.at(-1)!.at - 8 * 3_600_000, 20_000, "all at once");
});

Deno.test("slices of 3 s get on where robots.txt fails, and in the end it counts as a refusal", async () => {
  const server: Server = {
    answer: (path) => path === "/robots.txt" ? { outcome: answer(path, "", 500) } : {},
    said: { delay: 4 },
    pages: 2,
    slice: 3,
  };
  await assert.rejects(slices(server, 8), { name: "AssertionError", message: /'failed'/ });
});

Deno.test("slices of 3 s get on where robots.txt redirects with a delay of 4 s", async () => {
  const server: Server = {
    answer(path) {
      if (path === "/robots.txt") return { outcome: answer("http://a.com/robots.txt", "", 302, { location: "/r1" }) };
      if (path === "/r1") return { outcome: answer("http://a.com/r1", "", 302, { location: "/r2" }) };
      return {};
    },
    said: { delay: 4 },
    pages: 2,
    slice: 3,
  };
  const { log } = await slices(server, 8);
  assert.deepEqual(paths(log), ["/robots.txt", "/r1", "/r2", "/1", "/2"]);
  assert.ok(leastGap(log) >= 4);
});

Deno.test("a robots.txt that asks to wait is left alone for so long, over slices", async () => {
  const server: Server = {
    answer: (path, times) =>
      path === "/robots.txt" && times === 1
        ? { outcome: answer("http://a.com/robots.txt", "", 503, { "retry-after": "20" }) }
        : {},
    pages: 1,
    slice: 3,
  };
  const { log } = await slices(server, 9);
  assert.deepEqual(paths(log), ["/robots.txt", "/robots.txt", "/1"]);
  assert.ok(log[1]!.at >= 20_000 && log[1]!.at < 22_000, `${log[1]!.at}`);
});

Deno.test("slices get on although every one of them is killed, and never ask too soon", async () => {
  for (const [delay, between] of [[2, 0], [2, 60], [4, 0], [4, 60]] as const) {
    const server: Server = {
      answer: (path) => path === "/robots.txt" ? robots(`Crawl-delay: ${delay}`) : { after: 50 },
      pages: 10,
      slice: 3,
      between,
      isKilled: () => true,
    };
    const { log } = await slices(server, 40);
    // Whatever was answered was saved within a second.
    assert.deepEqual(paths(log), ["/robots.txt", ...numbers(10)]);
    assert.ok(leastGap(log) >= delay, `${leastGap(log)} s`);
  }
});

Deno.test("a slice that could do nothing names the host, its delay, and what to do", async () => {
  const server: Server = {
    answer: (path) => path === "/robots.txt" ? robots("Crawl-delay: 60") : {},
    pages: 1,
    slice: 30,
  };
  const { said } = await slices(server, 4);
  assert.deepEqual(said, [
    "Nothing was sent in this run: a.com may be asked again in 1 s, its delay is 1 min. " +
    "Give a run more time with --timeout, or let more time pass between two runs",
  ]);
});

Deno.test("what robots.txt said is known to the next process for its day, and no longer, however the calendar was set", async () => {
  const day = 86_400_000;
  for (
    const [later, times] of [[day - 60_000, 1], [day + 60_000, 2], [-365 * day, 1]] as const
  ) {
    const disk = prepared(), folder = places.checkpoint;
    const site: ProcessSaid["site"] = ({ url }) => answer(url, "User-agent: *\nDisallow: /no\nSitemap: /s.xml");
    const first = worldOf({ robots: true, site, disk, folder });
    const gate = first.parts.robots!;
    gate.learn("http://a.com/", await gate.ask("http://a.com/"));
    first.parts.logs!.close();
    const clock = new ManualClock(epoch + later);
    const second = worldOf({ robots: true, site, disk: disk.kill(), folder, clock });
    const known = second.parts.robots!;
    assert.equal(known.mustAsk("http://a.com/no"), times === 2);
    assert.equal(known.refusal("http://a.com/no")?.message, "http://a.com/robots.txt forbids it");
    assert.deepEqual([known.refusal("http://a.com/yes"), known.sitemaps("http://a.com/")], [undefined, ["/s.xml"]]);
    clock.advance(day);
    assert.equal(known.mustAsk("http://a.com/no"), true);
    await settle();
  }
});
