import assert from "node:assert/strict";
import { createRequest, type Request } from "../../../lib/model/request.ts";
import { type Redirect, redirectOf, type RedirectRules } from "../../../lib/net/follow/redirect.ts";
import { refreshOf } from "../../../lib/net/follow/refresh.ts";
import { resolve } from "../../../lib/url/resolve.ts";
import { bytesOf, conformance } from "../../url/vectors.ts";

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
  readonly response: Omit<Message, "method" | "meta"> & { readonly status: number; readonly class: string };
  readonly outcome: "pass" | "redirect" | "ignore";
  readonly new_request?: Message;
}

const single = (headers: Message["headers"]) =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(", ")]));

/** As it goes over the wire: a fragment never does. */
const sent = (url: string) => resolve(url, url);

/** What trawl makes of a case. Scrapy's Referer header is `referer` here, and its ttl what is left of `maxRedirects`. */
function answered({ middleware, config, request: { url, method, headers, body, meta }, response }: Case) {
  const { Referer: referer = "", ...others } = single(headers);
  const redirects = Array.isArray(meta.redirect_urls) ? meta.redirect_urls : [];
  const handled = config["spider.handle_httpstatus_list"] ?? meta.handle_httpstatus_list;
  const all = meta.dont_redirect === true || meta.handle_httpstatus_all === true;
  const request = createRequest(sent(url)!, {
    method,
    headers: others,
    referer,
    body: body.$b64 === "" ? undefined : bytesOf(body.$b64),
    redirects,
    handleStatuses: all ? [response.status] : Array.isArray(handled) ? handled : [],
  });
  const rules: RedirectRules = {
    maxRedirects: Math.min(Number(config.max_redirect_times), redirects.length + Number(meta.redirect_ttl ?? Infinity)),
  };
  const answer = {
    ...response,
    headers: new Headers({ "content-type": response.class === "HtmlResponse" ? "text/html" : "text/plain" }),
    body: bytesOf(response.body.$b64),
    latency: 0,
  };
  for (const [name, value] of Object.entries(single(response.headers))) answer.headers.set(name, value);
  return { request, result: (middleware === "RedirectMiddleware" ? redirectOf : refreshOf)(request, answer, rules) };
}

const asBrowsers = "a browser goes on naming the page that linked, not the redirect, and nothing where no page did";
const ofDownloader = "a proxy and its password belong to the downloader; what a request has itself stays at its origin";

conformance<Case>({
  file: "redirects.json",
  name: "redirectOf() and refreshOf() follow redirects as Scrapy does",
  notMet: {
    72: asBrowsers,
    74: asBrowsers,
    106: asBrowsers,
    108: asBrowsers,
    30: ofDownloader,
    32: ofDownloader,
    138: ofDownloader,
    140: ofDownloader,
  },
  check(one) {
    const { request: { url }, outcome, new_request } = one;
    if (sent(url) === undefined) {
      // There is no request that could be redirected.
      assert.equal(outcome, "pass");
      return;
    }
    const { request, result } = answered(one);
    if (outcome === "redirect") assertSame(request, result, new_request!);
    else if (outcome === "ignore") assert.equal(result?.failure?.kind, "redirect");
    // Where Scrapy passes on a redirect to another scheme, its next part refuses the status.
    else assert.equal(result?.request, undefined);
  },
});

function assertSame(request: Request, result: Redirect | undefined, expected: Message): void {
  assert.ok(result?.request !== undefined, result?.failure?.message ?? "it is not followed");
  const { url, method, headers, referer, body, redirects } = result.request;
  assert.equal(url, sent(expected.url));
  assert.equal(method, expected.method);
  assert.deepEqual({ ...headers, ...referer !== "" && { Referer: referer } }, single(expected.headers));
  assert.deepEqual(body ?? new Uint8Array(0), bytesOf(expected.body.$b64));
  const before = expected.meta.redirect_urls;
  assert.deepEqual(redirects, Array.isArray(before) ? [...before.slice(0, -1), request.url] : []);
}
