/**
 * Web sites for tests, and a spider that follows all of their links.
 *
 * @module
 */

import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import type { Downloadable } from "../../lib/net/download.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";

/** What a server does with a request, which may come through a proxy. */
export type Site = (
  request: Downloadable,
  signal: AbortSignal | undefined,
  proxy?: string,
) => Outcome | Promise<Outcome>;

/** Returns an answer; its body is a text, or so many bytes. */
export function answer(
  url: string,
  body: string | number = "",
  status = 200,
  headers: Record<string, string> = {},
): Outcome {
  const bytes = typeof body === "number" ? new Uint8Array(body) : new TextEncoder().encode(body);
  const all = new Headers({ "content-type": "text/html", ...headers });
  return { response: { url, status, headers: all, body: bytes, latency: 0.01 } };
}

export function failed(kind: Failure["kind"], message = `${kind} failed`): Outcome {
  return { failure: { kind, message } };
}

/** Returns the HTML of links. */
export function links(...urls: readonly string[]): string {
  return urls.map((url) => `<a href="${url}">x</a>`).join("");
}

/** Returns the path of a URL of http://a.com, and any other URL as it is. */
export function pathOf(url: string): string {
  return url.replace(/^http:\/\/a\.com(?=\/)/, "");
}

/** Makes a site of pages that are links, by their path on http://a.com; it has no others. */
export function siteOf(pages: Readonly<Record<string, readonly string[]>>): Site {
  return ({ url }) => {
    const urls = pages[pathOf(url)];
    return urls === undefined ? answer(url, "", 404) : answer(url, links(...urls));
  };
}

/** Four pages, and a link to one that is not there. */
export const smallSite = siteOf({ "/": ["/1", "/2", "/1"], "/1": ["/2", "/3"], "/2": ["/"], "/3": ["/gone"] });

/**
 * Follows every link from http://a.com/, and gives an item with the URL of each page. A `start` that a test adds comes
 * before the start URL.
 */
export const followAll: Spider = {
  name: "test",
  startUrls: ["http://a.com/"],
  *parse(page: Page) {
    yield { url: page.url };
    yield* page.follow("a");
  },
};

/** Returns the same spider with other start URLs, or paths on http://a.com. */
export function followFrom(...urls: readonly string[]): Spider {
  return { ...followAll, startUrls: urls.map((url) => new URL(url, "http://a.com").href) };
}

/** The same spider, of which the second start request comes when something is over. */
export function startingAgainAfter(hold: Promise<void>): Spider {
  return {
    ...followAll,
    async *start() {
      yield "http://a.com/1";
      await hold;
      yield "http://a.com/2";
    },
  };
}
