import type { Page } from "../lib/mod.ts";

/** The 100 quotes of quotes.toscrape.com, a site made for practice. */
export default {
  name: "quotes",
  startUrls: ["https://quotes.toscrape.com/"],
  allowedDomains: ["quotes.toscrape.com"],

  *parse(page: Page) {
    for (const quote of page.css("div.quote")) {
      yield {
        text: quote.css("span.text::text").get(),
        author: quote.css("small.author::text").get(),
        tags: quote.css("a.tag::text").getAll(),
      };
    }
    yield* page.follow("li.next a");
  },
};
