import assert from "node:assert/strict";
import { authors, quotes, startDemo } from "../../scripts/demo/mod.ts";
import { attributes, elements, links, read, readAll, status, texts } from "./read.ts";

Deno.test("the quotes site shows 100 quotes on ten pages, each once", async () => {
  await using demo = await startDemo();
  const pages = await readAll(demo.quotes, "li.next a");
  assert.deepEqual(pages.map(({ status }) => status), Array(10).fill(200));
  assert.equal(pages[9]?.url, `${demo.quotes}page/10/`);
  const shown = pages.flatMap(({ document }) => elements(document, "div.quote")).map((quote) => ({
    text: texts(quote, "span.text").join(),
    author: texts(quote, "small.author").join(),
    tags: texts(quote, ".tags > a.tag"),
  }));
  assert.equal(shown.length, 100);
  assert.equal(new Set(shown.map(({ text }) => text)).size, 100);
  assert.deepEqual(shown, quotes.map(({ text, author, tags }) => ({ text, author: author.name, tags })));
});

Deno.test("the quotes are the same in every run", () => {
  assert.equal(quotes[0]?.text, "“Some forgive the storm; a second few paint the apple.”");
  assert.equal(quotes[0]?.author.name, "Carlo O'Dell");
  assert.deepEqual(quotes[0]?.tags, ["friendship", "love", "reading", "simile"]);
});

Deno.test("the quotes site has a page for each of the 50 authors, behind a redirect", async () => {
  await using demo = await startDemo();
  const listings = await readAll(demo.quotes, "li.next a");
  const found = new Set(listings.flatMap((page) => links(page, ".author + a")));
  assert.equal(found.size, 50);
  assert.equal(authors.length, 50);
  for (const link of found) {
    const page = await read(link);
    assert.equal(page.url, `${link}/`);
    const author = authors.find(({ slug }) => link.endsWith(`/author/${slug}`));
    assert.deepEqual(texts(page.document, "h3.author-title"), [author?.name]);
    assert.deepEqual(texts(page.document, ".author-born-date"), [author?.born]);
    assert.deepEqual(texts(page.document, ".author-born-location"), [author?.birthplace]);
    assert.deepEqual(texts(page.document, ".author-description"), [author?.description]);
  }
});

Deno.test("a tag leads to all the quotes that have it, ten a page", async () => {
  await using demo = await startDemo();
  const tags = attributes((await read(demo.quotes)).document, ".tag-item a.tag", "href");
  assert.equal(tags.length, 10);
  for (const tag of tags) {
    const pages = await readAll(new URL(`${tag}page/1/`, demo.quotes).href, "li.next a");
    const tagged = quotes.filter(({ tags }) => tags.includes(tag.split("/")[2] ?? "")).map(({ text }) => text);
    assert.deepEqual(pages.flatMap(({ document }) => texts(document, "span.text")), tagged);
    assert.equal(pages.length, Math.ceil(tagged.length / 10));
  }
});

Deno.test("the quotes site answers as the real one beside its quotes", async () => {
  await using demo = await startDemo();
  const beyond = await read(`${demo.quotes}page/11/`);
  assert.equal(beyond.status, 200);
  assert.match(texts(beyond.document, "body").join(), /No quotes found!/);
  assert.deepEqual(links(beyond, "li.next a"), []);
  assert.deepEqual(links(beyond, "a[href='/login']"), [`${demo.quotes}login`]);
  assert.equal(await status(`${demo.quotes}login`), 200);
  assert.equal(await status(`${demo.quotes}robots.txt`), 404);
  assert.equal(await status(`${demo.quotes}page/0/`), 404);
  assert.equal(await status(`${demo.quotes}tag/nothing/page/1/`), 404);
  assert.equal(await status(`${demo.quotes}author/Nobody/`), 404);
});
