import assert from "node:assert/strict";
import { createRequest, type Request } from "../../../lib/model/request.ts";
import type { RedirectRules } from "../../../lib/net/follow/redirect.ts";
import { refreshOf } from "../../../lib/net/follow/refresh.ts";

const from = "https://example.com/dir/a";

interface Said extends Partial<Request>, Omit<RedirectRules, "referrerPolicy"> {
  readonly type?: string;
  readonly html?: string | Uint8Array<ArrayBuffer>;
}

function refreshed(content: string, { type = "text/html", metaRefresh, maxRedirects, html, ...said }: Said = {}) {
  const body = html ?? `<title>Elsewhere</title><meta http-equiv="refresh" content="${content}">`;
  const response = {
    url: from,
    status: 200,
    headers: new Headers(type === "" ? {} : { "content-type": type }),
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    latency: 0,
  };
  return refreshOf(createRequest(from, said), response, {
    ...metaRefresh !== undefined && { metaRefresh },
    ...maxRedirects !== undefined && { maxRedirects },
  });
}

Deno.test("refreshOf() follows a page that sends elsewhere, as a redirect", () => {
  const { request } = refreshed("0; url=../b#c", { meta: { a: 1 }, depth: 2, callback: "detail", jar: "alice" }) ?? {};
  const { url, meta, depth, callback, jar, redirects, dontFilter } = request!;
  assert.deepEqual(
    [url, meta, depth, callback, jar, redirects, dontFilter],
    ["https://example.com/b", { a: 1 }, 2, "detail", "alice", [from], false],
  );
});

Deno.test("refreshOf() asks by GET, without what belongs to a body, and leaves credentials behind", () => {
  const headers = { "content-type": "text/plain", authorization: "secret", "x-a": "b" };
  const { request } = refreshed("0;url=https://example.org/", { method: "POST", body: "x", headers }) ?? {};
  assert.deepEqual([request?.method, request?.body, request?.headers], ["GET", undefined, { "x-a": "b" }]);
});

Deno.test("refreshOf() leaves a page alone that waits longer than the rules say", () => {
  assert.equal(refreshed("10; url=/b")?.request?.url, "https://example.com/b");
  assert.equal(refreshed("10.5; url=/b"), undefined);
  assert.equal(refreshed("30; url=/b", { metaRefresh: 30 })?.request?.url, "https://example.com/b");
  assert.equal(refreshed("1; url=/b", { metaRefresh: 0 }), undefined);
  assert.equal(refreshed("0; url=/b", { metaRefresh: 0 })?.request?.url, "https://example.com/b");
  assert.equal(refreshed("0; url=/b", { metaRefresh: false }), undefined);
});

Deno.test("refreshOf() leaves a page to a request that wants to see it", () => {
  assert.equal(refreshed("0; url=/b", { handleStatuses: [200] }), undefined);
  assert.ok(refreshed("0; url=/b", { handleStatuses: [404] })?.request !== undefined);
});

Deno.test("refreshOf() reads HTML only, and takes what has no type for it", () => {
  for (const type of ["", "text/html; charset=utf-8", "application/xhtml+xml"]) {
    assert.equal(refreshed("0; url=/b", { type })?.request?.url, "https://example.com/b", type);
  }
  for (const type of ["text/plain", "application/json", "image/svg+xml"]) {
    assert.equal(refreshed("0; url=/b", { type }), undefined, type);
  }
  assert.equal(refreshed("0; url=/b", { method: "HEAD" }), undefined);
  assert.equal(refreshed("", { html: "<title>A page</title>" }), undefined);
});

Deno.test("refreshOf() takes a page that sends to what is no web page for a page", () => {
  for (const link of ["mailto:me@example.org", "javascript:alert(1)", "ftp://example.org/", "http://["]) {
    assert.equal(refreshed(`0; url=${link}`), undefined, link);
  }
});

Deno.test("refreshOf() reads the page in its encoding", () => {
  const html = (encode: (text: string) => number[]) =>
    new Uint8Array(encode('<meta charset=windows-1252><meta http-equiv=refresh content="0;url=/caf\xe9">'));
  const latin = html((text) => Array.from(text, (each) => each.charCodeAt(0)));
  assert.equal(refreshed("", { html: latin })?.request?.url, "https://example.com/caf%C3%A9");
});

Deno.test("refreshOf() follows a page back to itself twice, and then it is a page", () => {
  const again = (redirects: readonly string[]) => refreshed("0; url=?", { redirects, metaRefresh: 10 });
  const self = "https://example.com/dir/a?";
  assert.equal(again([])?.request?.dontFilter, true);
  assert.ok(again([self])?.request !== undefined);
  assert.equal(again([self, from]), undefined);
  assert.ok(again(["https://example.com/1", "https://example.com/2"])?.request !== undefined);
});

Deno.test("refreshOf() ends a chain at the limit", () => {
  assert.deepEqual(refreshed("0; url=/b", { maxRedirects: 1, redirects: ["https://example.com/"] }), {
    failure: { kind: "redirect", status: 200, message: "Redirected more than 1 time, last to https://example.com/b" },
  });
});
