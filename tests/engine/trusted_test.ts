import assert from "node:assert/strict";
import { isTrusted } from "../../lib/engine/trusted.ts";
import { createRequest } from "../../lib/model/request.ts";
import { asked, open } from "./parts.ts";
import { answer, followFrom, links } from "./site.ts";

Deno.test("a start request is trusted, and neither a link, nor what redirects led to", () => {
  assert.equal(isTrusted(createRequest("http://a.com/")), true);
  assert.equal(isTrusted(createRequest("http://a.com/", { attempt: 2, waits: 1 })), true);
  assert.equal(isTrusted(createRequest("http://a.com/", { depth: 1 })), false);
  assert.equal(isTrusted(createRequest("http://a.com/", { redirects: ["http://b.com/"] })), false);
});

Deno.test("what the user asked for is sent as trusted, its robots.txt included, and nothing that came of it", async () => {
  const run = open({
    spider: followFrom("/", "http://moved.com/"),
    robots: true,
    site({ url }) {
      if (url === "http://moved.com/") return answer(url, "", 301, { location: "http://b.com/new" });
      if (url.endsWith("robots.txt")) return answer(url, "", 404);
      return answer(url, url === "http://a.com/" ? links("http://c.com/1", "/2") : "");
    },
  });
  await run.crawl();
  assert.deepEqual(Object.fromEntries(run.asked.map(({ what, trusted }) => [what, trusted])), {
    "/robots.txt": true,
    "/": true,
    "/2": false,
    "http://moved.com/robots.txt": true,
    "http://moved.com/": true,
    "http://b.com/robots.txt": false,
    "http://b.com/new": false,
    "http://c.com/robots.txt": false,
    "http://c.com/1": false,
  });
});

Deno.test("a page that may not be reached is given up for its address, after one look at its robots.txt", async () => {
  const run = open({
    robots: true,
    site: ({ url }) =>
      url.includes("169.254")
        ? { failure: { kind: "address", message: "169.254.169.254 is a metadata address", final: true } }
        : answer(url, url.endsWith("robots.txt") ? "" : links("http://169.254.169.254/latest")),
  });
  await run.crawl();
  assert.deepEqual(run.failures().map(({ url, kind, message, attempts }) => [url, kind, message, attempts]), [
    ["http://169.254.169.254/latest", "address", "169.254.169.254 is a metadata address", 1],
  ]);
  assert.equal(asked(run).filter((url) => url.includes("169.254")).length, 1);
});
