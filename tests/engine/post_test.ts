import assert from "node:assert/strict";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { asked, done, epoch, open, times } from "./parts.ts";
import { answer, failed, type Site } from "./site.ts";

/** Sends so many searches from its first page, and gives an item for each answer. */
function searching(count: number): Spider {
  return {
    name: "test",
    startUrls: ["http://a.com/"],
    *parse(page: Page) {
      for (let n = 0; n < count; n++) {
        yield page.request("/search", { method: "POST", body: `q=${n}`, callback: "found" });
      }
    },
    *found(page: Page) {
      yield { q: String(page.request.body) };
    },
  };
}

for (const status of [429, 503]) {
  Deno.test(`a POST that is answered ${status} with Retry-After is sent again after that time, and none is lost`, async () => {
    const clock = new ManualClock(epoch);
    let left = 0, second = -1;
    const site: Site = ({ url, method }) => {
      if (method !== "POST") return answer(url);
      const now = Math.floor(clock.now() / 1000);
      if (now !== second) [second, left] = [now, 5];
      return left-- > 0 ? answer(url) : answer(url, "", status, { "retry-after": "1" });
    };
    const run = open({ spider: searching(100), site, clock });
    assert.deepEqual(await run.crawl(100), done);
    const wanted = Array.from({ length: 100 }, (_, n) => `q=${n}`);
    assert.deepEqual(run.items().map(({ q }) => String(q)).sort(), wanted.sort());
    assert.deepEqual([run.parts.counters.failed, run.parts.counters.blocked], [0, {}]);
  });
}

Deno.test("a POST that is asked to wait waits as long, five times for nothing, and is then given up; that is no block", async () => {
  const site: Site = ({ url, method }) => answer(url, "", method === "POST" ? 503 : 200, { "retry-after": "10" });
  const run = open({ spider: searching(1), site }, { retries: 1 });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/", ...Array(7).fill("POST /search")]);
  assert.deepEqual(times(run), [0, 0, 10, 20, 30, 40, 50, 60]);
  assert.deepEqual(run.failures().map(({ kind, message, attempts }) => [kind, message, attempts]), [
    ["status", "status 503", 7],
  ]);
  assert.deepEqual(run.parts.counters.blocked, {});
});

Deno.test("a POST that failed otherwise is given up at once, and its message says what would let it be sent again", async () => {
  const advice = "; a POST is not sent twice, unless it is made with repeatable: true";
  for (
    const [end, message] of [
      [(url: string) => answer(url, "", 500), `status 500${advice}`],
      [(url: string) => answer(url, "", 503), `status 503${advice}`],
      [(url: string) => answer(url, "", 429), `status 429${advice}`],
      [() => failed("reset"), `reset failed${advice}`],
      [(url: string) => answer(url, "", 404), "status 404"],
      [() => failed("too-large"), "too-large failed"],
    ] as const
  ) {
    const site: Site = ({ url, method }) => method === "POST" ? end(url) : answer(url);
    const run = open({ spider: searching(1), site });
    assert.deepEqual(await run.crawl(), done);
    assert.deepEqual(asked(run), ["/", "POST /search"], message);
    assert.deepEqual(run.failures().map(({ message }) => message), [message]);
    assert.deepEqual(run.parts.counters.blocked, {}, message);
  }
});

Deno.test("a POST of which nothing was sent is tried again as any request", async () => {
  let refused = 2;
  const site: Site = ({ url, method }) => method === "POST" && refused-- > 0 ? failed("connect") : answer(url);
  const run = open({ spider: searching(1), site });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run), ["/", "POST /search", "POST /search", "POST /search"]);
  assert.deepEqual(run.items(), [{ q: "q=0" }]);
});

Deno.test("an answer that asks to wait, or says that the server is not there, is no block; a refusal is", async () => {
  for (
    const [status, headers, blocked] of [
      [403, {}, { "a.com": 1 }],
      [403, { "retry-after": "1" }, { "a.com": 1 }],
      [429, {}, { "a.com": 1 }],
      [429, { "retry-after": "1" }, {}],
      [503, {}, {}],
      [503, { "retry-after": "1" }, {}],
      [503, { "cf-mitigated": "challenge" }, { "a.com": 1 }],
    ] as const
  ) {
    const run = open({ spider: searching(0), site: ({ url }) => answer(url, "", status, headers) }, { retries: 0 });
    await run.crawl();
    assert.deepEqual(run.parts.counters.blocked, blocked, `${status} ${JSON.stringify(headers)}`);
  }
});
