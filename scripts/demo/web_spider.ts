/**
 * A spider for the generated web: every page, one item each. Run it with `--start-url`, which the demo site prints.
 *
 * @module
 */
import type { Page } from "../../lib/mod.ts";

export default {
  name: "web",

  *parse(page: Page) {
    yield {
      // The page's own spelling: which of the others was fetched depends on the order of the crawl.
      url: page.css("link[rel=canonical]").attr("href"),
      n: Number(new URL(page.url).pathname.split("/").at(-1)),
      title: page.css("h1").text(),
    };
    yield* page.follow("a[href]");
  },
};
