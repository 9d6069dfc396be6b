import assert from "node:assert/strict";
import { referrerPolicies } from "../../lib/model/referrer_policy.ts";
import { mergeSettings, settingNames, type SettingsInput, settingsTable } from "../../lib/spider/settings.ts";

type Form = readonly [given: unknown, value: unknown];

const counts = (least: number): readonly Form[] => [[least, least], [7, 7], ["7", 7], ["007", 7], [1e6, 1_000_000]];
const notCounts = (least: number) => [least - 1, 1.5, "1.5", -1, "-1", "", " ", "many", NaN, Infinity, null, true, [1]];
const times: readonly Form[] = [[1.5, 1.5], ["1.5", 1.5], ["200ms", 0.2], ["30s", 30], ["5m", 300], ["1h30m", 5400]];
const notTimes = ["", "soon", "5 parsecs", -1, "-1s", NaN, Infinity, null, true, [1], {}];
const sizes: readonly Form[] = [[512, 512], ["512", 512], ["5MB", 5e6], ["1.5 KiB", 1536], ["2gb", 2e9]];
const notSizes = [0, "0", "", "big", "5 MX", -1, NaN, Infinity, null, true, [1]];
const flags: readonly Form[] = [[true, true], [false, false], ["true", true], ["false", false]];
const notFlags = [1, 0, "", "yes", "TRUE", null, []];

const forms: Readonly<Record<keyof typeof settingsTable, readonly [accepted: readonly Form[], refused: unknown[]]>> = {
  concurrency: [counts(1), notCounts(1)],
  concurrencyPerHost: [counts(1), notCounts(1)],
  delay: [[[0, 0], ["0", 0], ...times], notTimes],
  randomizeDelay: [flags, notFlags],
  throttle: [flags, notFlags],
  robots: [flags, notFlags],
  sitemaps: [flags, notFlags],
  userAgent: [[["trawl/1 (+http://a.com/)", "trawl/1 (+http://a.com/)"]], ["", "two\nlines", "ü", 5, null]],
  retries: [counts(0), notCounts(0)],
  maxRetryAfter: [[[0, 0], ["0", 0], ...times], notTimes],
  timeout: [times, [0, "0", ...notTimes]],
  connectTimeout: [times, [0, "0", ...notTimes]],
  idleTimeout: [times, [0, "0", ...notTimes]],
  callbackTimeout: [[[false, false], ["false", false], [0, false], ["0", false], ["0s", false], ...times], [
    "none",
    "off",
    ...notTimes,
  ]],
  maxBodySize: [sizes, notSizes],
  maxElements: [counts(1), notCounts(1)],
  maxActiveSize: [sizes, notSizes],
  depthLimit: [counts(0), notCounts(0)],
  maxPages: [counts(1), notCounts(1)],
  maxFailed: [
    [[0, 0], [7, 7], ["7", 7], ["10%", "10%"], [" 2.50 % ", "2.5%"], ["0%", "0%"], ["100%", "100%"]],
    [-1, 1.5, "0.1", "-1", "-5%", "101%", "10,5%", "%", "", "few", "10%%", NaN, null, true, [1]],
  ],
  cookies: [flags, notFlags],
  maxRedirects: [counts(0), notCounts(0)],
  metaRefresh: [[[false, false], ["false", false], [0, 0], ["0", 0], ...times], ["none", "off", ...notTimes]],
  referrerPolicy: [referrerPolicies.map((policy) => [policy, policy]), ["", "Origin", "none", 5, null, false, [
    "origin",
  ]]],
  handleStatuses: [
    [[[], []], [[404, 500], [404, 500]], ["404", [404]], ["404, 410,", [404, 410]], ["", []], [["404"], [404]]],
    ["nope", "404;410", "99", [600], [404.5], 404, null, {}],
  ],
  blockStatuses: [
    [[[], []], [[404, 500], [404, 500]], ["404", [404]], ["404, 410,", [404, 410]], ["", []], [["404"], [404]]],
    ["nope", "404;410", "99", [600], [404.5], 404, null, {}],
  ],
  blockPattern: [
    [["you are a (?:bot|robot)", /you are a (?:bot|robot)/i], [/blocked/, /blocked/], [/a/gu, /a/u], [/a/y, /a/]],
    ["", "(", "[a", 5, null, true, []],
  ],
  columns: [
    [[[], []], [["a", "b"], ["a", "b"]], ["title, price", ["title", "price"]]],
    ["a,a", ["a", "a"], [""], [1], 5, null],
  ],
};

for (const name of settingNames) {
  const { parse, default: normal } = settingsTable[name];
  Deno.test(`the setting ${name} takes every form that is documented`, () => {
    for (const [given, value] of forms[name][0]) assert.deepEqual(parse(given), value, JSON.stringify(given));
    if (normal !== Infinity && normal !== undefined) assert.deepEqual(parse(normal), normal);
  });

  Deno.test(`the setting ${name} refuses everything else with a sentence that shows it`, () => {
    for (const given of forms[name][1]) {
      assert.throws(() => parse(given), (error) => {
        assert.ok(error instanceof RangeError, `${JSON.stringify(given)}: ${error}`);
        const shown = typeof given === "string" ? JSON.stringify(given) : String(given);
        assert.ok(error.message.includes(shown) && error.message.includes(" "), error.message);
        return true;
      }, JSON.stringify(given));
    }
  });
}

Deno.test("the settings have the documented defaults", () => {
  const { userAgent, ...others } = mergeSettings([], () => assert.fail());
  assert.match(userAgent, /^trawl\/\d+\.\d+\.\d+$/);
  assert.deepEqual(others, {
    concurrency: 16,
    concurrencyPerHost: 8,
    delay: 0,
    randomizeDelay: false,
    throttle: true,
    robots: true,
    sitemaps: false,
    retries: 2,
    maxRetryAfter: 600,
    timeout: 60,
    connectTimeout: 30,
    idleTimeout: 30,
    callbackTimeout: 60,
    maxBodySize: 32_000_000,
    maxElements: 100_000,
    maxActiveSize: 5_000_000,
    depthLimit: Infinity,
    maxPages: Infinity,
    maxFailed: Infinity,
    cookies: true,
    maxRedirects: 20,
    metaRefresh: 10,
    referrerPolicy: "strict-origin-when-cross-origin",
    handleStatuses: [],
    blockStatuses: [403, 429, 503],
    blockPattern: undefined,
    columns: [],
  });
});

Deno.test("what is shown of a default means the default", () => {
  for (const name of settingNames) {
    const { shown, parse, default: normal } = settingsTable[name];
    if (shown === "none") assert.equal(normal, name === "blockPattern" ? undefined : Infinity);
    else assert.deepEqual(parse(shown === "[]" ? "" : shown), normal, name);
  }
});

Deno.test("mergeSettings() takes each setting from the first source that has it", () => {
  const sources: SettingsInput[] = [{ delay: "1s" }, { delay: 2, retries: 0 }, { retries: 5, concurrency: "3" }];
  const { delay, retries, concurrency, timeout } = mergeSettings(sources, () => assert.fail());
  assert.deepEqual([delay, retries, concurrency, timeout], [1, 0, 3, 60]);
});

Deno.test("mergeSettings() passes over a setting that is undefined", () => {
  const source = { delay: undefined } as unknown as SettingsInput;
  assert.equal(mergeSettings([source, { delay: 2 }], () => assert.fail()).delay, 2);
});

Deno.test("mergeSettings() tells of every value that does not fit, with its source, and takes the default", () => {
  const refused: string[] = [];
  const settings = mergeSettings(
    [{ delay: "soon" }, { delay: 3, concurrency: 0 }],
    (message, source) => refused.push(`${source}: ${message}`),
  );
  assert.deepEqual([settings.delay, settings.concurrency], [0, 16]);
  assert.deepEqual(refused, [
    "1: concurrency: 0 is not a whole number from 1 up",
    '0: delay: Cannot read "soon" as a time: give seconds (1.5) or numbers with ms, s, m, h or d ("200ms", "1h30m")',
  ]);
});
