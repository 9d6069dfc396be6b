import assert from "node:assert/strict";
import { misspelt } from "../../lib/spider/misspelt.ts";

const said = (key: string, meant: string) => [`there is no ${JSON.stringify(key)} in a spider; did you mean ${meant}?`];
const hook = () => {};

const mistakes: readonly (readonly [key: string, value: unknown, meant: string])[] = [
  ["startURLs", ["http://a.com/"], "startUrls"],
  ["start_urls", ["http://a.com/"], "startUrls"],
  ["startUrl", "http://a.com/", "startUrls"],
  ["allowed_domains", ["a.com"], "allowedDomains"],
  ["allowedDomain", ["a.com"], "allowedDomains"],
  ["alowedDomains", ["a.com"], "allowedDomains"],
  ["setting", { delay: 1 }, "settings"],
  ["Settings", { delay: 1 }, "settings"],
  ["custom_settings", {}, "settings"],
  ["onItems", hook, "onItem"],
  ["onitem", hook, "onItem"],
  ["on_item", hook, "onItem"],
  ["onItme", hook, "onItem"],
  ["onStarted", hook, "onStart"],
  ["onErrors", hook, "onError"],
  ["onClosed", hook, "onClose"],
  ["closed", hook, "onClose"],
  ["start_requests", hook, "start"],
  ["Start", hook, "start"],
];

for (const [key, value, meant] of mistakes) {
  Deno.test(`misspelt() takes ${key} for ${meant}`, () => {
    assert.deepEqual(misspelt({ name: "x", parse: hook, [key]: value }), said(key, meant));
  });
}

Deno.test("misspelt() leaves callbacks and a spider's own values alone", () => {
  const own = {
    name: "x",
    names: ["a"],
    parse: hook,
    parser: {},
    item: hook,
    items: hook,
    error: hook,
    close: hook,
    stars: hook,
    meetings: hook,
    onSale: hook,
    page: hook,
    urls: [],
    domains: {},
    constructor: hook,
  };
  assert.deepEqual(misspelt({ ...own, startUrls: [] }), []);
});

Deno.test("misspelt() says nothing of a name near to one that the spider has", () => {
  const full = { start: hook, settings: {}, onItem: hook };
  assert.deepEqual(
    misspelt({ name: "x", parse: hook, ...full, starts: hook, startUrl: "", setting: 1, onItems: hook }),
    [],
  );
});
