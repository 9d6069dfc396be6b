import assert from "node:assert/strict";
import { callbacksOf, checkSpider, SpiderError, unknownSetting } from "../../lib/spider/check.ts";
import type { Spider } from "../../lib/spider/spider.ts";

const good = { name: "good", startUrls: ["http://a.com/"], *parse() {} };

function problemsOf(value: unknown): readonly string[] {
  try {
    checkSpider(value, "./x.ts");
    return [];
  } catch (error) {
    assert.ok(error instanceof SpiderError);
    return error.problems;
  }
}

Deno.test("checkSpider() returns a spider that is one", () => {
  assert.equal(checkSpider(good, "x"), good);
  const full = {
    ...good,
    name: "A_spider-2.x",
    allowedDomains: ["a.com", "b.co.uk", "localhost", "127.0.0.1", "[::1]", "bücher.test", "*.c.com", "D.com."],
    settings: { delay: "1s", handleStatuses: [404] },
    onStart() {},
    onItem: (item: unknown) => item,
    onError() {},
    onClose() {},
    author: async function* () {},
  };
  assert.equal(checkSpider(full, "x"), full);
  assert.deepEqual(problemsOf({ name: "generic", parse: () => [] }), []);
  assert.deepEqual(problemsOf({ name: "own-start", *start() {}, parse: () => [] }), []);
});

const mistakes: readonly (readonly [name: string, value: unknown, problems: readonly string[]])[] = [
  ["no object", undefined, ["it has no default export that is an object: write `export default { name: ..., ... }`"]],
  ["a function", () => {}, ["it has no default export that is an object: write `export default { name: ..., ... }`"]],
  ["no name", { ...good, name: undefined }, ['it has no name: write `name: "..."`']],
  ["an empty name", { ...good, name: "" }, ['it has no name: write `name: "..."`']],
  ["a name that is a number", { ...good, name: 5 }, ['it has no name: write `name: "..."`']],
  ["a name with a slash", { ...good, name: "a/b" }, [
    'name "a/b" has other characters than letters, digits, ".", "_" and "-"',
  ]],
  ["a name that leaves its folder", { ...good, name: ".." }, [
    'name ".." has other characters than letters, digits, ".", "_" and "-"',
  ]],
  ["start URLs that are no array", { ...good, startUrls: "http://a.com/" }, ["startUrls is not an array of URLs"]],
  ["start URLs that are none", { ...good, startUrls: ["a.com", "ftp://a.com/", 5, "http://ok.com/"] }, [
    'start URL "a.com" is not an http or https URL',
    'start URL "ftp://a.com/" is not an http or https URL',
    "start URL 5 is not an http or https URL",
  ]],
  ["start and startUrls", { ...good, *start() {} }, ["it has both start and startUrls: leave one out"]],
  ["domains that are no array", { ...good, allowedDomains: "a.com" }, ["allowedDomains is not an array of domains"]],
  ["domains that are none", {
    ...good,
    allowedDomains: ["http://a.com", "a.com/x", "a.com:80", "", 5, "www.*.com", "*", " a.com", "::1"],
  }, [
    'allowed domain "http://a.com" is not a domain such as "example.com"',
    'allowed domain "a.com/x" is not a domain such as "example.com"',
    'allowed domain "a.com:80" is not a domain such as "example.com"',
    'allowed domain "" is not a domain such as "example.com"',
    'allowed domain 5 is not a domain such as "example.com"',
    'allowed domain "www.*.com" is not a domain such as "example.com"',
    'allowed domain "*" is not a domain such as "example.com"',
    'allowed domain " a.com" is not a domain such as "example.com"',
    'allowed domain "::1" is not a domain such as "[::1]"',
  ]],
  ["settings that are no object", { ...good, settings: "fast" }, ["settings is not an object"]],
  ["settings that are not there", { ...good, settings: { dealy: 1, concurency: 2 } }, [
    'there is no setting "dealy"; did you mean delay?',
    'there is no setting "concurency"; did you mean concurrency?',
  ]],
  ["settings that do not fit", { ...good, settings: { concurrency: 0, robots: "maybe" } }, [
    "setting concurrency: 0 is not a whole number from 1 up",
    'setting robots: "maybe" is neither true nor false',
  ]],
  ["hooks that are no functions", { ...good, onItem: {}, onClose: true }, [
    "onItem is not a function",
    "onClose is not a function",
  ]],
  ["no callback", { name: "x", onItem() {} }, ["it has no callback: write `*parse(page) { ... }`"]],
  ["callbacks without parse", { name: "x", page: () => [] }, [
    "it has no `parse`, the callback of requests that name no other",
  ]],
  ["a parse that is no function", { name: "x", page: () => [], parse: 5 }, [
    "it has no `parse`, the callback of requests that name no other",
  ]],
];

for (const [name, value, problems] of mistakes) {
  Deno.test(`checkSpider() refuses ${name}`, () => assert.deepEqual(problemsOf(value), problems));
}

Deno.test("checkSpider() lists every mistake at once, and where the spider came from", () => {
  const value = { startUrls: ["x"], allowedDomains: 5, settings: { dealy: 1 }, onError: 1 };
  assert.throws(() => checkSpider(value, "./bad.ts"), {
    name: "SpiderError",
    message: `Cannot use the spider ./bad.ts:
  - it has no name: write \`name: "..."\`
  - start URL "x" is not an http or https URL
  - allowedDomains is not an array of domains
  - there is no setting "dealy"; did you mean delay?
  - onError is not a function
  - it has no callback: write \`*parse(page) { ... }\``,
  });
});

Deno.test("callbacksOf() names the functions that are neither hooks nor start", () => {
  const spider: Spider = { ...good, startUrls: [], *author() {}, onItem: () => {}, onStart() {}, note: "text" };
  assert.deepEqual(callbacksOf(spider), ["parse", "author"]);
});

Deno.test("callbacksOf() leaves names in parentheses to trawl", () => {
  assert.deepEqual(callbacksOf({ ...good, "(sitemap)": () => {} }), ["parse"]);
});

Deno.test("unknownSetting() has nothing to say about a setting that there is, and lists all when none is near", () => {
  assert.deepEqual(unknownSetting("delay"), []);
  const [message] = unknownSetting("zzzzzzzzzzzz");
  assert.match(message!, /^there is no setting "zzzzzzzzzzzz"; there are concurrency, concurrencyPerHost, delay, /);
});
