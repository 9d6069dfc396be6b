import type { Page } from "../lib/mod.ts";

/** The stories of Hacker News, from the front page on. Its robots.txt asks for 30 seconds between pages; that wins over `delay`. */
export default {
  name: "hackernews",
  startUrls: ["https://news.ycombinator.com/"],
  allowedDomains: ["news.ycombinator.com"],
  settings: { concurrency: 1, delay: "1s" },

  *parse(page: Page) {
    for (const story of page.css("tr.athing")) {
      const link = story.css(".titleline > a");
      // Points and comments stand in the table row below the story's own. An advertisement for a job has neither.
      const below = story.xpath("following-sibling::tr[1]");
      const points = below.css(".score::text").reFirst(/\d+/);
      const comments = below.css(".subline > a:last-child::text").reFirst(/\d+/);
      yield {
        title: link.text(),
        url: new URL(link.attr("href") ?? "", page.url).href,
        points: points === undefined ? null : Number(points),
        comments: Number(comments ?? 0),
      };
    }
    yield* page.follow("a.morelink");
  },
};
