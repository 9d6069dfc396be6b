import type { Page } from "../lib/mod.ts";

/** Every HTML page of one host, whichever: give it with `--start-url`. */
export default {
  name: "site",

  *parse(page: Page) {
    const { host } = new URL(page.url);
    // The host that answered for the start page is the site. It travels with each request, so it is known after a redirect elsewhere.
    // A sitemap names pages of its own host.
    const { sitemap } = page.meta;
    const home = page.depth === 0 ? host : typeof sitemap === "string" ? new URL(sitemap).host : page.meta.host;
    if (host !== home || !isHtml(page)) return;
    yield {
      url: page.url,
      status: page.status,
      title: page.css("title::text").text(),
      h1: page.css("h1").text(),
      links: page.css("a[href]").length,
    };
    for (const request of page.follow("a[href]", { meta: { host } })) {
      if (new URL(request.url).host === host) yield request;
    }
  },
};

/** Whether the page is HTML: by its `Content-Type`, or, where that is missing, when its first sign is `<`. */
function isHtml(page: Page): boolean {
  const type = page.headers.get("content-type");
  if (type !== null) return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(type);
  const beginning = new TextDecoder().decode(page.bytes.subarray(0, 512));
  return beginning.trimStart().startsWith("<");
}
