import assert from "node:assert/strict";
import { type Commit, visit, type VisitParts } from "../../lib/engine/visit.ts";
import { checkItem } from "../../lib/feed/writable.ts";
import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { callbacksOf } from "../../lib/spider/check.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { answer, epoch, failed } from "./parts.ts";

const url = "http://a.com/";
const html = '<title>T</title><a href="/1">1</a><a href="/2">2</a>';

const spider: Spider = {
  name: "test",
  *parse(page: Page) {
    yield { title: page.css("title::text").get() };
    yield* page.follow("a");
  },
};

interface Said extends Partial<VisitParts> {
  readonly request?: Partial<Request>;
}

async function visited(outcome: Outcome, said: Said = {}): Promise<Commit> {
  const request = createRequest(url, said.request);
  const used = said.spider ?? spider;
  return await visit(request, {
    spider: used,
    callbacks: callbacksOf(used),
    download: () => Promise.resolve(outcome),
    isOutage: () => Promise.resolve(false),
    retries: 2,
    maxRetryAfter: 600,
    maxBodySize: 1_000_000,
    maxElements: 1000,
    handleStatuses: [],
    redirects: {},
    state: () => ({}),
    encode(item) {
      checkItem(item);
      return JSON.stringify(item);
    },
    clock: new ManualClock(epoch),
    logOf: () => ({ debug() {}, info() {}, warn() {}, error() {} }),
    onMissingCallback: () => assert.fail("the callback exists"),
    ...said,
  });
}

/** What there is to commit, without the request. */
function summary({ page, failure, next, outage }: Commit): unknown {
  if (page !== undefined) return { items: page.items, links: page.requests.map(({ url }) => url) };
  if (failure !== undefined) return { kind: failure.kind, message: failure.message };
  return next ?? outage;
}

const withCallback = (parse: Spider["parse"]): Spider => ({ name: "test", parse: parse! });

Deno.test("a page is what its callback yields: items in the form of the feed, requests, changes of the state", async () => {
  const change = () => {};
  const commit = await visited(answer(url, html), {
    spider: withCallback(function* (page) {
      yield { title: page.css("title::text").get() };
      page.update(change);
      yield* page.follow("a");
      yield undefined;
      yield null;
    }),
  });
  assert.deepEqual(commit.page?.items, ['{"title":"T"}']);
  assert.deepEqual(commit.page?.requests.map(({ url, depth }) => [url, depth]), [
    ["http://a.com/1", 1],
    ["http://a.com/2", 1],
  ]);
  assert.deepEqual(commit.page?.updates, [change]);
  assert.equal(commit.page?.dropped, 0);
  assert.deepEqual([commit.failure, commit.next, commit.outage], [undefined, undefined, undefined]);
});

Deno.test("every 2xx answer is a page", async () => {
  for (const status of [200, 203, 204, 299]) {
    assert.ok((await visited(answer(url, html, status))).page !== undefined, `${status}`);
  }
});

Deno.test("a status that nobody asked for is a failure", async () => {
  for (const status of [300, 304, 400, 404, 410, 501]) {
    assert.deepEqual(summary(await visited(answer(url, html, status))), {
      kind: "status",
      message: `status ${status}`,
    });
  }
});

Deno.test("a status that the request or the settings ask for is a page, an error that could be tried again included", async () => {
  for (const status of [404, 503, 301]) {
    const outcome = answer(url, html, status, { location: "/x" });
    assert.ok((await visited(outcome, { request: { handleStatuses: [status] } })).page !== undefined);
    assert.ok((await visited(outcome, { handleStatuses: [1, status] })).page !== undefined);
    assert.equal((await visited(outcome, { handleStatuses: [status + 1] })).page, undefined);
  }
});

Deno.test("a redirect goes on as a request of its own, with no attempt counted", async () => {
  const commit = await visited(answer(url, "", 302, { location: "/x" }), {
    request: { callback: "parse", meta: { a: 1 }, attempt: 1, depth: 3, priority: 4 },
  });
  const { url: to, attempt, meta, depth, redirects, priority } = commit.next!.request;
  assert.deepEqual([to, attempt, meta, depth, redirects, priority], ["http://a.com/x", 0, { a: 1 }, 3, [url], 4]);
  assert.deepEqual([commit.next!.failure, commit.next!.seconds], [undefined, 0]);
});

Deno.test("a redirect that leads nowhere is a failure", async () => {
  const commit = await visited(answer(url, "", 302, { location: "mailto:x" }));
  assert.deepEqual(summary(commit), { kind: "redirect", message: 'Redirected to "mailto:x", which is not a web page' });
  assert.equal((await visited(answer(url, "", 302))).failure?.kind, "status");
});

Deno.test("an answer or failure that may pass is tried again later, behind the others, up to retries", async () => {
  for (const outcome of [answer(url, "", 503), answer(url, "", 500), failed("timeout"), failed("reset")]) {
    const commit = await visited(outcome, { request: { priority: 5, attempt: 1, meta: { a: 1 } } });
    const { request, failure, seconds } = commit.next!;
    assert.deepEqual([request.url, request.attempt, request.priority, request.meta], [url, 2, 4, { a: 1 }]);
    assert.ok(seconds >= 1 && seconds <= 2, `${seconds}`);
    assert.equal(request.notBefore, epoch + 1000 * seconds);
    assert.equal(failure?.kind, outcome.failure?.kind ?? "status");
    assert.ok((await visited(outcome, { request: { attempt: 2 } })).failure !== undefined);
    assert.ok((await visited(outcome, { retries: 0 })).failure !== undefined);
  }
});

Deno.test("the priority of another attempt does not leave the range", async () => {
  const commit = await visited(failed("timeout"), { request: { priority: -100 } });
  assert.equal(commit.next?.request.priority, -100);
});

Deno.test("Retry-After says when to ask again, and is no attempt", async () => {
  const commit = await visited(answer(url, "", 429, { "retry-after": "120" }), { retries: 0 });
  assert.deepEqual([commit.next?.seconds, commit.next?.request.notBefore], [120, epoch + 120_000]);
  assert.deepEqual([commit.next?.request.attempt, commit.next?.request.waits], [0, 1]);
  const absurd = await visited(answer(url, "", 429, { "retry-after": "1000000000000" }), { maxRetryAfter: 5 });
  assert.deepEqual([absurd.next?.seconds, absurd.next?.request.notBefore], [5, epoch + 5000]);
});

Deno.test("what another attempt would not change, and what is not safe to repeat, is given up at once", async () => {
  assert.deepEqual(summary(await visited(failed("too-large"))), { kind: "too-large", message: "too-large failed" });
  const final: Outcome = { failure: { kind: "dns", message: "No host is named a.com", final: true } };
  assert.equal((await visited(final)).failure?.kind, "dns");
  const post = { request: { method: "POST" } };
  assert.equal((await visited(failed("timeout"), post)).failure?.kind, "timeout");
  assert.equal((await visited(answer(url, "", 503), post)).failure?.status, 503);
});

Deno.test("in an outage the request waits as if it had not been tried", async () => {
  const asked: unknown[] = [];
  const commit = await visited(failed("connect"), {
    isOutage: (request: Request, failure: Failure, beganAt: number) => {
      asked.push([request.url, failure.kind, beganAt]);
      return Promise.resolve(true);
    },
  });
  assert.deepEqual(summary(commit), { kind: "connect", message: "connect failed" });
  assert.ok(commit.outage !== undefined && commit.next === undefined);
  assert.deepEqual(asked, [[url, "connect", 0]]);
});

Deno.test("an answer is never an outage", async () => {
  await visited(answer(url, "", 503), { isOutage: () => assert.fail("it was asked") });
});

const thrown: Readonly<Record<string, Spider["parse"]>> = {
  "a callback": () => {
    throw new RangeError("no price");
  },
  "a generator, after it yielded": function* (page) {
    yield { a: 1 };
    yield* page.follow("a");
    throw new RangeError("no price");
  },
  "an async generator": async function* () {
    yield { a: 1 };
    await Promise.resolve();
    throw new RangeError("no price");
  },
  "a promise": () => Promise.reject(new RangeError("no price")),
};

for (const [name, parse] of Object.entries(thrown)) {
  Deno.test(`${name} that throws commits nothing of its page, and the failure has the stack`, async () => {
    const commit = await visited(answer(url, html), { spider: withCallback(parse) });
    assert.equal(commit.page, undefined);
    assert.equal(commit.failure?.kind, "callback");
    assert.equal(commit.failure?.message, "RangeError: no price");
    assert.match(commit.failure?.stack ?? "", /RangeError: no price\n.*visit_test\.ts/s);
    assert.ok(commit.failure?.error instanceof RangeError);
  });
}

Deno.test("a callback that throws something that is no error is a failure, too", async () => {
  const commit = await visited(answer(url), {
    spider: withCallback(() => {
      throw "a text";
    }),
  });
  assert.deepEqual(summary(commit), { kind: "callback", message: "Error: a text" });
});

Deno.test("callbacks are generators, sync or async, or return an array, a promise of one, or nothing", async () => {
  const forms: readonly Spider["parse"][] = [
    function* (page) {
      yield { a: 1 };
      yield page.request("/x");
    },
    async function* (page) {
      yield { a: 1 };
      yield await Promise.resolve(page.request("/x"));
    },
    (page) => [{ a: 1 }, page.request("/x")],
    (page) => Promise.resolve([{ a: 1 }, page.request("/x")]),
  ];
  for (const parse of forms) {
    const commit = await visited(answer(url), { spider: withCallback(parse) });
    assert.deepEqual(summary(commit), { items: ['{"a":1}'], links: ["http://a.com/x"] });
  }
  for (const parse of [() => {}, () => [], () => Promise.resolve()]) {
    assert.deepEqual(summary(await visited(answer(url), { spider: withCallback(parse) })), { items: [], links: [] });
  }
});

Deno.test("a callback is called as a function of its spider, by the name that the request gives", async () => {
  const commit = await visited(answer(url), {
    spider: {
      name: "me",
      parse: () => [],
      author() {
        return [{ name: this["name"] as string }];
      },
    },
    request: { callback: "author" },
  });
  assert.deepEqual(summary(commit), { items: ['{"name":"me"}'], links: [] });
});

Deno.test("a callback that does not exist any more falls back to parse, and that is told", async () => {
  const missing: string[] = [];
  for (const callback of ["gone", "onItem", "toString", "name"]) {
    const commit = await visited(answer(url, html), {
      request: { callback },
      onMissingCallback: (name) => missing.push(name),
    });
    assert.equal(commit.page?.items.length, 1);
  }
  assert.deepEqual(missing, ["gone", "onItem", "toString", "name"]);
});

class Product {}

const outputs: readonly (readonly [output: unknown, what: string])[] = [
  ["text", "a string"],
  [5, "a number"],
  [true, "a boolean"],
  [() => {}, "a function"],
  [[{ a: 1 }], "a Array object"],
  [new Product(), "a Product object"],
  [new Map(), "a Map object"],
  [Promise.resolve({}), "a Promise object"],
];

for (const [output, what] of outputs) {
  Deno.test(`a callback that yields ${what} fails its page, and is told what to yield`, async () => {
    const commit = await visited(answer(url), {
      spider: withCallback(function* () {
        yield { a: 1 };
        yield output as never;
      }),
    });
    assert.deepEqual(summary(commit), {
      kind: "callback",
      message:
        `TypeError: parse yielded ${what}: yield a plain object (an item), or a request from page.request or page.follow`,
    });
  });
}

Deno.test("onItem may change, drop and delay items, one after the other", async () => {
  const order: string[] = [];
  const commit = await visited(answer(url), {
    spider: {
      name: "test",
      parse: () => [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }],
      async onItem({ n }, page) {
        order.push(`${n} begins`);
        await Promise.resolve();
        order.push(`${n} ends`);
        if (n === 2) return undefined;
        if (n === 3) return null;
        return { n, url: page.url };
      },
    },
  });
  assert.deepEqual(commit.page?.items, ['{"n":1,"url":"http://a.com/"}', '{"n":4,"url":"http://a.com/"}']);
  assert.equal(commit.page?.dropped, 2);
  assert.deepEqual(order, ["1", "2", "3", "4"].flatMap((n) => [`${n} begins`, `${n} ends`]));
});

Deno.test("onItem that throws fails its page", async () => {
  const commit = await visited(answer(url), {
    spider: {
      name: "test",
      parse: () => [{ n: 1 }],
      onItem: () => {
        throw new Error("no database");
      },
    },
  });
  assert.deepEqual(summary(commit), { kind: "callback", message: "Error: no database" });
});

Deno.test("onItem may still update the state, and nobody may afterwards", async () => {
  let seen: Page | undefined;
  const change = () => {};
  const commit = await visited(answer(url), {
    spider: {
      name: "test",
      parse: (page) => (seen = page, [{ n: 1 }]),
      onItem(item, page) {
        page.update(change);
        return item;
      },
    },
  });
  assert.deepEqual(commit.page?.updates, [change]);
  assert.throws(() => seen?.update(change), /has ended/);
});

Deno.test("a page whose callback threw cannot update the state any more", async () => {
  let seen: Page | undefined;
  await visited(answer(url), {
    spider: withCallback((page) => {
      seen = page;
      throw new Error("x");
    }),
  });
  assert.throws(() => seen?.update(() => {}), /has ended/);
});

Deno.test("an item that cannot be written fails its page, naming the key, also when onItem made it", async () => {
  const message = "ItemError: Cannot write the item: price is NaN";
  const commit = await visited(answer(url), { spider: withCallback(() => [{ a: 1 }, { price: NaN }]) });
  assert.equal(commit.failure?.kind, "callback");
  assert.ok(commit.failure?.message.startsWith("ItemError: Cannot write the item: price"), message);
  for (const made of ["text", 5, [1], () => {}]) {
    const other = await visited(answer(url), {
      spider: { name: "test", parse: () => [{ a: 1 }], onItem: () => made as never },
    });
    assert.equal(other.failure?.kind, "callback", String(made));
  }
});

Deno.test("a page may log, and its lines carry its URL", async () => {
  const lines: string[] = [];
  const log = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  await visited(answer(url), {
    spider: withCallback((page) => {
      page.log.debug("1");
      page.log.info("2");
      page.log.warn("3");
      page.log.error("4");
    }),
    logOf: (of) => {
      assert.equal(of, url);
      return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
    },
  });
  assert.deepEqual(lines, ["debug 1", "info 2", "warn 3", "error 4"]);
});

Deno.test("a page with too many elements is given up as too large, and one with as many as are allowed is a page", async () => {
  const reading: Spider = {
    name: "test",
    *parse(page: Page) {
      yield { links: page.css("a").length };
    },
  };
  const page = (count: number) => visited(answer(url, "<a>".repeat(count)), { spider: reading, maxElements: 50 });
  assert.deepEqual((await page(50)).page?.items, ['{"links":50}']);
  assert.deepEqual((await page(51)).failure, {
    kind: "too-large",
    message: "The page has more than 50 elements; the setting maxElements allows more",
  });
});
