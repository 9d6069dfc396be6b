import type { Page } from "../lib/mod.ts";

/** What leads to further pages. What a template has in it is not in the page, until a script puts it there. */
const links = ["a[href]", "area[href]", "frame[src]", "iframe[src]"]
  .map((each) => `${each}:not(template *)`)
  // Older drawings have the links of XLink; where there are both, the other one counts.
  .concat("svg a:not([href], template *)::attr(xlink:href)")
  .join(", ");

/** Every HTML page of one host, whichever: give it with `--start-url`. */
export default {
  name: "site",

  *parse(page: Page) {
    const { host } = new URL(page.url);
    // The host that answered for the start page is the site. It travels with each request, so it is known after a redirect elsewhere.
    // A sitemap names pages of its own host.
    const { sitemap } = page.meta;
    const home = page.depth === 0 ? host : typeof sitemap === "string" ? new URL(sitemap).host : page.meta.host;
    if (host !== home || !page.isHtml) return;
    yield {
      url: page.url,
      status: page.status,
      // An svg, which may come first, has titles of its own.
      title: page.css("title:not(svg *, template *)::text").text(),
      h1: page.css("h1").text(),
      links: page.css("a[href]:not(template *)").length,
    };
    for (const request of page.follow(links, { meta: { host } })) {
      if (new URL(request.url).host === host) yield request;
    }
  },
};
