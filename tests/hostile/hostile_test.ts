import assert from "node:assert/strict";
import { Kept } from "../cli/kept.ts";
import { ends, isPlain, Running } from "../cli/trawl.ts";
import { startApart } from "./apart.ts";
import type { Case, Scale } from "./case.ts";
import { startHealthy } from "./healthy.ts";
import { complaints, resultOf } from "./judge.ts";
import { sitemapFiles, topics } from "./servers.ts";

/** Small enough for a minute, and larger than the limits below. */
const scale: Scale = { many: 30_000, maxElements: 20_000, long: 1_000_000, gigabytes: 1 / 32, depth: 4 };

const settings = [
  ...["timeout=6s", "connectTimeout=4s", "idleTimeout=3s", "retries=1", "maxRetryAfter=0.1s", "maxBodySize=4MB"],
  // A host that says 429 for ever would be given a minute, which is right, and too long for a test.
  ...["throttle=false", `depthLimit=${scale.depth}`, `maxElements=${scale.maxElements}`],
];

/** Crawls these cases beside ten healthy hosts, and kills the crawl so many times on its way. */
async function meets(cases: readonly Case[], { kills = 0, more = [] as readonly string[] } = {}): Promise<void> {
  await using hostile = await startApart(scale, cases);
  await using healthy = startHealthy({ hosts: 10, pages: 100, latency: [20, 40] });
  const folder = await Deno.makeTempDir({ prefix: "trawl-hostile-" });
  try {
    const starts = [...hostile.hosts, ...healthy.starts.map((start) => ({ start }))].map(({ start }) => start);
    Deno.writeTextFileSync(`${folder}/authority.pem`, hostile.authority);
    const crawl = ["crawl", "site", "--data-dir", folder, "--checkpoint-interval", "0.3s"]
      .concat(["--ca-file", `${folder}/authority.pem`])
      .concat(starts.flatMap((start) => ["--start-url", start]))
      .concat([...settings, ...more].flatMap((each) => ["-s", each]));
    const start = () => new Running(crawl, { env: { NO_PROXY: "*" }, patience: 400_000 });
    for (let kill = 1; kill <= kills; kill++) {
      await using trawl = start();
      const goal = healthy.urls.length * kill / (kills + 1);
      await trawl.until(`${goal} pages`, () => new Set(healthy.log.map(({ url }) => url)).size >= goal);
      trawl.kill("SIGKILL");
      await trawl.ended;
    }
    await using trawl = start();
    const ended = await trawl.ended;
    ends(ended, 0);
    isPlain(ended);
    assert.ok(!ended.stderr.includes("\x1b"), "a server has sent escapes to the terminal");
    const result = resultOf(new Kept(`${folder}/default/site`), hostile.hosts, scale);
    assert.deepEqual(result.pages.toSorted(), healthy.urls.toSorted(), "every healthy page is there, once");
    assert.deepEqual(result.strays, [], "no other line");
    assert.deepEqual(complaints(result.fates), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const everything = Object.values(topics).flat();

Deno.test("a crawl of ten healthy hosts beside every hostile one ends, and each case is one clear line", async () => {
  await meets(everything);
});

Deno.test("a crawl beside hostile hosts that is killed three times comes to the same", async () => {
  await meets(everything, { kills: 3 });
});

Deno.test("a crawl that begins from sitemaps survives those of hostile hosts", async () => {
  await meets(sitemapFiles, { more: ["sitemaps=true"] });
});

Deno.test("each hostile case has a name of its own", () => {
  const names = [...everything, ...sitemapFiles].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length > 150);
});
