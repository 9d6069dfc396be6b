import assert from "node:assert/strict";
import type { Spider } from "../../lib/mod.ts";
import type { Item } from "../../lib/model/item.ts";
import { createRequest, isRequest, type Request } from "../../lib/model/request.ts";
import { Page } from "../../lib/spider/page.ts";
import { books, expectedItems, quotes, startDemo } from "../../scripts/demo/mod.ts";
import webSpider from "../../scripts/demo/web_spider.ts";
import { builtIn } from "../../spiders/mod.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function spiderNamed(name: string): Spider {
  const spider = builtIn.find((spider) => spider.name === name);
  assert.ok(spider !== undefined, name);
  return spider;
}

/** Gives an answer to the callback that the request names. */
function visit(
  spider: Spider,
  request: Request,
  url: string,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
): (Item | Request)[] {
  const response = { url, status: 200, headers, body, latency: 0 };
  const page = new Page({ request, response, callbacks: ["parse", "book"], state: () => ({}), log: quiet });
  return [...spider[request.callback](page)];
}

function visitText(spider: Spider, url: string, text: string, said: { headers?: Headers; request?: Request } = {}) {
  const { headers = new Headers({ "content-type": "text/html" }), request = createRequest(url) } = said;
  const out = visit(spider, request, url, headers, new TextEncoder().encode(text));
  return { items: out.filter((it) => !isRequest(it)), requests: out.filter(isRequest) };
}

/** Crawls one page after the other, each URL once. */
async function crawl(spider: Spider, start: string): Promise<Item[]> {
  const queue = [createRequest(start)];
  const seen = new Set([start]);
  const items: Item[] = [];
  for (const request of queue) {
    const answer = await fetch(request.url);
    const body = await answer.bytes();
    if (!answer.ok) continue;
    for (const out of visit(spider, request, answer.url, answer.headers, body)) {
      if (!isRequest(out)) items.push(out);
      else {
        const url = new URL(out.url);
        url.hash = "";
        url.searchParams.sort();
        if (!seen.has(url.href)) queue.push(out);
        seen.add(url.href);
      }
    }
  }
  return items;
}

Deno.test("the built-in spiders are books, hackernews, quotes and site", () => {
  assert.deepEqual(builtIn.map(({ name }) => name), ["books", "hackernews", "quotes", "site"]);
});

Deno.test("quotes brings the 100 quotes", async () => {
  await using demo = await startDemo();
  const items = await crawl(spiderNamed("quotes"), demo.quotes);
  assert.deepEqual(items, quotes.map(({ text, author, tags }) => ({ text, author: author.name, tags })));
});

Deno.test("books brings the 1,000 books", async () => {
  await using demo = await startDemo();
  const items = await crawl(spiderNamed("books"), demo.books);
  const byTitle = (a: Item, b: Item) => String(a.title) < String(b.title) ? -1 : 1;
  assert.deepEqual(
    items.map(({ url: _, ...item }) => item).sort(byTitle),
    books.map(({ title, price, stock, rating, category, upc }) => ({
      title,
      price: `£${price}`,
      availability: `In stock (${stock} available)`,
      rating,
      category,
      upc,
    })).sort(byTitle),
  );
  assert.equal(new Set(items.map(({ url }) => url)).size, 1000);
});

Deno.test("web brings every page of a generated web", async () => {
  await using demo = await startDemo({ hosts: 2 });
  const spec = { seed: 5, pages: 200, hosts: 2 };
  const items = await crawl(webSpider, demo.webUrl(spec));
  assert.deepEqual(items.sort((a, b) => Number(a.n) - Number(b.n)), expectedItems(spec, demo.web));
});

Deno.test("site brings every page of its host and none of another", async () => {
  await using demo = await startDemo();
  const items = await crawl(spiderNamed("site"), demo.quotes);
  assert.deepEqual(items[0], {
    url: demo.quotes,
    status: 200,
    title: "Quotes to Scrape",
    h1: "Quotes to Scrape",
    links: 46,
  });
  assert.equal(new Set(items.map(({ url }) => url)).size, items.length);
  const paths = items.map(({ url }) => new URL(String(url)).pathname);
  assert.equal(paths.filter((path) => /^\/author\/[^/]+\/$/.test(path)).length, 50);
  assert.equal((await crawl(spiderNamed("site"), demo.url)).length, 1, "the index links to other hosts only");
});

Deno.test("site takes the host that answered for its start page, and leaves a page that another host answered", () => {
  const site = spiderNamed("site");
  const html =
    `<title> A\n title </title><h1>One</h1><h1>Two</h1><a href="/b">b</a><a href="//x.example/c">c</a><a>d</a>`;
  const start = visitText(site, "https://www.a.example/", html, { request: createRequest("https://a.example/") });
  assert.deepEqual(start.items, [{
    url: "https://www.a.example/",
    status: 200,
    title: "A title",
    h1: "One",
    links: 2,
  }]);
  assert.deepEqual(start.requests.map(({ url }) => url), ["https://www.a.example/b"]);
  const [request] = start.requests;
  assert.ok(request !== undefined);
  const gone = visitText(site, "https://x.example/b", html, { request });
  assert.deepEqual([gone.items, gone.requests], [[], []]);
  assert.equal(visitText(site, "https://www.a.example/b", html, { request }).items.length, 1);
});

Deno.test("site leaves what is not HTML, and looks at the first sign where no type is told", () => {
  const found = (headers: Headers, text: string) =>
    visitText(spiderNamed("site"), "https://a.example/", text, { headers }).items.length;
  const typed = (type: string) => new Headers({ "content-type": type });
  assert.equal(found(typed("Text/HTML;charset=utf-8"), "plain"), 1);
  assert.equal(found(typed("application/xhtml+xml"), "<html/>"), 1);
  assert.equal(found(typed("application/json"), "<html>"), 0);
  assert.equal(found(typed("text/html-like"), "<html>"), 0);
  assert.equal(found(new Headers(), "\ufeff\n <p>"), 1);
  assert.equal(found(new Headers(), "%PDF-1.7"), 0);
  assert.equal(found(new Headers(), ""), 0);
});

Deno.test("hackernews reads stories, and an advertisement without points", () => {
  const { items, requests } = visitText(
    spiderNamed("hackernews"),
    "https://news.ycombinator.com/",
    `<table>
<tr class="athing submission" id="1"><td>1.</td><td></td><td class="title"><span class="titleline"><a href="item?id=1">Ask: a &amp; b?</a></span></td></tr>
<tr><td colspan="2"></td><td class="subtext"><span class="subline"><span class="score" id="score_1">93 points</span> by
<a href="user?id=c" class="hnuser">c</a> <span class="age"><a href="item?id=1">3 hours ago</a></span> | <a href="hide?id=1">hide</a>
| <a href="item?id=1">74&nbsp;comments</a></span></td></tr>
<tr class="spacer"></tr>
<tr class="athing submission" id="2"><td>2.</td><td></td><td class="title"><span class="titleline"><a href="https://d.example/job">Job</a>
<span class="sitebit"> (<a href="from?site=d.example">d.example</a>)</span></span></td></tr>
<tr><td colspan="2"></td><td class="subtext"><span class="age"><a href="item?id=2">1 hour ago</a></span> | <a href="hide?id=2">hide</a></td></tr>
<tr class="spacer"></tr>
<tr class="athing submission" id="3"><td>3.</td><td></td><td class="title"><span class="titleline"><a href="https://e.example/">New</a></span></td></tr>
<tr><td colspan="2"></td><td class="subtext"><span class="subline"><span class="score" id="score_3">1 point</span> by
<a href="user?id=f" class="hnuser">f</a> | <a href="hide?id=3">hide</a> | <a href="item?id=3">discuss</a></span></td></tr>
<tr class="morespace"></tr><tr><td class="title"><a href="?p=2" class="morelink" rel="next">More</a></td></tr>
</table>`,
  );
  assert.deepEqual(items, [
    { title: "Ask: a & b?", url: "https://news.ycombinator.com/item?id=1", points: 93, comments: 74 },
    { title: "Job", url: "https://d.example/job", points: null, comments: 0 },
    { title: "New", url: "https://e.example/", points: 1, comments: 0 },
  ]);
  assert.deepEqual(requests.map(({ url }) => url), ["https://news.ycombinator.com/?p=2"]);
});
