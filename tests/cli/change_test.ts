import assert from "node:assert/strict";
import { expectedItems } from "../../scripts/demo/mod.ts";
import { exists, records } from "./kept.ts";
import { ends, webSpider } from "./trawl.ts";
import { askedFor, digests, Workplace } from "./workplace.ts";

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

Deno.test("a callback that is gone stops a resume before anything is fetched, and is named with its requests", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write("changing.ts", spider({ callback: "detail" }));
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 25 }), 130);
  const { pending } = place.kept("changing").saved.crawl;
  const requests = place.demo.log.length;
  place.write("changing.ts", spider());
  const before = digests(place.dataDir);
  for (const round of [1, 2]) {
    const ended = await place.run(crawl);
    ends(ended, 1);
    assert.ok(
      ended.stderr.includes(
        `Cannot resume "changing": requests wait for callbacks that the spider does not have any more: "detail" (${pending} requests).`,
      ),
      `${round}: ${ended.stderr}`,
    );
    assert.match(ended.stderr, /--callback detail=NEW \(the spider has parse\), or begin anew with --fresh/);
    assert.equal(place.demo.log.length, requests, "nothing was fetched");
    assert.deepEqual(digests(place.dataDir), before, "nothing was changed");
  }
});

Deno.test("--callback gives the requests that wait to the new name, now and in later runs", async () => {
  await using place = await Workplace.open({ latency: 20 });
  const path = place.write("changing.ts", spider({ callback: "detail" }));
  const crawl = ["crawl", path, "--start-url", place.demo.webUrl(spec)];
  ends(await place.pause(crawl, { requests: 25 }), 130);
  place.write("changing.ts", spider({ callback: "product" }));
  ends(await place.pause([...crawl, "--callback", "detail=product"], { requests: 10 }), 130);
  // It is in the checkpoint, also when the spider changes again.
  place.write("changing.ts", spider({ callback: "product", extra: `page.log.debug("new");` }));
  ends(await place.pause(crawl, { requests: 10 }), 130);
  place.write("changing.ts", spider({ callback: "thing" }));
  ends(await place.run([...crawl, "--callback", "product=thing"]), 0);
  const items = records(place.kept("changing").output).map((line) => JSON.parse(line));
  assert.deepEqual(items.map(({ n }) => n).sort((a, b) => a - b), Array.from({ length: spec.pages }, (_, n) => n));
  assert.equal(place.pages.length, spec.pages);
});

Deno.test("--callback is checked: its form, that the old callback is gone and that the new one is there", async () => {
  await using place = await Workplace.open();
  const path = place.write("changing.ts", spider({ callback: "detail" }));
  const flags = ["a", "a=", "parse=detail", "old=detial", "x=parse", "x=detail"].flatMap((
    text,
  ) => ["--callback", text]);
  const ended = await place.run(["crawl", path, ...flags]);
  ends(ended, 2);
  for (
    const problem of [
      "--callback a: write --callback OLD=NEW",
      "--callback a=: write --callback OLD=NEW",
      '--callback parse=detail: the spider has a callback "parse", which its requests go to',
      '--callback old=detial: the spider has no callback "detial"; did you mean detail?',
      "--callback x=detail: x is parse already",
    ]
  ) assert.ok(ended.stderr.includes(problem), ended.stderr);
});

Deno.test("a retry whose failed pages want a callback that is gone says so, every time, and goes on with --callback", async () => {
  await using place = await Workplace.open();
  const text = (callback: string, fails: boolean) =>
    `export default {
  name: "changing",
  *parse(page) { yield { callback: "parse" }; yield* page.follow("li.next a", { callback: "${callback}" }); },
  *${callback}(page) { if (${fails}) throw new Error("not yet"); yield { callback: "${callback}" }; },
};`;
  const path = place.write("changing.ts", text("detail", true));
  const crawl = ["crawl", path, "--start-url", place.demo.quotes];
  ends(await place.run(crawl), 0);
  place.write("changing.ts", text("product", false));
  for (const args of [["--retry-failed"], ["--retry-failed"], []]) {
    const ended = await place.run([...crawl, ...args]);
    ends(ended, 1);
    assert.match(ended.stderr, /callbacks that the spider does not have any more: "detail" \(1 request\)/);
  }
  ends(await place.run([...crawl, "--callback", "detail=product"]), 0);
  const items = records(place.kept("changing").output).map((line) => JSON.parse(line).callback);
  assert.deepEqual(items, ["parse", "product"]);
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
