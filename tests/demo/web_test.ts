import assert from "node:assert/strict";
import { expectedItems, expectedPages, pageNumber, pageUrl, startDemo, type WebSpec } from "../../scripts/demo/mod.ts";
import { attributes, elements, read, readAll, status, texts } from "./read.ts";

const specs: readonly WebSpec[] = [
  { seed: 1, pages: 1 },
  { seed: 7, pages: 150 },
  { seed: 7, pages: 60, links: 1 },
  { seed: 8, pages: 100, hosts: 3, links: 5 },
];
for (const spec of specs) {
  Deno.test(`a crawl of the web ${JSON.stringify(spec)} finds the expected pages and items`, async () => {
    await using demo = await startDemo({ hosts: 3 });
    const pages = await readAll(demo.webUrl(spec), "a[href]");
    assert.deepEqual(pages.map(({ url }) => url).sort(), expectedPages(spec, demo.web).sort());
    assert.equal(pages.length, spec.pages);
    const items = pages.map(({ url, status, document }) => {
      assert.equal(status, 200);
      const [own] = attributes(document, "link[rel=canonical]", "href");
      assert.equal(own, url);
      return { url, n: pageNumber(new URL(url).pathname) ?? -1, title: texts(document, "h1").join() };
    });
    assert.deepEqual(items.sort((a, b) => a.n - b.n), expectedItems(spec, demo.web));
  });
}

Deno.test("a web spells the same URL in several ways", async () => {
  await using demo = await startDemo({ hosts: 2 });
  const pages = await readAll(demo.webUrl({ seed: 7, pages: 100, hosts: 2 }), "a[href]");
  const hrefs = pages.flatMap(({ document }) => attributes(document, "a[href]", "href"));
  for (
    const spelling of [
      /^\d+$/,
      /^\.\/\d/,
      /^\.\.\/p\/\d/,
      /^\/web\//,
      /#part-/,
      /^http:/,
      /^HTTP:/,
      /\?n=\d+&view=full/,
      /\?view=full&n=/,
    ]
  ) {
    assert.ok(hrefs.some((href) => spelling.test(href)), String(spelling));
  }
});

Deno.test("a page of a web depends on the description and the number alone", async () => {
  const bodies: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using demo = await startDemo();
    const page = await fetch(pageUrl({ seed: 7, pages: 50 }, 3, demo.web));
    bodies.push((await page.text()).replaceAll(demo.web[0]?.slice("http://".length) ?? "", "HOST"));
  }
  assert.equal(bodies[0], bodies[1]);
  const [first] = expectedItems({ seed: 7, pages: 50 }, ["http://127.0.0.1:1"]);
  assert.deepEqual(first, { url: "http://127.0.0.1:1/web/7/50/p/0", n: 0, title: "A Ship of Lonely Ships, page 0" });
  assert.notEqual(expectedItems({ seed: 8, pages: 50 }, ["http://127.0.0.1:1"])[0]?.title, first.title);
});

Deno.test("a web of ten million pages has its last one", async () => {
  await using demo = await startDemo();
  const page = await read(pageUrl({ seed: 3, pages: 10_000_000 }, 9_999_999, demo.web));
  assert.equal(page.status, 200);
  assert.equal(elements(page.document, "a[href]").length, 5, "random links only: it has no children");
});

Deno.test("a web answers 404 for what is no page of it", async () => {
  await using demo = await startDemo({ hosts: 2 });
  const [first, second] = demo.web;
  const asked = expectedPages({ seed: 7, pages: 50 }, demo.web).find((url) => url.includes("?")) ?? "";
  const [path, query] = asked.split("?");
  const [n, view] = (query ?? "").split("&");
  assert.equal(await status(`${path}?${n}&${view}`), 200);
  assert.equal(await status(`${path}?${view}&${n}`), 200);
  assert.equal(await status(`${path}`), 404);
  assert.equal(await status(`${path}?${n}&${view}&more=1`), 404);
  assert.equal(await status(`${first}/web/7/50/p/50`), 404);
  assert.equal(await status(`${second}/web/7/50/p/0`), 404, "this web has one host");
  assert.equal(await status(`${first}/web/7/50/3/10/p/0`), 404, "there are two hosts");
  assert.equal(await status(`${first}/web/x/50/p/0`), 404);
  assert.equal(await status(`${first}/web/7/50/0/0/p/0`), 404);
});

Deno.test("expectedPages() refuses a description that makes no web", () => {
  const origins = ["http://127.0.0.1:1"];
  const refused = (spec: WebSpec, message: string) => {
    assert.throws(() => expectedPages(spec, origins), { name: "RangeError", message });
  };
  refused({ seed: 1, pages: 0 }, "Cannot make a web: pages must be a whole number of at least 1, not 0");
  refused({ seed: 1.5, pages: 1 }, "Cannot make a web: seed must be a whole number of at least 0, not 1.5");
  refused({ seed: 1, pages: 1, links: 0 }, "Cannot make a web: links must be a whole number of at least 1, not 0");
  refused({ seed: 1, pages: 9, hosts: 2 }, "Cannot place a web on 2 hosts: there are 1");
});

Deno.test("pageNumber() reads the number from a path with or without a query", () => {
  assert.equal(pageNumber("/web/7/50/p/12"), 12);
  assert.equal(pageNumber("/web/7/50/2/10/p/12?view=full&n=12"), 12);
  assert.equal(pageNumber("/robots.txt"), undefined);
});
