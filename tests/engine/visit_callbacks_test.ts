import assert from "node:assert/strict";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { answer } from "./site.ts";
import { html, summary, url, visited } from "./visited.ts";

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
    assert.match(commit.failure?.stack ?? "", /RangeError: no price\n.*visit_callbacks_test\.ts/s);
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
  const commit = await visited(answer(url), { spider: withCallback(() => [{ a: 1 }, { price: NaN }]) });
  assert.deepEqual(summary(commit), {
    kind: "callback",
    message: "ItemError: Cannot write the item: price is NaN, which JSON cannot hold",
  });
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
