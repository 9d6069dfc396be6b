import assert from "node:assert/strict";
import type { Item } from "../../lib/model/item.ts";
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

Deno.test("a callback that does not exist any more fails its page: nothing falls back to parse", async () => {
  for (const callback of ["gone", "onItem", "toString", "name"]) {
    const commit = await visited(answer(url, html), { request: { callback } });
    assert.deepEqual(summary(commit), {
      kind: "callback",
      message: `RangeError: the spider has no callback "${callback}" any more: name the new one with --callback`,
    });
  }
});

Deno.test("a callback that has been renamed, once or several times, gets the requests that know its old name", async () => {
  for (const renamed of [{ gone: "parse" }, { gone: "between", between: "parse" }]) {
    const commit = await visited(answer(url, html), { request: { callback: "gone" }, renamed });
    assert.deepEqual(commit.page?.items, ['{"title":"T"}']);
  }
});

class Product {}

const outputs: readonly (readonly [output: unknown, what: string])[] = [
  ["text", "a string"],
  [5, "a number"],
  [true, "a boolean"],
  [() => {}, "a function"],
  [[{ a: 1 }], "an array"],
  [new Product(), "a Product"],
  [new Map(), "a Map"],
  [Promise.resolve({}), "a Promise"],
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
      message: `TypeError: parse yielded ${what}: ${
        what === "a Promise" ? "await it, and " : ""
      }yield a plain object (an item), or a request from page.request or page.follow`,
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

Deno.test("onItem gets an item as it was yielded, whatever the callback makes of the same object afterwards", async () => {
  const parses: readonly Spider["parse"][] = [
    function* () {
      const item = { n: 0 };
      for (item.n = 1; item.n <= 3; item.n++) yield item;
    },
    async function* () {
      const item = { n: 0 };
      for (item.n = 1; item.n <= 3; item.n++) yield await Promise.resolve(item);
    },
  ];
  for (const parse of parses) {
    for (const onItem of [(item: Item) => item, (item: Item) => Promise.resolve().then(() => item)]) {
      const commit = await visited(answer(url), { spider: { name: "test", parse: parse!, onItem } });
      assert.deepEqual(commit.page?.items, ['{"n":1}', '{"n":2}', '{"n":3}']);
    }
  }
});

Deno.test("a callback that throws after onItem has had items commits none of them", async () => {
  const had: unknown[] = [];
  const commit = await visited(answer(url), {
    spider: {
      name: "test",
      *parse() {
        yield { n: 1 };
        throw new Error("no price");
      },
      onItem(item) {
        had.push(item);
        return item;
      },
    },
  });
  assert.deepEqual(had, [{ n: 1 }]);
  assert.equal(commit.page, undefined);
  assert.deepEqual(summary(commit), { kind: "callback", message: "Error: no price" });
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

const circular: Record<string, unknown> = {};
circular["self"] = circular;

const unwritable: readonly (readonly [item: Record<string, unknown>, message: string])[] = [
  [{ price: NaN }, "price is NaN, which JSON cannot hold"],
  [{ a: [{ price: -Infinity }] }, "a[0].price is -Infinity, which JSON cannot hold"],
  [{ id: 10n }, "id is a bigint, which JSON cannot hold"],
  [{ a: { read() {} } }, "a.read is a function, which JSON cannot hold"],
  [{ a: Symbol("s") }, "a is a symbol, which JSON cannot hold"],
  [circular, "self is an object that holds itself, which JSON cannot do"],
  [{ at: new Date(NaN) }, "at is an invalid Date, which JSON cannot hold"],
  [{ tags: new Set([1]) }, "tags is a Set, which JSON cannot hold"],
];

for (const [item, message] of unwritable) {
  Deno.test(`one bad item costs itself, and neither its page nor its links: ${message}`, async () => {
    const commit = await visited(answer(url, html), {
      spider: withCallback(function* (page) {
        yield { before: 1 };
        yield item;
        yield { after: 1 };
        yield* page.follow("a");
      }),
    });
    assert.deepEqual(summary(commit), {
      items: ['{"before":1}', '{"after":1}'],
      links: ["http://a.com/1", "http://a.com/2"],
    });
    assert.deepEqual(commit.page?.rejected, [`Cannot write the item: ${message}`]);
  });
}

Deno.test("an item whose values throw when they are read costs itself", async () => {
  const item = {
    get price(): number {
      throw new RangeError("no price");
    },
  };
  const commit = await visited(answer(url), { spider: withCallback(() => [item, { a: 1 }]) });
  assert.deepEqual([commit.page?.items, commit.page?.rejected], [['{"a":1}'], ["no price"]]);
});

Deno.test("what onItem makes is an item like any other: one that cannot be written costs itself", async () => {
  for (const made of ["text", 5, [1], () => {}, { price: NaN }]) {
    const commit = await visited(answer(url), {
      spider: { name: "test", parse: () => [{ a: 1 }, { b: 2 }], onItem: (item) => "a" in item ? made as never : item },
    });
    assert.deepEqual(commit.page?.items, ['{"b":2}'], String(made));
    assert.equal(commit.page?.rejected.length, 1, String(made));
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

Deno.test("a page that yields more than a million things is given up as too large", async () => {
  const commit = await visited(answer(url), {
    spider: withCallback(function* () {
      for (;;) yield undefined;
    }),
  });
  assert.deepEqual(summary(commit), {
    kind: "too-large",
    message: "parse has yielded more than 1000000 items and requests on one page",
  });
});

Deno.test("a page whose items are larger than 256 MB together is given up as too large", async () => {
  const text = "x".repeat(1_000_000);
  let encoded = 0;
  const commit = await visited(answer(url), {
    spider: withCallback(function* () {
      for (;;) yield { text };
    }),
    encode: () => {
      encoded += 1;
      return text;
    },
  });
  assert.deepEqual(summary(commit), {
    kind: "too-large",
    message: "parse has yielded items of more than 256 MB on one page",
  });
  assert.equal(encoded, 257);
});
