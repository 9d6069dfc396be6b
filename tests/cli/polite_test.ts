import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** Returns the least time between two requests to one site, in milliseconds. robots.txt is a request too. */
function leastGap(place: Workplace, site: string): number {
  const times = place.demo.log.filter((entry) => entry.site === site).map(({ time }) => time);
  return Math.min(...times.slice(1).map((time, at) => time - times[at]!));
}

Deno.test("the gap between two requests to a host is never shorter than the delay, in the server's log, kills and resumes included", async () => {
  await using place = await Workplace.open({ hosts: 2 });
  const spec = { seed: 71, pages: 22, hosts: 2 };
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "-s", "delay=200ms"];
  const often = [...crawl, "--checkpoint-interval", "0.05s"];
  const interruptions = [["SIGKILL", 3], ["SIGINT", 7], ["SIGKILL", 11], ["SIGTERM", 14], ["SIGKILL", 18]] as const;
  for (const [signal, requests] of interruptions) {
    await using trawl = place.start(often);
    await trawl.until(`${requests} requests`, () => place.pages.length >= requests);
    trawl.kill(signal);
    await trawl.ended;
  }
  ends(await place.run(often), 0);
  assert.equal(new Set(records(place.kept("web").output)).size, spec.pages);
  for (const site of ["web", "h1.web"]) {
    const gap = leastGap(place, site);
    assert.ok(gap >= 200, `${site} was asked after ${gap} ms`);
  }
});

Deno.test("a longer Crawl-delay in robots.txt wins, also after a resume", async () => {
  await using place = await Workplace.open({ robots: "User-agent: *\nCrawl-delay: 0.4\n" });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 72, pages: 7 }), "-s", "delay=50ms"];
  await using trawl = place.start([...crawl, "--checkpoint-interval", "0.05s"]);
  await trawl.until("3 requests", () => place.pages.length >= 3);
  trawl.kill("SIGINT");
  await trawl.ended;
  const first = leastGap(place, "web");
  assert.ok(first >= 400, `asked after ${first} ms`);
  const before = place.demo.log.length;
  ends(await place.run(crawl), 0);
  const times = place.demo.log.slice(before).filter(({ path }) => path !== "/robots.txt").map(({ time }) => time);
  for (const [at, time] of times.entries()) {
    if (at > 0) assert.ok(time - times[at - 1]! >= 400, `asked after ${time - times[at - 1]!} ms`);
  }
});
