import assert from "node:assert/strict";
import { finish, open, settle } from "./parts.ts";
import { answer, followAll, links } from "./site.ts";

Deno.test("a pause is heard while robots.txt refuses thousands of requests in a row", async () => {
  const urls = Array.from({ length: 3000 }, (_, page) => `/private/${page}`);
  const run = open({
    spider: followAll,
    site: ({ url }) =>
      url.endsWith("/robots.txt")
        ? answer(url, "user-agent: *\ndisallow: /private/")
        : answer(url, url === "http://a.com/" ? links(...urls) : ""),
    robots: true,
  }, { maxElements: 3000 });
  const ending = run.engine.run();
  while (run.failures().length === 0) await settle();
  run.engine.pause("test");
  assert.deepEqual(await finish(run.clock, ending), { outcome: "paused", reason: "test" });
  assert.equal(run.failures().length + run.parts.scheduler.waiting, 3000);
  assert.ok(run.parts.scheduler.waiting > 0);
});
