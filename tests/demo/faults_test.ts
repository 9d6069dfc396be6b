import assert from "node:assert/strict";
import { errorOf, latencyOf } from "../../scripts/demo/faults.ts";
import { expectedPages, startDemo } from "../../scripts/demo/mod.ts";
import { status } from "./read.ts";

Deno.test("a page that fails is answered after as many tries as told", async () => {
  await using demo = await startDemo({ errorRate: 1, errorKinds: [503], errorTimes: 2 });
  const url = `${demo.quotes}page/3/`;
  assert.deepEqual([await status(url), await status(url), await status(url), await status(url)], [503, 503, 200, 200]);
  assert.equal(await status(`${demo.quotes}page/4/`), 503, "each page counts for itself");
  demo.reset();
  assert.equal(await status(url), 503, "forgotten");
});

Deno.test("errors hit the told share of the pages, in every told way, and then clear", async () => {
  await using demo = await startDemo({ seed: 4, errorRate: 0.5, errorKinds: [500, 503, 404, "reset"] });
  const urls = expectedPages({ seed: 1, pages: 100 }, demo.web);
  const first: (number | string)[] = [];
  for (const url of urls) first.push(await status(url).catch((error: Error) => error.name));
  const counts = Object.fromEntries(
    [...new Set(first)].sort().map((kind) => [kind, first.filter((it) => it === kind).length]),
  );
  assert.deepEqual(counts, { 200: 47, 404: 15, 500: 13, 503: 9, TypeError: 16 });
  for (const url of urls) assert.equal(await status(url), 200);
});

Deno.test("a reset breaks off the answer and stands in the log without a status", async () => {
  await using demo = await startDemo({ errorRate: 1, errorKinds: ["reset"] });
  await assert.rejects(fetch(demo.quotes).then((response) => response.text()), TypeError);
  assert.equal(await (await fetch(demo.quotes)).text().then((text) => text.includes("</html>")), true);
  assert.deepEqual(demo.log.map(({ path, status }) => ({ path, status })), [{ path: "/", status: 0 }, {
    path: "/",
    status: 200,
  }]);
});

Deno.test("two spellings of a query are one page that fails", async () => {
  await using demo = await startDemo({ errorRate: 1, errorKinds: [500] });
  const url = expectedPages({ seed: 7, pages: 50 }, demo.web).find((url) => url.includes("?")) ?? "";
  const [path, query] = url.split("?");
  assert.equal(await status(url), 500);
  assert.equal(await status(`${path}?${query?.split("&").reverse().join("&")}`), 200);
});

Deno.test("faults can change while the demo site runs, and never touch robots.txt", async () => {
  await using demo = await startDemo({ robots: "User-agent: *\nDisallow: /login\n" });
  assert.equal(await status(demo.books), 200);
  demo.faults = { errorRate: 1, errorKinds: [503], errorTimes: Infinity };
  for (let tries = 0; tries < 5; tries++) assert.equal(await status(demo.books), 503);
  assert.equal(await (await fetch(`${demo.books}robots.txt`)).text(), "User-agent: *\nDisallow: /login\n");
  demo.faults = {};
  assert.equal(await status(demo.books), 200);
});

Deno.test("latencyOf() is fixed, or fixed for each page between two bounds, and longer for a slow host", () => {
  assert.equal(latencyOf({}, "web", "/"), 0);
  assert.equal(latencyOf({ latency: 20 }, "web", "/"), 20);
  assert.equal(latencyOf({ latency: 20, slowHosts: { "h1.web": 500 } }, "h1.web", "/"), 520);
  assert.equal(latencyOf({ latency: 20, slowHosts: { "h1.web": 500 } }, "web", "/"), 20);
  const waits = Array.from({ length: 100 }, (_, n) => latencyOf({ latency: [10, 30] }, "web", `/${n}`));
  assert.ok(waits.every((ms) => ms >= 10 && ms < 30));
  assert.equal(new Set(waits).size, 100);
  assert.equal(latencyOf({ latency: [10, 30] }, "web", "/5"), waits[5]);
  assert.notEqual(latencyOf({ latency: [10, 30], seed: 2 }, "web", "/5"), waits[5]);
});

Deno.test("errorOf() spares every page at a rate of 0 and none at a rate of 1", () => {
  for (let n = 0; n < 100; n++) {
    assert.equal(errorOf({ errorRate: 0 }, "web", `/${n}`, 0), undefined);
    assert.equal(errorOf({ errorRate: 1, errorKinds: [500] }, "web", `/${n}`, 0), 500);
    assert.equal(errorOf({ errorRate: 1 }, "web", `/${n}`, 1), undefined);
  }
});
