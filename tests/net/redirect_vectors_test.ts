import assert from "node:assert/strict";
import { createRequest } from "../../lib/model/request.ts";
import { redirectOf } from "../../lib/net/redirect.ts";
import { bytesOf, conformance } from "../url/vectors.ts";

interface Message {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: { readonly $b64: string };
  readonly meta: Readonly<Record<string, unknown>>;
}

interface Case {
  readonly id: number;
  readonly middleware: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly request: Message;
  readonly response: Omit<Message, "method" | "meta"> & { readonly status: number };
  readonly outcome: "pass" | "redirect" | "ignore";
  readonly new_request?: Message;
}

const single = (headers: Message["headers"]) =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(", ")]));

conformance<Case>({
  file: "redirects.json",
  name: "redirectOf() follows redirects as Scrapy does",
  outside({ middleware, request: { meta, headers } }) {
    if (middleware !== "RedirectMiddleware") return "an HTML page that refreshes itself is a page, not a redirect";
    if ("proxy" in meta || "Proxy-Authorization" in headers) {
      return "a proxy belongs to the downloader, not to a request";
    }
    if (meta.dont_redirect === true || meta.handle_httpstatus_all === true) {
      return "a request names the statuses it wants to see";
    }
    return undefined;
  },
  notMet: {
    8: "the limit is the same for all requests",
    72: "no Referer is sent, and one that a spider sets stays as it is",
    74: "no Referer is sent, and one that a spider sets stays as it is",
    78: "a request has no fragment",
    92: "a redirect to another scheme is a failure and not an answer for the callback",
    94: "a redirect to another scheme is a failure and not an answer for the callback",
    96: "a redirect to another scheme is a failure and not an answer for the callback",
    98: "a redirect to another scheme is a failure and not an answer for the callback",
    100: "a redirect to another scheme is a failure and not an answer for the callback",
    106: "no Referer is sent",
    108: "no Referer is sent",
  },
  check({ config, request: given, response, outcome, new_request }) {
    const handled = config["spider.handle_httpstatus_list"];
    const request = createRequest(given.url, {
      method: given.method,
      headers: single(given.headers),
      body: given.body.$b64 === "" ? undefined : bytesOf(given.body.$b64),
      redirects: Array.isArray(given.meta.redirect_urls) ? given.meta.redirect_urls : [],
      handleStatuses: Array.isArray(handled) ? handled : [],
    });
    const { url, status } = response;
    const headers = new Headers(single(response.headers));
    const limit = Number(config.max_redirect_times);
    const result = redirectOf(request, { url, status, headers, body: new Uint8Array(0), latency: 0 }, limit);
    if (new_request === undefined || new_request === null) {
      assert.equal(
        outcome === "ignore" ? result?.failure?.kind : result,
        outcome === "ignore" ? "redirect" : undefined,
      );
      return;
    }
    assert.ok(result?.request !== undefined, result?.failure?.message);
    assert.equal(result.request.url, new URL(new_request.url).href);
    assert.equal(result.request.method, new_request.method);
    assert.deepEqual(result.request.headers, single(new_request.headers));
    assert.deepEqual(result.request.body ?? new Uint8Array(0), bytesOf(new_request.body.$b64));
    assert.deepEqual(result.request.redirects, new_request.meta.redirect_urls);
  },
});
