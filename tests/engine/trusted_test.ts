import assert from "node:assert/strict";
import { Engine } from "../../lib/engine/engine.ts";
import { isTrusted } from "../../lib/engine/trusted.ts";
import { createRequest } from "../../lib/model/request.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { answer, finish, noLimits, type Said, worldOf } from "./parts.ts";

const spider: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    yield { url: page.url };
    yield* page.follow("a");
  },
};

function open(said: Said) {
  const world = worldOf({ robots: true, ...said });
  const engine = new Engine(world.parts, noLimits);
  return { ...world, engine };
}

Deno.test("a start request is trusted, and neither a link, nor what redirects led to", () => {
  assert.equal(isTrusted(createRequest("http://a.com/")), true);
  assert.equal(isTrusted(createRequest("http://a.com/", { attempt: 2, waits: 1 })), true);
  assert.equal(isTrusted(createRequest("http://a.com/", { depth: 1 })), false);
  assert.equal(isTrusted(createRequest("http://a.com/", { redirects: ["http://b.com/"] })), false);
});

Deno.test("what the user asked for is sent as trusted, its robots.txt included, and nothing that came of it", async () => {
  const run = open({
    spider: { ...spider, startUrls: ["http://a.com/", "http://moved.com/"] },
    site: ({ url }) =>
      url === "http://moved.com/"
        ? answer(url, "", 301, { location: "http://b.com/new" })
        : url.endsWith("robots.txt")
        ? answer(url, "", 404)
        : answer(url, url === "http://a.com/" ? '<a href="http://c.com/1">c</a><a href="/2">2</a>' : ""),
  });
  await finish(run.clock, run.engine.run());
  const trust = new Map(run.asked.map(({ what, trusted }) => [what.replace("GET http://", ""), trusted]));
  assert.deepEqual(Object.fromEntries(trust), {
    "a.com/robots.txt": true,
    "a.com/": true,
    "a.com/2": false,
    "moved.com/robots.txt": true,
    "moved.com/": true,
    "b.com/robots.txt": false,
    "b.com/new": false,
    "c.com/robots.txt": false,
    "c.com/1": false,
  });
});

Deno.test("a page that may not be reached is given up for its address, after one look at its robots.txt", async () => {
  const run = open({
    spider,
    site: ({ url }) =>
      url.includes("169.254")
        ? { failure: { kind: "address", message: "169.254.169.254 is a metadata address", final: true } }
        : answer(url, url.endsWith("robots.txt") ? "" : '<a href="http://169.254.169.254/latest">secrets</a>'),
  });
  await finish(run.clock, run.engine.run());
  assert.deepEqual(run.failures().map(({ url, kind, message, attempts }) => [url, kind, message, attempts]), [
    ["http://169.254.169.254/latest", "address", "169.254.169.254 is a metadata address", 1],
  ]);
  assert.equal(run.asked.filter(({ what }) => what.includes("169.254")).length, 1);
});
