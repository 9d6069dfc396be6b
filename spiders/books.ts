import type { Page } from "../lib/mod.ts";

const ratings = ["One", "Two", "Three", "Four", "Five"];

/** The 1,000 books of books.toscrape.com, a shop made for practice: each from its own page. */
export default {
  name: "books",
  startUrls: ["https://books.toscrape.com/"],
  allowedDomains: ["books.toscrape.com"],

  *parse(page: Page) {
    yield* page.follow(".product_pod h3 a", { callback: "book" });
    yield* page.follow("li.next a");
  },

  *book(page: Page) {
    // The rating is a class beside another one: "star-rating Three".
    const rating = page.css("p.star-rating").attr("class")?.split(" ").at(-1) ?? "";
    yield {
      title: page.css("h1").text(),
      price: page.css("p.price_color").text(),
      availability: page.css("p.instock.availability").text(),
      rating: ratings.indexOf(rating) + 1,
      category: page.css("ul.breadcrumb li:nth-child(3) a").text(),
      upc: page.css("table tr:first-child td").text(),
      url: page.url,
    };
  },
};
