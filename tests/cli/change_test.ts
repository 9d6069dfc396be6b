import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { exists, records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { askedFor, Workplace } from "./workplace.ts";

const spec = { seed: 21, pages: 80 };
const start = "web /web/21/80/p/0?";

/** A spider for the web, in a file of its own; its links go to `callback`. */
function spider({ callback = "parse", extra = "" } = {}): string {
  const read = `yield { n: Number(new URL(page.url).pathname.split("/").at(-1)), callback: page.request.callback };
    yield* page.follow("a[href]", { callback: ${JSON.stringify(callback)} });`;
  return `export default {
  name: "changing",
  *parse(page) { ${extra} ${read} },
  ${callback === "parse" ? "" : `*${callback}(page) { ${read} },`}
};
`;
}

Deno.test("another --proxy-type than the checkpoint's clears it, says so, and fetches every page again", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 30 }), 130);
  place.demo.reset();
  const ended = await place.run([...crawl, "--proxy-type", "none"]);
  ends(ended, 0);
  assert.match(ended.stderr, /--proxy-type auto, this is none: it is cleared, and the crawl starts fresh/);
  assert.equal(place.pages.length, spec.pages);
  const kept = place.kept("web");
  const wanted = expectedItems(spec, place.demo.web).map((item) => JSON.stringify(item)).sort();
  assert.deepEqual(records(kept.output).sort(), wanted);
  assert.deepEqual(kept.crawls.filter((name) => name.endsWith(".part")), []);
});

Deno.test("the same --proxy-type goes on", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const crawl = ["crawl", webSpider, "--start-url", place.demo.webUrl(spec), "--proxy-type", "none"];
  ends(await place.pause(crawl, { requests: 30 }), 130);
  ends(await place.run(crawl), 0);
  assert.equal(place.pages.length, spec.pages);
});

Deno.test("a callback that is gone falls back to parse, with a warning that counts the requests", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write("changing.ts", spider({ callback: "detail" }));
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 25 }), 130);
  const done = place.kept("changing").saved.crawl.counters.pages;
  const { pending } = place.kept("changing").saved.crawl;
  place.write("changing.ts", spider());
  const ended = await place.run(crawl);
  ends(ended, 0);
  const warning = /no callback "detail" any more: ([\d,]+) requests? went to parse/.exec(ended.stderr);
  assert.ok(warning !== null, ended.stderr);
  assert.equal(Number(warning[1]), pending, "those that waited under the old name");
  const items = records(place.kept("changing").output).map((line) => JSON.parse(line));
  assert.deepEqual(items.map(({ n }) => n).sort((a, b) => a - b), Array.from({ length: spec.pages }, (_, n) => n));
  assert.equal(items.filter(({ callback }) => callback === "detail").length, done - 1 + pending);
});

Deno.test("a spider whose code has changed goes on with the new code, and says so", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write("changing.ts", spider());
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 25 }), 130);
  const unchanged = await place.pause(crawl, { requests: 10 });
  ends(unchanged, 130);
  assert.doesNotMatch(unchanged.stderr, /has changed/);
  place.write("changing.ts", spider({ extra: `page.log.debug("new");` }));
  const ended = await place.run(crawl);
  ends(ended, 0);
  assert.match(ended.stderr, /The spider has changed since the checkpoint was made; going on with the new one/);
  assert.equal(records(place.kept("changing").output).length, spec.pages);
  assert.equal(askedFor(place.pages).get(start), 1);
  assert.equal(place.pages.length, spec.pages);
});

Deno.test("a checkpoint in a folder whose spider has been renamed is not taken for the new one's", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write("changing.ts", spider());
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 25 }), 130);
  place.write("changing.ts", spider().replace(`"changing"`, `"renamed"`));
  ends(await place.run(crawl), 0);
  assert.equal(records(place.kept("renamed").output).length, spec.pages);
  assert.ok(exists(place.kept("changing").current), "the old name's crawl still waits");
});
