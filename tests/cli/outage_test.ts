import assert from "node:assert/strict";
import { type DemoOptions, expectedItems, startDemo } from "../../scripts/demo/mod.ts";
import { records } from "./kept.ts";
import { ends, eventsOf, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spec = { seed: 81, pages: 120 };

/** A place whose demo site can be stopped and started again where it was. */
async function open(options: DemoOptions) {
  const port = await freePorts();
  const place = await Workplace.open({ ...options, port });
  return {
    place,
    crawl: ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--json"],
    wanted: expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort(),
    stop: () => place.demo.close(),
    async start(): Promise<void> {
      place.demo = await startDemo({ ...options, port });
    },
  };
}

/** Returns a port that is free, as are the few after it. */
async function freePorts(): Promise<number> {
  for (let attempt = 0;; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      await using _demo = await startDemo({ port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || attempt === 50) throw error;
    }
  }
}

for (const settings of [[], ["-s", "retries=0"]]) {
  const how = settings.length === 0 ? "" : " with -s retries=0";
  Deno.test(`an outage of the network in the middle of a crawl costs no page${how}`, async () => {
    const { place, crawl, wanted, stop, start } = await open({ latency: 20 });
    await using _place = place;
    await using trawl = place.start([...crawl, ...settings]);
    await trawl.until("40 requests", () => place.pages.length >= 40);
    await stop();
    const outages = () => eventsOf(trawl).filter(({ type }) => type === "outage").length;
    await trawl.until("the network is tried again", () => outages() >= 2);
    await start();
    const ended = await trawl.ended;
    ends(ended, 0);
    assert.match(ended.stderr, /The network is back/);
    const kept = place.kept("web");
    assert.deepEqual(records(kept.output).sort(), wanted);
    assert.equal(kept.summary.counters.failed, 0);
    assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".failed.jsonl")), []);
  });
}

Deno.test("--outage-timeout pauses with exit code 4, and when the network is back the crawl is continued to its end", async () => {
  const { place, crawl, wanted, stop, start } = await open({ latency: 20 });
  await using _place = place;
  const crawlOn = [...crawl, "--outage-timeout", "2s"];
  await using trawl = place.start(crawlOn);
  await trawl.until("40 requests", () => place.pages.length >= 40);
  await stop();
  const paused = await trawl.ended;
  ends(paused, 4);
  assert.deepEqual([eventsOf(paused).at(-1)?.type, eventsOf(paused).at(-1)?.reason], ["paused", "outage"]);
  assert.equal((await place.status("web"))[0]?.state, "paused");

  // Still down: nothing is lost by trying.
  ends(await place.run(crawlOn), 4);

  await start();
  ends(await place.run(crawlOn), 0);
  const kept = place.kept("web");
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.equal(kept.summary.counters.failed, 0);
});

Deno.test("Ctrl+C in an outage pauses at once", async () => {
  const { place, crawl, wanted, stop, start } = await open({ latency: 20 });
  await using _place = place;
  await using trawl = place.start(crawl);
  await trawl.until("40 requests", () => place.pages.length >= 40);
  await stop();
  await trawl.says(`"type":"outage"`);
  trawl.kill("SIGINT");
  ends(await trawl.ended, 130);
  await start();
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(place.kept("web").output).sort(), wanted);
});

Deno.test("a host that is dead while others answer is given up without stopping the crawl", async () => {
  await using place = await Workplace.open({ hosts: 2 });
  await using dead = await Workplace.open();
  const gone = dead.demo.quotes;
  await dead.demo.close();
  const path = place.write(
    "dead.ts",
    `export default {
  name: "dead",
  *parse(page) {
    yield { url: page.url };
    if (page.depth === 0) yield page.request(${JSON.stringify(gone)});
    yield* page.follow("a[href]");
  },
};
`,
  );
  const wide = { seed: 82, pages: 60, hosts: 2 };
  ends(await place.run(["crawl", path, "--start-url", place.demo.webUrl(wide), "-s", "retries=0"]), 0);
  const kept = place.kept("dead");
  assert.equal(records(kept.output).length, 60);
  assert.deepEqual(kept.failures.map(({ url }) => url), [gone]);
});
