import assert from "node:assert/strict";
import { books, categories, startDemo } from "../../scripts/demo/mod.ts";
import { attributes, links, read, readAll, status, texts } from "./read.ts";

Deno.test("the bookshop lists 1,000 different books on 50 pages", async () => {
  await using demo = await startDemo();
  const pages = await readAll(demo.books, "li.next a");
  assert.equal(pages.length, 50);
  assert.equal(pages[49]?.url, `${demo.books}catalogue/page-50.html`);
  for (const page of pages) assert.equal(texts(page.document, "article.product_pod").length, 20);
  const titles = pages.flatMap(({ document }) => attributes(document, ".product_pod h3 a", "title"));
  assert.deepEqual(titles, books.map(({ title }) => title));
  assert.equal(new Set(titles).size, 1000);
  assert.equal(new Set(pages.flatMap((page) => links(page, ".product_pod h3 a"))).size, 1000);
});

Deno.test("each book has a page of its own with all that is known of it", async () => {
  await using demo = await startDemo();
  const words = ["", "One", "Two", "Three", "Four", "Five"];
  const listings = await readAll(demo.books, "li.next a");
  const urls = listings.flatMap((page) => links(page, ".product_pod h3 a"));
  for (const [at, url] of urls.entries()) {
    const [page, book] = [await read(url), books[at]];
    assert.ok(book !== undefined);
    assert.equal(page.status, 200);
    assert.deepEqual(texts(page.document, "h1"), [book.title]);
    assert.deepEqual(texts(page.document, "p.price_color"), [`£${book.price}`]);
    assert.deepEqual(texts(page.document, "p.instock.availability"), [`In stock (${book.stock} available)`]);
    assert.deepEqual(attributes(page.document, "p.star-rating", "class"), [`star-rating ${words[book.rating]}`]);
    assert.deepEqual(texts(page.document, "ul.breadcrumb li"), ["Home", "Books", book.category, book.title]);
    assert.deepEqual(texts(page.document, "table th")[0], "UPC");
    assert.deepEqual(texts(page.document, "table td")[0], book.upc);
  }
  assert.equal(urls.length, 1000);
});

Deno.test("every book stands in one of the 50 categories", async () => {
  await using demo = await startDemo();
  const home = await read(demo.books);
  const shelves = links(home, ".side_categories li li a");
  assert.deepEqual(texts(home.document, ".side_categories li li a"), categories);
  const found: string[] = [];
  for (const [at, shelf] of shelves.entries()) {
    const pages = await readAll(shelf, "li.next a");
    const here = pages.flatMap(({ document }) => attributes(document, ".product_pod h3 a", "title"));
    assert.deepEqual(here, books.filter(({ category }) => category === categories[at]).map(({ title }) => title));
    found.push(...pages.flatMap((page) => links(page, ".product_pod h3 a")));
  }
  assert.equal(shelves.length, 50);
  assert.equal(found.length, 1000);
  assert.equal(new Set(found).size, 1000);
});

Deno.test("the books are the same in every run", () => {
  const { id, title, price, stock, rating, category, upc } = books[0] ?? {};
  assert.deepEqual({ id, title, price, stock, rating, category, upc }, {
    id: 1000,
    title: "The Teacher's Train",
    price: "56.50",
    stock: 22,
    rating: 2,
    category: "Young Poetry",
    upc: "9a9e4a0b7d7716c5",
  });
});

Deno.test("no link within the bookshop leads nowhere", async () => {
  await using demo = await startDemo();
  const pages = await readAll(demo.books, "header a, .side_categories a, li.next a, li.previous a, ul.breadcrumb a");
  assert.deepEqual(pages.filter(({ status }) => status !== 200).map(({ url }) => url), []);
  assert.equal(await status(`${demo.books}media/cover.svg`), 200);
  assert.equal(await status(`${demo.books}catalogue/page-51.html`), 404);
  assert.equal(await status(`${demo.books}catalogue/category/books/nothing_2/index.html`), 404);
});
