import assert from "node:assert/strict";
import { createRequest, type Request } from "../../../lib/model/request.ts";
import type { RedirectRules } from "../../../lib/net/follow/redirect.ts";
import { refreshOf } from "../../../lib/net/follow/refresh.ts";

const from = "https://example.com/dir/a";

interface Said extends Partial<Request>, Omit<RedirectRules, "referrerPolicy"> {
  readonly type?: string;
  /** The `Refresh` headers of the answer. */
  readonly header?: readonly string[];
  /** The `Referrer-Policy` header of the answer. */
  readonly asks?: string;
  readonly html?: string | Uint8Array<ArrayBuffer>;
}

function refreshed(
  content: string,
  { type = "text/html", header = [], asks, metaRefresh, maxRedirects, html, ...said }: Said = {},
) {
  const body = html ?? `<title>Elsewhere</title><meta http-equiv="refresh" content="${content}">`;
  const response = {
    url: from,
    status: 200,
    headers: new Headers([
      ...type === "" ? [] : [["content-type", type] as [string, string]],
      ...header.map((value) => ["refresh", value] as [string, string]),
      ...asks === undefined ? [] : [["referrer-policy", asks] as [string, string]],
    ]),
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

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

Deno.test("refreshOf() sends the query of a link in the page's encoding, as browsers do", () => {
  const html = bytes('<meta http-equiv=refresh content="0;url=/suche?q=B\xfccher">');
  for (const type of ["text/html; charset=iso-8859-1", "text/html"]) {
    assert.equal(refreshed("", { html, type })?.request?.url, "https://example.com/suche?q=B%FCcher", type);
  }
  assert.equal(refreshed("0;url=/?q=B\u00fccher")?.request?.url, "https://example.com/?q=B%C3%BCcher");
});

Deno.test("refreshOf() finds a refresh wherever it stands", () => {
  const tag = "<meta http-equiv=refresh content='0;url=/to'>";
  const fillings = [
    `<!--${"x".repeat(5000)}-->`,
    `<style>${"x".repeat(300_000)}</style>`,
    " ".repeat(5000),
    `<title>t</title><body>${"<p>x".repeat(5000)}`,
    " ".repeat(4090),
  ];
  for (const filling of fillings) {
    assert.equal(refreshed("", { html: filling + tag })?.request?.url, "https://example.com/to", filling.slice(0, 20));
  }
});

Deno.test("refreshOf() reads a page in UTF-16, with a mark and without", () => {
  const html = "<html><meta http-equiv=refresh content='0;url=/to?q=\u00fc'>";
  const wide = (text: string, low: 0 | 1) =>
    new Uint8Array([...text].flatMap((each) => low === 0 ? [each.charCodeAt(0), 0] : [0, each.charCodeAt(0)]));
  const cases = [
    [new Uint8Array([0xff, 0xfe, ...wide(html, 0)]), "text/html"],
    [new Uint8Array([0xfe, 0xff, ...wide(html, 1)]), "text/html"],
    [wide(html, 0), "text/html; charset=utf-16le"],
    [wide(html, 1), ""],
  ] as const;
  for (const [body, type] of cases) {
    assert.equal(refreshed("", { html: body, type })?.request?.url, "https://example.com/to?q=%C3%BC", type);
  }
});

Deno.test("refreshOf() resolves the link against the page's base", () => {
  const html = '<meta http-equiv="Refresh" content="0;url=c"><base href="//cdn.example.net/x/">';
  assert.equal(refreshed("", { html })?.request?.url, "https://example.com/dir/c");
  const before = '<base/href="///cdn.example.net/x/"><meta http-equiv="Refresh" content="0;url=c">';
  assert.equal(refreshed("", { html: before })?.request?.url, "https://cdn.example.net/x/c");
  assert.equal(refreshed("0;url=////host.test/x")?.request?.url, "https://host.test/x");
});

Deno.test("refreshOf() reads a page whose Content-Type comes twice, or says nothing", () => {
  for (const type of ["text/html, text/html", "*/*", "html", "unknown/unknown", "text/plain, text/html"]) {
    assert.equal(refreshed("0; url=/b", { type })?.request?.url, "https://example.com/b", type);
  }
  assert.equal(refreshed("0; url=/b", { type: "text/html, text/plain" }), undefined);
});

Deno.test("refreshOf() leaves a page alone that has more elements than are allowed", () => {
  const html = `${"<b>".repeat(100_001)}<meta http-equiv=refresh content='0;url=/to'>`;
  assert.equal(refreshed("", { html }), undefined);
});

const page = "<title>A page</title>";

Deno.test("refreshOf() follows the header Refresh", () => {
  const to = (...header: readonly string[]) => refreshed("", { html: page, header })?.request?.url;
  for (const form of ["0; url=/to", "0;URL='/to'", "0, url=/to", "5;/to", "0; url=///example.com/to"]) {
    assert.equal(to(form), "https://example.com/to", form);
  }
  assert.equal(to("0; url=/to", "0; url=/to"), "https://example.com/to");
  assert.equal(to("", "0; url=/to"), "https://example.com/to");
  assert.equal(to("0; url=/to", "0; url=/other"), "https://example.com/to");
  assert.equal(to("0; url=/caf\xc3\xa9"), "https://example.com/caf%C3%A9");
  assert.equal(
    refreshed("", { html: "{}", type: "application/json", header: ["0;url=/b"] })?.request?.url,
    "https://example.com/b",
  );
});

Deno.test("refreshOf() takes a page for one whose header Refresh is late, says nothing, or is not to count", () => {
  for (const value of ["11; url=/to", "0", "0; url=#top", "soon; url=/to", "", "0; url=mailto:me@example.org"]) {
    assert.equal(refreshed("", { html: page, header: [value] }), undefined, value);
  }
  assert.equal(refreshed("", { html: page, header: ["0; url=/to"], metaRefresh: false }), undefined);
  assert.equal(refreshed("", { html: page, header: ["0; url=/to"], handleStatuses: [200] }), undefined);
});

Deno.test("refreshOf() believes the header before the page, as browsers do", () => {
  assert.equal(refreshed("0; url=/page", { header: ["0; url=/header"] })?.request?.url, "https://example.com/header");
  assert.equal(refreshed("0; url=/page", { header: ["nonsense"] })?.request?.url, "https://example.com/page");
});

Deno.test("refreshOf() makes the page the one that links, where one did before or the page says how", () => {
  const referer = (said: Said) => refreshed("0; url=/b", said)?.request?.referer;
  assert.equal(referer({}), "");
  assert.equal(referer({ referer: "https://example.com/list" }), from);
  assert.equal(referer({ headers: { Referer: "https://example.com/list" } }), from);
  assert.equal(referer({ asks: "origin" }), "https://example.com/");
  assert.equal(referer({ asks: "", referrerPolicy: "no-referrer", referer: "https://example.com/list" }), "");
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
