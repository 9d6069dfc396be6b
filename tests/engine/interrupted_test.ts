import assert from "node:assert/strict";
import { keyOf } from "../../lib/frontier/fingerprint.ts";
import { createRequest } from "../../lib/model/request.ts";
import { asked, done, noLimits, open, pages } from "./parts.ts";
import { followFrom, siteOf } from "./site.ts";

const urls = ["/1", "/2", "/3", "/4"].map((path) => `http://a.com${path}`);
const site = siteOf({ "/1": [], "/2": [], "/3": ["/5"], "/4": [], "/5": [] });

/** How often a process was ended in a page, by its path. */
function interrupted(times: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(times).map(([path, count]) => [
      keyOf(createRequest(`http://a.com${path}`, { callback: "parse" })),
      count,
    ]),
  );
}

Deno.test("requests in which a process was ended come last, each alone and after a save, and lose nothing", async () => {
  const saves: string[][] = [];
  const run = open({ spider: followFrom(...urls), site, interrupted: interrupted({ "/1": 1, "/3": 2 }) }, {
    ...noLimits,
    save: () => {
      saves.push([...pages(run)]);
      return Promise.resolve();
    },
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/2", "/4", "/1", "/3", "/5"]);
  assert.deepEqual(saves, [["/2", "/4"], ["/1", "/2", "/4"]]);
  assert.deepEqual(pages(run), ["/1", "/2", "/3", "/4", "/5"]);
});

Deno.test("the host's delay is kept before a request that comes last", async () => {
  const run = open({ spider: followFrom(...urls), site, delay: 10, interrupted: interrupted({ "/1": 1 }) });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(run.asked.map(({ at }) => at - run.asked[0]!.at), [0, 10_000, 20_000, 30_000, 40_000]);
});

Deno.test("a request in which three processes were ended is given up and not asked for", async () => {
  const run = open({ spider: followFrom(...urls), site, interrupted: interrupted({ "/1": 3 }) });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/2", "/3", "/4", "/5"]);
  const [{ url, kind, message } = {}] = run.failures();
  assert.deepEqual({ url, kind, message }, {
    url: "http://a.com/1",
    kind: "callback",
    message: "parse is not called again: the process was ended in it 3 times, because it did not return",
  });
});

Deno.test("a crawl that is paused leaves those that come last pending", async () => {
  const run = open({ spider: followFrom(...urls), site, interrupted: interrupted({ "/1": 1 }) }, {
    ...noLimits,
    save: () => {
      run.engine.pause("SIGINT");
      return Promise.resolve();
    },
  });
  assert.deepEqual(await run.crawl(), { outcome: "paused", reason: "SIGINT" });
  assert.deepEqual(pages(run), ["/2", "/3", "/4", "/5"]);
  assert.equal(run.parts.frontier.waiting + run.parts.frontier.inFlight, 1);
});
