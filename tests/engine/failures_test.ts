import assert from "node:assert/strict";
import type { Request } from "../../lib/model/request.ts";
import type { Page } from "../../lib/spider/page.ts";
import { asked, done, open, pages, times } from "./parts.ts";
import { answer, followAll, followFrom, type Site, smallSite } from "./site.ts";

Deno.test("a callback that throws costs its page and nothing else", async () => {
  const told: string[] = [];
  const run = open({
    spider: {
      ...followAll,
      *parse(page) {
        yield { url: page.url };
        yield* page.follow("a");
        if (page.url.endsWith("/1")) throw new RangeError("no price");
      },
      onError: (error, { url }) => void told.push(`${error.message} on ${url}`),
    },
    site: smallSite,
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(pages(run), ["/", "/2"]);
  const [failure] = run.failures();
  assert.equal(failure?.["kind"], "callback");
  assert.equal(failure?.["message"], "RangeError: no price");
  assert.match(String(failure?.["stack"]), /failures_test\.ts/);
  assert.deepEqual(told, ["no price on http://a.com/1"]);
  assert.equal(run.parts.counters.pages, 2);
});

Deno.test("an error in onError costs a line in the log", async () => {
  const run = open({
    spider: {
      ...followAll,
      *parse() {
        throw new Error("one");
      },
      onError() {
        throw new Error("two");
      },
    },
    site: smallSite,
  });
  assert.deepEqual(await run.crawl(), done);
  const logged = run.events.filter((event) => event.type === "log");
  assert.deepEqual(logged.map(({ message }) => message), ["onError failed: two (failures_test.ts:39:15)"]);
});

Deno.test("a change of the state that fails leaves nothing of its page", async () => {
  const told: string[] = [];
  const run = open({
    spider: {
      ...followAll,
      *parse(page) {
        page.update((state) => state.count = Number(state.count ?? 0) + 1);
        if (page.url.endsWith("/1")) page.update((state) => state.node = () => {});
        yield { url: page.url };
        yield* page.follow("a");
      },
      onError: (error) => void told.push(error.message),
    },
    site: smallSite,
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(pages(run), ["/", "/2"]);
  assert.deepEqual(run.parts.state.value, { count: 2 });
  assert.equal(run.failures()[0]?.["message"], "SerializationError: state.node is a function, which cannot be stored");
  assert.ok(!asked(run).includes("/3"), "its links are not followed");
  assert.deepEqual(told, ["state.node is a function, which cannot be stored"]);
});

const unusable: Readonly<Record<string, (page: Page) => unknown>> = {
  "a body that is an object": (page) => page.request("/x", { method: "POST", body: { a: 1 } as never }),
  "statuses that are no list": (page) => page.request("/x", { handleStatuses: 404 as never }),
};

for (const [name, make] of Object.entries(unusable)) {
  Deno.test(`a request with ${name} costs a page, and not the crawl`, async () => {
    const run = open({
      spider: {
        ...followFrom("/", "/2"),
        *parse(page: Page) {
          if (page.url.endsWith("/")) yield make(page) as Request;
        },
      },
      site: smallSite,
    });
    assert.deepEqual(await run.crawl(), done);
    assert.equal(run.parts.counters.failed, 1);
  });
}

Deno.test("an error in start() fails the crawl with its message, and what was taken is consistent", async () => {
  const run = open({
    spider: {
      ...followAll,
      *start() {
        yield "http://a.com/1";
        throw new Error("the list is gone");
      },
    },
    site: smallSite,
  });
  const ending = await run.crawl();
  assert.equal(ending.outcome === "failed" && ending.error.message, "start: the list is gone (failures_test.ts:99:15)");
  assert.equal(ending.outcome === "failed" && ending.consistent, true);
});

Deno.test("a disk that is full fails the crawl, and what is in memory is not to be saved", async () => {
  const run = open({
    spider: {
      ...followAll,
      *parse() {
        // More than the feed's buffer holds.
        yield { text: "x".repeat(100_000) };
      },
    },
    site: smallSite,
  });
  run.disk.failWhen(({ name }) => name === "write" ? "ENOSPC" : undefined);
  const ending = await run.crawl();
  assert.equal(
    ending.outcome === "failed" && ending.error.message,
    "Cannot write to /items.jsonl.part: no space left on device",
  );
  assert.equal(ending.outcome === "failed" && ending.consistent, false);
});

Deno.test("a failed attempt is tried again later, up to retries, behind the others", async () => {
  let attempts = 0;
  const run = open({ site: ({ url }) => ++attempts < 3 ? answer(url, "", 503) : answer(url) });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual([attempts, run.parts.counters.retries, run.parts.counters.pages], [3, 2, 1]);
  const [first = NaN, second = NaN, third = NaN] = times(run);
  assert.ok(second - first >= 0.5 && third - second >= 1, `${times(run)}`);

  const failing = open({ site: ({ url }) => answer(url, "", 503) });
  assert.deepEqual(await failing.crawl(), done);
  assert.equal(failing.asked.length, 3);
  assert.deepEqual(failing.failures().map(({ status, attempts }) => [status, attempts]), [[503, 3]]);
});

Deno.test("Retry-After is kept, for the request and for its host", async () => {
  let first = true;
  const run = open({
    spider: followFrom("/1", "/2"),
    concurrency: 1,
    site({ url }) {
      const status = first ? 503 : 200;
      first = false;
      return answer(url, "", status, { "retry-after": "30" });
    },
  });
  await run.crawl();
  assert.deepEqual(times(run), [0, 30, 30]);
});

Deno.test("an absurd Retry-After holds its host up for maxRetryAfter, and the page is given up after eight answers", async () => {
  const site: Site = ({ url }) => answer(url, "", 429, { "retry-after": "1000000000000" });
  const run = open({ site }, { maxRetryAfter: 5 });
  await run.crawl();
  assert.deepEqual(times(run), [0, 5, 10, 15, 20, 25, 30, 35]);
  assert.deepEqual(run.failures().map(({ status, attempts }) => [status, attempts]), [[429, 8]]);
});

Deno.test("a crawl ends when onError has, also for a change of the state, and within the time that it may take", async () => {
  for (const [seconds, told] of [[3, ["state.node is a function, which cannot be stored"]], [100, []]] as const) {
    const heard: string[] = [];
    const run = open({
      callbackTimeout: 10,
      spider: {
        ...followAll,
        *parse(page) {
          page.update((state) => state.node = () => {});
        },
        async onError({ message }) {
          await new Promise<void>((resolve) => run.clock.after(1000 * seconds, resolve));
          heard.push(message);
        },
      },
      site: smallSite,
    });
    assert.deepEqual(await run.crawl(), done);
    assert.deepEqual(heard, told);
  }
});
