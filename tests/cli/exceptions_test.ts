import assert from "node:assert/strict";
import { quotes } from "../../scripts/demo/mod.ts";
import { exists, lines, records } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A spider for the quotes; what is given comes before, or instead of, its own parts. */
function spider({ before = "", each = "yield item;", more = "", head = "" } = {}): string {
  return `${head}
export default {
  name: "careless",
  *parse(page) {
    const number = Number(/page\\/(\\d+)/.exec(page.url)?.[1] ?? 1);
    yield* page.follow("li.next a");
    ${before}
    for (const quote of page.css("div.quote")) {
      const item = { text: quote.css("span.text::text").get(), page: number };
      ${each}
    }
  },
  ${more}
};
`;
}

async function crawlWith(place: Workplace, text: string, ...args: string[]) {
  const path = place.write("careless.ts", text);
  return await place.run(["crawl", path, "--start-url", place.demo.quotes, ...args]);
}

Deno.test("a callback that throws costs its own page, which is listed with the stack; nothing of it is written", async () => {
  await using place = await Workplace.open();
  // The last page throws after half of its items.
  const each = `if (number === 10 && quote.css("span.text::text").get() === ${JSON.stringify(quotes[95]!.text)}) {
    throw new Error("broken on purpose");
  }
  yield item;`;
  const ended = await crawlWith(place, spider({ each }));
  ends(ended, 0);
  const kept = place.kept("careless");
  assert.deepEqual(
    records(kept.output).map((line) => JSON.parse(line).text).sort(),
    quotes.slice(0, 90).map(({ text }) => text).sort(),
  );
  const [failed, ...others] = kept.failures;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [failed?.url, failed?.kind, failed?.callback],
    [new URL("page/10/", place.demo.quotes).href, "callback", "parse"],
  );
  assert.match(failed?.message ?? "", /broken on purpose/);
  assert.match(failed?.stack ?? "", /careless\.ts:\d+/);
  assert.match(ended.stderr, /1 failed/);
  assert.match(ended.stderr, /Failures: .*failed\.jsonl/);
  assert.deepEqual([kept.summary.counters.failed, kept.summary.counters.items], [1, 90]);
});

Deno.test("onItem that throws costs its page", async () => {
  await using place = await Workplace.open();
  const more = `onItem(item) { if (item.page === 4) throw new Error("not this one"); return item; },`;
  ends(await crawlWith(place, spider({ more })), 0);
  const kept = place.kept("careless");
  // The link to page 5 was on page 4.
  assert.equal(records(kept.output).length, 30);
  assert.deepEqual(kept.failures.map(({ url, kind }) => [new URL(url).pathname, kind]), [["/page/4/", "callback"]]);
});

Deno.test("onItem changes items and drops them, and the drops are counted", async () => {
  await using place = await Workplace.open();
  const more = `async onItem(item) { if (item.page % 2 === 0) return { ...item, even: true }; },`;
  ends(await crawlWith(place, spider({ more })), 0);
  const kept = place.kept("careless");
  assert.deepEqual([...new Set(records(kept.output).map((line) => JSON.parse(line).even))], [true]);
  assert.deepEqual([kept.summary.counters.items, kept.summary.counters.dropped], [50, 50]);
});

Deno.test("onStart that throws fails the crawl with its message, and the next run begins well", async () => {
  await using place = await Workplace.open();
  const broken = await crawlWith(place, spider({ more: `async onStart() { throw new Error("no database"); },` }));
  ends(broken, 1);
  isPlain(broken);
  assert.match(broken.stderr, /onStart: no database/);
  assert.equal(place.pages.length, 0);
  ends(await crawlWith(place, spider()), 0);
  assert.equal(records(place.kept("careless").output).length, 100);
});

Deno.test("onStart that throws on a resume keeps the checkpoint", async () => {
  await using place = await Workplace.open({ latency: 100 });
  const path = place.write("careless.ts", spider());
  const crawl = ["crawl", path, "--start-url", place.demo.quotes];
  ends(await place.pause(crawl, { requests: 4 }), 130);
  const more = `onStart({ resuming }) { throw new Error("resuming: " + resuming); },`;
  const broken = await crawlWith(place, spider({ more }));
  ends(broken, 1);
  assert.match(broken.stderr, /onStart: resuming: true/);
  ends(await crawlWith(place, spider()), 0);
  assert.equal(records(place.kept("careless").output).length, 100);
  assert.equal(place.pages.length, 10, "no page was fetched twice");
});

Deno.test("start() that throws fails the crawl and keeps what it gave before; the next run goes on after it", async () => {
  await using place = await Workplace.open();
  const urls = Array.from({ length: 10 }, (_, at) => new URL(`page/${at + 1}/`, place.demo.quotes).href);
  const text = (isBroken: boolean) =>
    `export default {
  name: "careless",
  async *start() {
    for (const [at, url] of ${JSON.stringify(urls)}.entries()) {
      ${
      isBroken
        ? `if (at === 6) { await new Promise((done) => setTimeout(done, 200)); throw new Error("list ends"); }`
        : ""
    }
      yield url;
    }
  },
  *parse(page) { yield { url: page.url }; },
};
`;
  const path = place.write("careless.ts", text(true));
  const broken = await place.run(["crawl", path]);
  ends(broken, 1);
  isPlain(broken);
  assert.match(broken.stderr, /list ends/);
  place.write("careless.ts", text(false));
  ends(await place.run(["crawl", path]), 0);
  const found = records(place.kept("careless").output).map((line) => JSON.parse(line).url);
  assert.deepEqual(found.sort(), urls.sort());
});

Deno.test("start() that gives no URL fails the crawl and shows what it gave", async () => {
  await using place = await Workplace.open();
  const path = place.write(
    "careless.ts",
    `export default { name: "careless", *start() { yield "example dot com"; }, *parse() {} };`,
  );
  const ended = await place.run(["crawl", path]);
  ends(ended, 1);
  isPlain(ended);
  assert.match(ended.stderr, /"example dot com" is not http or https/);
});

Deno.test("onClose that throws fails the crawl after the last page, and the next run finishes it", async () => {
  await using place = await Workplace.open();
  const broken = await crawlWith(place, spider({ more: `onClose() { throw new Error("cannot close"); },` }));
  ends(broken, 1);
  isPlain(broken);
  assert.match(broken.stderr, /onClose: cannot close/);
  ends(await crawlWith(place, spider()), 0);
  assert.equal(records(place.kept("careless").output).length, 100);
  assert.equal(place.pages.length, 10);
});

Deno.test("onError is told of each page that is given up, and may itself fail", async () => {
  await using place = await Workplace.open();
  const before = `if (number === 9) throw new Error("page " + number);`;
  const more =
    `onError(error, request) { console.error("told: " + error.message); throw new Error("onError is broken"); },`;
  const ended = await crawlWith(place, spider({ before, more }));
  ends(ended, 0);
  assert.match(ended.stderr, /told: page 9/);
  assert.match(ended.stderr, /onError failed: onError is broken/);
  assert.equal(place.kept("careless").failures.length, 1);
});

for (
  const [what, before, message] of [
    ["meta that holds a function", `yield page.request("/x", { meta: { deep: { fn() {} } } });`, /meta\.deep\.fn/],
    ["meta that holds a BigInt", `yield page.request("/x", { meta: { big: 10n } });`, /meta\.big/],
    ["meta that holds a Map", `yield page.request("/x", { meta: { list: [1, new Map()] } });`, /meta\.list\[1\].*Map/],
    ["a callback that does not exist", `yield page.request("/x", { callback: "detial" });`, /no callback "detial"/],
    ["a link that is no URL", `yield page.request("mailto:a@b.example");`, /mailto:a@b\.example/],
    ["state that holds a function", `page.update((state) => { state.fn = () => {}; });`, /state\.fn/],
    ["meta that is no object", `yield page.request("/x", { meta: "text" });`, /meta is a string, not a plain object/],
    [
      "an option that does not exist",
      `yield page.request("/x", { calback: "parse" });`,
      /no option "calback".*callback\?/,
    ],
    ["an item that is a string", `yield "text";`, /parse yielded a string/],
  ] as const
) {
  Deno.test(`${what} is refused with the key, and costs its page`, async () => {
    await using place = await Workplace.open();
    const ended = await crawlWith(place, spider({ before: `if (number === 2) { ${before} }` }));
    ends(ended, 0);
    const kept = place.kept("careless");
    assert.deepEqual(kept.failures.map(({ url, kind }) => [new URL(url).pathname, kind]), [["/page/2/", "callback"]]);
    assert.match(kept.failures[0]!.message, message);
    assert.match(ended.stderr, message, "the log says so too");
    // What is yielded has no line of its own: the one before it is named.
    const line = what === "an item that is a string" ? 6 : 7;
    // A change of the state is called later, by us.
    if (what !== "state that holds a function") {
      assert.match(ended.stderr, new RegExp(`\\(\\./careless\\.ts:${line}:\\d+\\)`));
    }
    // The link to page 3 was on page 2.
    assert.equal(records(kept.output).length, 10);
  });
}

Deno.test("a rejection that nobody awaits costs a line in the log, not the crawl", async () => {
  await using place = await Workplace.open();
  const before = `if (number === 4) void Promise.reject(new Error("nobody waits for this"));`;
  const ended = await crawlWith(place, spider({ before }));
  assert.match(ended.stderr, /nobody waits for this/);
  ends(ended, 0);
  assert.equal(records(place.kept("careless").output).length, 100);
});

for (
  const [what, value, message] of [
    ["NaN", "{ price: { net: NaN } }", "price.net is NaN"],
    ["a BigInt", "{ id: 10n }", "id is a bigint"],
    ["a function", "{ read() {} }", "read is a function"],
    ["a Map", "{ tags: [new Map()] }", "tags[0] is a Map"],
    ["an invalid Date", "{ at: new Date(NaN) }", "at is an invalid Date"],
    ["itself", "circular", "self is an object that holds itself"],
  ] as const
) {
  Deno.test(`an item that holds ${what} costs itself, is counted, and named with its key and its page`, async () => {
    await using place = await Workplace.open();
    const before = `if (number === 2) { const circular = {}; circular.self = circular; yield ${value}; }`;
    const ended = await crawlWith(place, spider({ before }));
    ends(ended, 0);
    isPlain(ended);
    const kept = place.kept("careless");
    assert.equal(records(kept.output).length, 100);
    assert.deepEqual([kept.summary.counters.failed, kept.summary.counters.rejected], [0, 1]);
    assert.ok(
      ended.stderr.includes(` error ${new URL("page/2/", place.demo.quotes)}: Cannot write the item: ${message}`),
    );
    assert.match(ended.stderr, /10 pages, 100 items, 0 failed, 1 item rejected in /);
  });
}

Deno.test("the same bad item many times is one line and a count, in a test run too; --json has each", async () => {
  await using place = await Workplace.open();
  const text = spider({ each: "yield item; yield { ...item, price: undefined, net: NaN };" });
  for (const args of [[], ["--limit", "200"]]) {
    const ended = await crawlWith(place, text, ...args);
    ends(ended, 0);
    const said = ended.stderr.split("\n").filter((line) => line.includes("net is NaN"));
    assert.equal(said.length, 2, ended.stderr);
    assert.match(said[1]!, /100 times: Cannot write the item: net is NaN, which JSON cannot hold/);
  }
  const machine = await crawlWith(place, text, "--limit", "200", "--json");
  const events = machine.stderr.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  assert.equal(events.filter(({ type }) => type === "rejected").length, 100);
});

Deno.test("the same error on many pages is one line with its place and a count", async () => {
  await using place = await Workplace.open();
  const before = `if (number > 1) null.price;`;
  const ended = await crawlWith(place, spider({ before }));
  ends(ended, 0);
  const said = ended.stderr.split("\n").filter((line) => / error .*TypeError/.test(line));
  assert.equal(said.length, 1, ended.stderr);
  assert.match(said[0]!, /page\/2\/: TypeError: .*null.* \(\.\/careless\.ts:7:26\)$/);
  assert.equal(place.kept("careless").failures[0]?.at, "./careless.ts:7:26");
});

for (
  const exit of [
    "Deno.exit(0)",
    "Deno.exit(77)",
    "Deno.exit()",
    "process.exit(0)",
    "process.reallyExit(0)",
    "exitOfNode(0)",
    "self.close(); await new Promise(() => {})",
  ]
) {
  Deno.test(`a spider that ends the process with ${exit} has not finished: it is told where, and is continued`, async () => {
    await using place = await Workplace.open({ latency: 30 });
    const head = `import process, { exit as exitOfNode } from "node:process";`;
    const text = spider({ head, before: `if (number === 5) { ${exit}; }` }).replace("*parse", "async *parse");
    const gone = await crawlWith(place, text, "--checkpoint-interval", "0.1s");
    ends(gone, 1);
    isPlain(gone);
    assert.match(gone.stderr, /error The spider has ended the process/);
    if (!exit.startsWith("self")) assert.match(gone.stderr, /ended the process \(\.\/careless\.ts:7:\d+\)/);
    ends(await crawlWith(place, spider()), 0);
    assert.equal(records(place.kept("careless").output).length, 100);
  });
}

for (const hook of ["onStart", "onItem", "onError", "onClose"]) {
  Deno.test(`${hook} that ends the process has not finished the crawl`, async () => {
    await using place = await Workplace.open();
    const before = hook === "onError" ? `if (number === 10) throw new Error("for onError");` : "";
    const gone = await crawlWith(place, spider({ before, more: `${hook}() { Deno.exit(0); },` }));
    ends(gone, 1);
    assert.match(gone.stderr, /The spider has ended the process \(\.\/careless\.ts:\d+:\d+\)/);
    ends(await crawlWith(place, spider()), 0);
    assert.equal(records(place.kept("careless").output).length, 100);
  });
}

for (
  const [what, before, message] of [
    ["an error in a timer", `setTimeout(() => { throw new Error("late"); });`, "Error: late (./careless.ts:7:"],
    ["an error in a microtask", `queueMicrotask(() => { throw new Error("late"); });`, "Error: late (./careless.ts:7:"],
    [
      "an object without a prototype in a timer",
      `setTimeout(() => { throw Object.create(null); });`,
      "cannot be shown",
    ],
    ["a rejection with one", `void Promise.reject(Object.create(null));`, "cannot be shown"],
    ["a rejection with nothing", `void Promise.reject();`, "Error: undefined"],
  ] as const
) {
  Deno.test(`${what} costs a line in the log, not the crawl`, async () => {
    await using place = await Workplace.open();
    const ended = await crawlWith(place, spider({ before: `if (number === 4) { ${before} }` }));
    ends(ended, 0);
    isPlain(ended);
    assert.ok(
      ended.stderr.includes(`The spider left an error uncaught: `) && ended.stderr.includes(message),
      ended.stderr,
    );
    assert.equal(records(place.kept("careless").output).length, 100);
  });
}

for (
  const [what, thrown] of Object.entries({
    "an object without a prototype": "Object.create(null)",
    "nothing": "undefined",
    "a symbol": 'Symbol("s")',
    "an error whose message throws": 'Object.defineProperty(new Error(), "message", { get() { throw 1; } })',
    "an error whose stack throws": 'Object.defineProperty(new Error(), "stack", { get() { throw 1; } })',
    "a Proxy": "new Proxy(new Error(), { get() { throw 1; }, getPrototypeOf() { throw 2; } })",
    "a frozen error": 'Object.freeze(new Error("ice"))',
  })
) {
  Deno.test(`${what} that is thrown costs its page; in a hook it fails the crawl, which is continued`, async () => {
    await using place = await Workplace.open();
    ends(await crawlWith(place, spider({ before: `if (number === 10) throw ${thrown};` })), 0);
    assert.deepEqual(place.kept("careless").failures.map(({ kind }) => kind), ["callback"]);
    assert.equal(records(place.kept("careless").output).length, 90);
    for (const hook of ["onStart", "onClose"]) {
      const broken = await crawlWith(place, spider({ more: `${hook}() { throw ${thrown}; },` }), "--fresh");
      ends(broken, 1);
      isPlain(broken);
      assert.match(broken.stderr, new RegExp(`Failed "careless": ${hook}: `));
    }
  });
}

Deno.test("what a spider prints does not get into the items on standard output", async () => {
  await using place = await Workplace.open();
  const ended = await crawlWith(place, spider({ before: `console.error("for people");` }), "--limit", "20");
  ends(ended, 0);
  assert.equal(lines(ended.stdout).length, 20);
  assert.match(ended.stderr, /for people/);
  assert.ok(!exists(place.dataDir));
});
