import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { exists, lines, records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spec = { seed: 7, pages: 120 };

/** A web of 120 pages whose pages take a while, and what its crawl must bring. */
async function open(latency: number | readonly [number, number]) {
  const place = await Workplace.open({ latency });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec)];
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  return { place, crawl, wanted, kept: place.kept("web") };
}

Deno.test("-o goes on into the same file, another -o is refused, and an older FILE stays until the end", async () => {
  const { place, crawl, wanted, kept } = await open(30);
  await using _place = place;
  const file = `${place.folder}/out.jsonl`;
  Deno.writeTextFileSync(file, "from an older crawl\n");
  const crawlTo = [...crawl, "-o", "out.jsonl"];
  ends(await place.pause(crawlTo), 130);
  assert.equal(Deno.readTextFileSync(file), "from an older crawl\n");
  assert.equal(lines(Deno.readTextFileSync(`${file}.part`)).length, kept.saved.crawl.counters.items);

  const refused = await place.run([...crawl, "-o", "other.jsonl"]);
  ends(refused, 2);
  assert.match(refused.stderr, /other\.jsonl.*out\.jsonl/s);
  assert.ok(!exists(`${place.folder}/other.jsonl`) && !exists(`${place.folder}/other.jsonl.part`));
  assert.equal(Deno.readTextFileSync(file), "from an older crawl\n");

  // Without -o the crawl that goes on writes where it began.
  ends(await place.run(crawl), 0);
  assert.deepEqual(records(file).sort(), wanted);
  assert.ok(!exists(`${file}.part`));
});

Deno.test("--checkpoint-interval 0 saves on a pause only", async () => {
  const { place, crawl, wanted, kept } = await open(20);
  await using _place = place;
  const crawlRarely = [...crawl, "--checkpoint-interval", "0"];
  await place.pause(crawlRarely, { signal: "SIGKILL", requests: 60 });
  assert.ok(!exists(kept.current), "nothing was saved on the way");
  ends(await place.pause(crawlRarely), 130);
  assert.ok(exists(kept.current));
  ends(await place.run(crawlRarely), 0);
  assert.deepEqual(records(kept.output).sort(), wanted);
});

Deno.test("what a process wrote that was killed before its first checkpoint is gone when the crawl has finished", async () => {
  const { place, crawl, wanted, kept } = await open(20);
  await using _place = place;
  const crawlRarely = [...crawl, "--checkpoint-interval", "0"];
  await place.pause(crawlRarely, { signal: "SIGKILL" });
  ends(await place.run(crawlRarely), 0);
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
});

Deno.test("other start URLs than the paused crawl's are refused, and without any it goes on", async () => {
  const { place, crawl, wanted, kept } = await open(30);
  await using _place = place;
  ends(await place.pause(crawl), 130);
  const refused = await place.run(["crawl", webSpider, "--start-url", place.demo.webUrl({ seed: 8, pages: 9 })]);
  ends(refused, 1);
  assert.match(refused.stderr, /the paused crawl began with http/);
  ends(await place.run(["crawl", webSpider]), 0);
  assert.deepEqual(records(kept.output).sort(), wanted);
});

Deno.test("--fresh begins anew, and removes what the paused crawl had written", async () => {
  const { place, crawl, wanted, kept } = await open(10);
  await using _place = place;
  ends(await place.pause(crawl), 130);
  place.demo.reset();
  ends(await place.run([...crawl, "--fresh"]), 0);
  assert.equal(place.pages.length, spec.pages, "every page was fetched again");
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
});

Deno.test("a crawl that is continued keeps its order: priorities first, then as they came", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write(
    "ordered.ts",
    `export default {
  name: "ordered",
  *parse(page) {
    yield { path: new URL(page.url).pathname };
    if (page.depth > 0) return;
    for (let n = 1; n <= 30; n++) yield page.request("/web/1/100/p/" + n, { priority: n % 3 });
  },
};
`,
  );
  const url = place.demo.webUrl({ seed: 1, pages: 100 });
  const crawl = ["crawl", path, "--start-url", url, "-s", "concurrency=1", "-s", "handleStatuses=404"];
  ends(await place.pause(crawl, { requests: 6 }), 130);
  ends(await place.pause(crawl, { requests: 9, signal: "SIGTERM" }), 143);
  ends(await place.run(crawl), 0);
  const numbers = Array.from({ length: 30 }, (_, at) => at + 1);
  const order = [0, ...[2, 1, 0].flatMap((priority) => numbers.filter((n) => n % 3 === priority))];
  assert.deepEqual(place.pages.map(({ path }) => Number(path.split("/").at(-1))), order);
});

Deno.test("a crawl that is continued keeps its cookies and the spider's state", async () => {
  await using place = await Workplace.open();
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/robots.txt") return new Response("", { status: 404 });
    asked.push(`${pathname} ${request.headers.get("cookie")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const n = Number(pathname.slice(1));
    const headers = { "content-type": "text/html", ...(n === 0 ? { "set-cookie": "session=abc; Path=/" } : {}) };
    return new Response(n < 9 ? `<a href="/${n + 1}">next</a>` : "the end", { headers });
  });
  const path = place.write(
    "counting.ts",
    `export default {
  name: "counting",
  *parse(page) {
    page.update((state) => { state.seen = [...(state.seen ?? []), new URL(page.url).pathname]; });
    yield { before: page.state.seen?.length ?? 0 };
    yield* page.follow("a");
  },
};
`,
  );
  const crawl = ["crawl", path, "--start-url", `http://127.0.0.1:${server.addr.port}/0`];
  ends(await place.pause(crawl, { when: () => asked.length === 4 }), 130);
  const { state } = place.kept("counting").saved.crawl;
  assert.deepEqual(state.seen, ["/0", "/1", "/2", "/3"]);
  ends(await place.run(crawl), 0);
  assert.deepEqual(asked, Array.from({ length: 10 }, (_, n) => `/${n} ${n === 0 ? null : "session=abc"}`));
  const items = records(place.kept("counting").output).map((line) => JSON.parse(line).before);
  assert.deepEqual(items, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("a hook is told whether the crawl is continued", async () => {
  const { place, crawl } = await open(20);
  await using _place = place;
  const path = place.write(
    "told.ts",
    `export default {
  name: "told",
  onStart({ resuming }) { console.error("resuming: " + resuming); },
  onClose({ reason, pages }) { console.error("closing: " + reason + " after " + pages); },
  *parse(page) { yield* page.follow("a"); },
};
`,
  );
  const told = ["crawl", path, ...crawl.slice(2)];
  const paused = await place.pause(told);
  ends(paused, 130);
  assert.match(paused.stderr, /resuming: false\n[^]*closing: paused after \d+/);
  const finished = await place.run(told);
  ends(finished, 0);
  assert.match(finished.stderr, /resuming: true\n[^]*closing: finished after 120/);
});
