import assert from "node:assert/strict";
import { Starts, type StartsSnapshot } from "../../lib/engine/starts.ts";
import { TimeLimit } from "../../lib/engine/time_limit.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { settle } from "./parts.ts";
import type { Request } from "../../lib/model/request.ts";
import type { Spider, StartRequest } from "../../lib/spider/spider.ts";

const callbacks = ["parse", "author"];
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `http://a.com/${from + at}`);

function startsOf(start: Spider["start"], snapshot?: StartsSnapshot): Starts {
  return new Starts({ name: "x", start: start!, parse: () => [] }, [], callbacks, snapshot);
}

/** What is kept, without the digest of the source. */
function kept(starts: Starts): StartsSnapshot {
  const { taken, done } = starts.snapshot();
  return { taken, done };
}

async function pulled(starts: Starts, count = 100): Promise<string[]> {
  const urls: string[] = [];
  await starts.pull(count, ({ url }) => urls.push(url) > 0);
  return urls;
}

Deno.test("Starts gives startUrls, a few at a time, and then is done", async () => {
  const starts = new Starts({ name: "x", startUrls: numbered(0, 5), parse: () => [] }, [], callbacks);
  assert.deepEqual(await pulled(starts, 3), numbered(0, 3));
  assert.deepEqual([starts.done, kept(starts)], [false, { taken: 3, done: false }]);
  assert.deepEqual(await pulled(starts, 3), numbered(3, 5));
  assert.deepEqual([starts.done, kept(starts)], [true, { taken: 5, done: true }]);
  assert.deepEqual(await pulled(starts), []);
});

Deno.test("Starts of a spider that says nothing is done at once", async () => {
  const starts = new Starts({ name: "x", parse: () => [] }, [], callbacks);
  assert.deepEqual(await pulled(starts), []);
  assert.equal(starts.done, true);
});

Deno.test("URLs from elsewhere replace what the spider says", async () => {
  const starts = new Starts({ name: "x", startUrls: ["http://own.com/"], parse: () => [] }, numbered(0, 2), callbacks);
  assert.deepEqual(await pulled(starts), numbered(0, 2));
});

Deno.test("start() gives URLs, and URLs with the options of a request, each of depth 0", async () => {
  const requests: Request[] = [];
  const starts = startsOf(function* () {
    yield "http://a.com/x#y";
    yield new URL("http://a.com");
    yield { url: "http://a.com/z", callback: "author", priority: 2, meta: { a: 1 }, method: "post", body: "b" };
    yield { url: new URL("http://a.com/u"), dontFilter: true };
  });
  await starts.pull(10, (request) => requests.push(request) > 0);
  assert.deepEqual(
    requests.map(({ url, callback, priority, method, depth, dontFilter }) => [
      url,
      callback,
      priority,
      method,
      depth,
      dontFilter,
    ]),
    [
      ["http://a.com/x", "parse", 0, "GET", 0, false],
      ["http://a.com/", "parse", 0, "GET", 0, false],
      ["http://a.com/z", "author", 2, "POST", 0, false],
      ["http://a.com/u", "parse", 0, "GET", 0, true],
    ],
  );
});

Deno.test("start() may be asynchronous, and return an array", async () => {
  const slow = startsOf(async function* () {
    for (const url of numbered(0, 3)) yield await Promise.resolve(url);
  });
  assert.deepEqual(await pulled(slow), numbered(0, 3));
  assert.deepEqual(await pulled(startsOf(() => numbered(0, 3))), numbered(0, 3));
});

Deno.test("start() is called as a function of the spider, and not before the first pull", async () => {
  let calls = 0;
  const spider: Spider = {
    name: "x",
    list: numbered(0, 2),
    start() {
      calls += 1;
      return this["list"] as string[];
    },
    parse: () => [],
  };
  const starts = new Starts(spider, [], callbacks);
  assert.equal(calls, 0);
  assert.deepEqual(await pulled(starts), numbered(0, 2));
  assert.equal(calls, 1);
});

/** Pulls as a crawl does that knows some URLs; returns those that are new, and how many that are known count as double. */
async function resumed(starts: Starts, known: readonly string[]): Promise<{ urls: string[]; duplicates: number }> {
  const urls: string[] = [];
  let duplicates = 0;
  await starts.pull(1_000_000, ({ url }) => {
    const isNew = !known.includes(url) && !urls.includes(url);
    if (isNew) urls.push(url);
    else if (starts.again === 0) duplicates += 1;
    return isNew;
  });
  return { urls, duplicates };
}

Deno.test("a resume gives all start requests again, and those that were taken count neither twice nor as double", async () => {
  for (const taken of [0, 1, 4, 5]) {
    const starts = startsOf(() => numbered(0, 5), { taken, done: false });
    assert.deepEqual(await resumed(starts, numbered(0, taken)), { urls: numbered(taken, 5), duplicates: 0 });
    assert.deepEqual(kept(starts), { taken: 5, done: true });
  }
});

Deno.test("a resume loses nothing of a source that has another order, has grown at the front, or shrunk", async () => {
  const sources: readonly (readonly [now: readonly string[], fresh: readonly string[]])[] = [
    [numbered(0, 6).toReversed(), numbered(3, 6).toReversed()],
    [[...numbered(100, 104), ...numbered(0, 6)], [...numbered(100, 104), ...numbered(3, 6)]],
    [numbered(2, 6), numbered(3, 6)],
    [numbered(3, 6), numbered(3, 6)],
  ];
  for (const [now, fresh] of sources) {
    const starts = startsOf(() => now, { taken: 3, done: false });
    assert.deepEqual(await resumed(starts, numbered(0, 3)), { urls: fresh, duplicates: 0 });
    assert.equal(starts.done, true);
  }
});

Deno.test("start requests that the source has twice count as double once, over however many processes", async () => {
  const source = [...numbered(0, 3), ...numbered(0, 3), ...numbered(3, 6)];
  const first = startsOf(() => source);
  const seen: string[] = [];
  let double = 0;
  await first.pull(5, ({ url }) => {
    const isNew = !seen.includes(url);
    if (isNew) seen.push(url);
    else if (first.again === 0) double += 1;
    return isNew;
  });
  const again = await resumed(startsOf(() => source, first.snapshot()), seen);
  assert.deepEqual([double, again], [2, { urls: numbered(3, 6), duplicates: 1 }]);
});

Deno.test("a source that has changed is asked again, also when the one before had no more", async () => {
  const spider = (startUrls: readonly string[]): Spider => ({ name: "x", startUrls, parse: () => [] });
  const first = new Starts(spider(numbered(0, 3)), [], callbacks);
  await pulled(first);
  const same = new Starts(spider(numbered(0, 3)), [], callbacks, first.snapshot());
  assert.equal(same.done, true);
  const longer = new Starts(spider(numbered(0, 5)), [], callbacks, first.snapshot());
  assert.equal(longer.done, false);
  assert.deepEqual(await resumed(longer, numbered(0, 3)), { urls: numbered(3, 5), duplicates: 0 });
  // A retry says no source.
  const retry = new Starts(spider(numbered(0, 5)), [], callbacks, { taken: 3, done: true });
  assert.equal(retry.done, true);
  assert.equal(new Starts(spider(numbered(0, 9)), [], callbacks, retry.snapshot()).done, true);
});

Deno.test("a resume does not ask for start requests when all had been taken", async () => {
  const starts = startsOf(() => assert.fail("it was asked"), { taken: 5, done: true });
  assert.deepEqual(await pulled(starts), []);
  assert.deepEqual(starts.snapshot(), { taken: 5, done: true });
});

Deno.test("a start request that is not wanted is not taken, and comes again after a resume", async () => {
  const starts = startsOf(() => numbered(0, 5));
  let wanted = 2;
  await starts.pull(10, () => wanted-- > 0 || undefined);
  assert.deepEqual(kept(starts), { taken: 2, done: false });
  const next = await resumed(startsOf(() => numbered(0, 5), starts.snapshot()), numbered(0, 2));
  assert.deepEqual(next.urls, numbered(2, 5));
});

Deno.test("a resume may have an asynchronous source, too", async () => {
  const starts = startsOf(async function* () {
    for (const url of numbered(0, 4)) yield await Promise.resolve(url);
  }, { taken: 2, done: false });
  assert.deepEqual((await resumed(starts, numbered(0, 2))).urls, numbered(2, 4));
  assert.deepEqual(kept(starts), { taken: 4, done: true });
});

const wrong: readonly (readonly [start: unknown, message: RegExp])[] = [
  ["mailto:x@a.com", /^The start URL "mailto:x@a.com" is not http or https$/],
  ["/relative", /^The start URL "\/relative" is not http or https$/],
  [{ url: "ftp://a.com/" }, /^The start URL "ftp:\/\/a.com\/" is not http or https$/],
  [{ url: "http://a.com/", callback: "autor" }, /the spider has no callback "autor"; did you mean author\?$/],
  [{ url: "http://a.com/", meta: { x: 1n } }, /^meta.x is a bigint/],
];

for (const [start, message] of wrong) {
  Deno.test(`a start request that is wrong is refused: ${message}`, async () => {
    const starts = startsOf(() => ["http://a.com/1", start as StartRequest]);
    const urls: string[] = [];
    await assert.rejects(starts.pull(10, ({ url }) => urls.push(url) > 0), { message });
    assert.deepEqual(urls, ["http://a.com/1"]);
    assert.deepEqual(kept(starts), { taken: 1, done: false });
  });
}

Deno.test("an error in start() is passed on, and what was taken counts", async () => {
  const starts = startsOf(function* () {
    yield "http://a.com/1";
    throw new Error("the list is gone");
  });
  await assert.rejects(pulled(starts), { message: "the list is gone" });
  assert.deepEqual(kept(starts), { taken: 1, done: false });
});

const sources: readonly (readonly [what: unknown, message: string])[] = [
  [null, "start returned null: it must be a generator, or return an array of URLs"],
  [undefined, "start returned undefined: it must be a generator, or return an array of URLs"],
  ["http://a.com/", "start returned a string: it must be a generator, or return an array of URLs"],
  [5, "start returned a number: it must be a generator, or return an array of URLs"],
  [{ url: "http://a.com/" }, "start returned an object: it must be a generator, or return an array of URLs"],
  [Promise.resolve(null), "start returned null: it must be a generator, or return an array of URLs"],
];

for (const [returned, message] of sources) {
  Deno.test(`start() that returns ${returned instanceof Promise ? "a promise of null" : JSON.stringify(returned)} is told what to return`, async () => {
    await assert.rejects(pulled(startsOf(() => returned as string[])), { name: "TypeError", message });
  });
}

const odd: readonly (readonly [what: unknown, message: RegExp])[] = [
  [5, /^start yielded a number: it must yield a URL, or \{ url, \.\.\.options \}$/],
  [null, /^start yielded null: /],
  [undefined, /^start yielded undefined: /],
  [true, /^start yielded a boolean: /],
  [["http://a.com/"], /^start yielded an array: /],
  [{}, /^start yielded an object whose url is undefined: /],
  [{ url: 5 }, /^start yielded an object whose url is a number: /],
  [{ uri: "http://a.com/" }, /^start yielded an object whose url is undefined: /],
  [
    { url: "http://a.com/", calback: "author" },
    /^Cannot request http:\/\/a\.com\/: there is no option "calback"; did you mean callback\?$/,
  ],
  [{ url: "http://a.com/", notBefore: 9e15 }, /there is no option "notBefore"/],
  [{ url: "http://a.com/", meta: "text" }, /meta is a string, not a plain object$/],
  ["", /^The start URL "" is not http or https$/],
];

for (const [value, message] of odd) {
  Deno.test(`start() that yields ${JSON.stringify(value)} is told what to yield`, async () => {
    await assert.rejects(pulled(startsOf(() => [value] as string[])), { message });
  });
}

Deno.test("start() may return a promise of what gives its URLs", async () => {
  const starts = startsOf(() => Promise.resolve(numbered(0, 2)) as unknown as string[]);
  assert.deepEqual(await pulled(starts), numbered(0, 2));
});

Deno.test("each start request may take as long as a callback, and no longer", async () => {
  const clock = new ManualClock();
  const limit = new TimeLimit({ clock, seconds: 60 });
  const start = async function* () {
    for (const url of numbered(0, 3)) {
      await new Promise<void>((resolve) => clock.after(50_000, resolve));
      yield url;
    }
    await new Promise(() => {});
  };
  const starts = new Starts({ name: "x", start, parse: () => [] }, [], callbacks, undefined, limit);
  const urls: string[] = [];
  const pulling = starts.pull(10, ({ url }) => urls.push(url) > 0);
  pulling.catch(() => {});
  for (let turned = 0; turned < 220_000; turned += 1000) {
    await settle();
    clock.advance(1000);
  }
  await assert.rejects(pulling, {
    name: "TimeLimitError",
    message: "start has not ended within 1 min (callbackTimeout)",
  });
  assert.deepEqual(urls, numbered(0, 3));
});
