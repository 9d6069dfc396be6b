/**
 * The bookshop: the addresses and the mark-up of books.toscrape.com, with invented books.
 *
 * @module
 */
import { type Markup, markup, nothing, page } from "./markup.ts";
import { hash, Random } from "./random.ts";
import { distinct, paragraph, slug, title } from "./words.ts";

export interface Book {
  /** 1,000 down to 1, as they stand in the shop. */
  readonly id: number;
  readonly title: string;
  /** In pounds, as in `51.77`. */
  readonly price: string;
  readonly stock: number;
  /** 1 to 5. */
  readonly rating: number;
  readonly category: string;
  /** 16 hexadecimal digits. */
  readonly upc: string;
  readonly description: string;
}

const random = new Random("books");
const kinds = "Fiction History Letters Poetry Science Travel Crime Cooking Nature Music".split(" ");
const turns = "Classic New Short Northern Young".split(" ");

/** The 50 categories, each with at least one book. */
export const categories: readonly string[] = kinds.flatMap((kind) => turns.map((turn) => `${turn} ${kind}`)).sort();

const firsts = random.shuffled(categories);

/** The 1,000 books, in the order of the pages. */
export const books: readonly Book[] = random.shuffled(distinct(1000, () => title(random))).map((title, at) => ({
  id: 1000 - at,
  title,
  price: (10 + random.below(5000) / 100).toFixed(2),
  stock: 1 + random.below(22),
  rating: 1 + random.below(5),
  // The smaller of two numbers: a few categories are large and fill several pages, most are small.
  category: firsts[at] ?? categories[Math.min(random.below(50), random.below(50))] ?? "",
  upc: [hash("upc", at), hash(at, "upc")].map((half) => half.toString(16).padStart(8, "0")).join(""),
  description: paragraph(random, 3 + random.below(5)),
}));

const byPath = new Map(books.map((book) => [`/catalogue/${folder(book)}/index.html`, book]));
const perPage = 20;
const cover = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="90"><rect width="60" height="90"/></svg>`;
const words = ["Zero", "One", "Two", "Three", "Four", "Five"];

/** Answers for a path of the shop; `undefined` where it has no page. */
export function booksSite({ pathname }: URL): Response | undefined {
  const book = byPath.get(pathname);
  if (book !== undefined) return page(product(book));
  if (pathname === "/media/cover.svg") return new Response(cover, { headers: { "content-type": "image/svg+xml" } });
  if (pathname === "/" || pathname === "/index.html") return listing("All products", books, 1, "catalogue/", "");
  const [, all] = /^\/catalogue\/page-(\d+)\.html$/.exec(pathname) ?? [];
  if (all !== undefined) return listing("All products", books, Number(all), "", "../");
  const [, every] = /^\/catalogue\/category\/books_1\/(index|page-\d+)\.html$/.exec(pathname) ?? [];
  if (every !== undefined) return listing("Books", books, numberOf(every), "../../", "../../../");
  const [, shelf, file] = /^\/catalogue\/category\/books\/([^/]+)\/(index|page-\d+)\.html$/.exec(pathname) ?? [];
  const category = categories.find((category) => shelf === categoryFolder(category));
  if (category === undefined || file === undefined) return undefined;
  const shelved = books.filter((book) => book.category === category);
  return listing(category, shelved, numberOf(file), "../../../", "../../../../");
}

function numberOf(file: string): number {
  return file === "index" ? 1 : Number(file.slice("page-".length));
}

function folder(book: Book): string {
  return `${slug(book.title).toLowerCase()}_${book.id}`;
}

function categoryFolder(category: string): string {
  return `${slug(category).toLowerCase()}_${categories.indexOf(category) + 2}`;
}

/**
 * `toBooks` and `toRoot` lead from the page to the folder of the books and to the root of the site: the shop's links
 * are relative.
 */
function listing(
  heading: string,
  found: readonly Book[],
  number: number,
  toBooks: string,
  toRoot: string,
): Response | undefined {
  const pages = Math.ceil(found.length / perPage);
  if (number < 1 || number > pages) return undefined;
  // Only the shop's own listing lies beside the pages it leads to in some other folder.
  const beside = heading === "All products" ? toBooks : "";
  const shown = found.slice((number - 1) * perPage, number * perPage);
  return page(frame(
    heading,
    toRoot,
    markup`
    <div class="page-header action"><h1>${heading}</h1></div>
    <form method="get" class="form-horizontal"><strong>${found.length}</strong> results.</form>
    <section>
    <ol class="row">
${shown.map((book) => pod(book, toBooks, toRoot))}
    </ol>
    <ul class="pager">
        ${number === 1 ? nothing : turn("previous", `${beside}page-${number - 1}.html`)}
        <li class="current">Page ${number} of ${pages}</li>
        ${number === pages ? nothing : turn("next", `${beside}page-${number + 1}.html`)}
    </ul>
    </section>`,
  ));
}

function turn(way: "previous" | "next", href: string): Markup {
  return markup`<li class="${way}"><a href="${href}">${way}</a></li>`;
}

function pod(book: Book, toBooks: string, toRoot: string): Markup {
  const href = `${toBooks}${folder(book)}/index.html`;
  const image = `${toRoot}media/cover.svg`;
  const short = book.title.length > 30 ? `${book.title.slice(0, 27)}...` : book.title;
  return markup`
    <li class="col-xs-6 col-sm-4 col-md-3 col-lg-3">
    <article class="product_pod">
        <div class="image_container"><a href="${href}"><img src="${image}" alt="${book.title}" class="thumbnail"></a></div>
        ${stars(book)}
        <h3><a href="${href}" title="${book.title}">${short}</a></h3>
        <div class="product_price">
            <p class="price_color">£${book.price}</p>
            <p class="instock availability">
                <i class="icon-ok"></i>
                In stock
            </p>
        </div>
    </article>
    </li>`;
}

function stars(book: Book): Markup {
  const five = Array.from({ length: 5 }, () => markup`<i class="icon-star"></i>`);
  return markup`<p class="star-rating ${words[book.rating] ?? ""}">${five}</p>`;
}

function product(book: Book): Markup {
  const row = (name: string, value: string) => markup`<tr><th>${name}</th><td>${value}</td></tr>`;
  return frame(
    book.title,
    "../../",
    markup`
    <ul class="breadcrumb">
        <li><a href="../../index.html">Home</a></li>
        <li><a href="../category/books_1/index.html">Books</a></li>
        <li><a href="../category/books/${categoryFolder(book.category)}/index.html">${book.category}</a></li>
        <li class="active">${book.title}</li>
    </ul>
    <article class="product_page">
        <div class="col-sm-6 product_main">
            <h1>${book.title}</h1>
            <p class="price_color">£${book.price}</p>
            <p class="instock availability">
                <i class="icon-ok"></i>
                In stock (${book.stock} available)
            </p>
            ${stars(book)}
        </div>
        <div id="product_description" class="sub-header"><h2>Product Description</h2></div>
        <p>${book.description}</p>
        <div class="sub-header"><h2>Product Information</h2></div>
        <table class="table table-striped">
            ${row("UPC", book.upc)}
            ${row("Product Type", "Books")}
            ${row("Price (excl. tax)", `£${book.price}`)}
            ${row("Price (incl. tax)", `£${book.price}`)}
            ${row("Tax", "£0.00")}
            ${row("Availability", `In stock (${book.stock} available)`)}
            ${row("Number of reviews", "0")}
        </table>
    </article>`,
  );
}

function frame(heading: string, toRoot: string, body: Markup): Markup {
  const shelf = (name: string) =>
    markup`
        <li><a href="${toRoot}catalogue/category/books/${categoryFolder(name)}/index.html">
            ${name}
        </a></li>`;
  return markup`<!DOCTYPE html>
<html lang="en-us" class="no-js">
<head>
    <title>
    ${heading} | Books to Scrape - Sandbox
</title>
    <meta http-equiv="content-type" content="text/html; charset=UTF-8">
</head>
<body id="default" class="default">
<header class="header container-fluid"><a href="${toRoot}index.html">Books to Scrape</a></header>
<aside class="sidebar">
    <div class="side_categories">
    <ul class="nav nav-list"><li><a href="${toRoot}catalogue/category/books_1/index.html">Books</a><ul>
${categories.map(shelf)}
    </ul></li></ul>
    </div>
</aside>
<div class="content">
${body}
</div>
</body>
</html>
`;
}
