import assert from "node:assert/strict";
import { blockOf, type BlockRules } from "../../../lib/net/proxy/block.ts";

const rules: BlockRules = { statuses: [403, 429, 503] };

function answer(status: number, body = "", headers: Record<string, string> = {}) {
  const all = new Headers({ "content-type": "text/html; charset=utf-8", ...headers });
  return { status, headers: all, body: new TextEncoder().encode(body) };
}

/** Challenges as their guards send them: a name, an answer. */
const challenges: readonly (readonly [by: string, status: number, body: string, headers?: Record<string, string>])[] = [
  ["Cloudflare", 403, "", { "cf-mitigated": "challenge" }],
  ["Cloudflare", 200, "<p>page</p>", { "cf-mitigated": "challenge" }],
  ["Cloudflare", 503, "<html><head><title>Just a moment...</title></head></html>"],
  ["Cloudflare", 403, "<html><head><title>Attention Required! | Cloudflare</title></head></html>"],
  ["AWS WAF", 202, "", { "x-amzn-waf-action": "challenge" }],
  ["AWS WAF", 405, "", { "x-amzn-waf-action": "captcha" }],
  ["AWS WAF", 202, "<script>window.gokuProps = {};</script>"],
  ["Vercel", 429, "", { "x-vercel-mitigated": "challenge" }],
  ["DataDome", 403, `<script>var dd={'host':'geo.captcha-delivery.com'}</script>`],
  ["DataDome", 200, `<script>var dd={'host':'geo.captcha-delivery.com'}</script>`, { "x-datadome": "protected" }],
  ["HUMAN", 403, `<div id="px-captcha"></div>`],
  ["HUMAN", 429, `<script>window._pxAppId = 'PX1';</script>`],
  ["Imperva", 200, `<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=1"></iframe>`, { "x-iinfo": "1-2" }],
  ["Imperva", 403, "Request unsuccessful. Incapsula incident ID: 123"],
  [
    "Imperva",
    200,
    `<html><head><META NAME="robots" CONTENT="noindex,nofollow"><script src="/_Incapsula_Resource?SWJIYLWA=1">`,
    { "x-iinfo": "1-2" },
  ],
  ["Akamai", 403, "<h1>Access Denied</h1> Reference&#32;&#35;18&#46;abc"],
  ["Akamai", 403, "<h1>Access Denied</h1> Reference #18.abc https://errors.edgesuite.net/18.abc"],
  ["Akamai", 428, `<div id="sec-if-cpt-container"></div>`],
  ["Kasada", 429, `<script>window.KPSDK={};</script>`],
  ["Kasada", 200, `<script>window.KPSDK={};</script>`, { "x-kpsdk-ct": "1" }],
];

for (const [by, status, body, headers = {}] of challenges) {
  Deno.test(`blockOf() knows a challenge of ${by}: status ${status}, ${body || Object.keys(headers)[0]}`, () => {
    assert.deepEqual(blockOf(answer(status, body, headers), rules), {
      by,
      words: `wants proof that we are a browser (${by}, status ${status})`,
    });
  });
}

Deno.test("blockOf() takes the statuses of the rules for blocks, whatever the page says", () => {
  for (const status of [403, 429, 503]) {
    assert.deepEqual(blockOf(answer(status, "sorry"), rules), {
      by: undefined,
      words: `blocks us with status ${status}`,
    });
    assert.equal(blockOf(answer(status, "sorry"), { statuses: [] }), undefined);
  }
  for (const status of [200, 301, 401, 404, 410, 500, 502]) assert.equal(blockOf(answer(status), rules), undefined);
});

Deno.test("blockOf() lets pages pass that only speak of challenges, or come from behind the same guards", () => {
  const article = "<title>Just a moment...</title> captcha-delivery.com px-captcha _pxAppId KPSDK gokuProps";
  assert.equal(blockOf(answer(200, article), rules), undefined);
  assert.equal(blockOf(answer(404, article), rules), undefined);
  const guarded = `<html><head><title>Shop</title></head><body><h1>Hats</h1>
    <script src="/_Incapsula_Resource?SWJIYLWA=1"></script><script src="https://js.datadome.co/tags.js"></script>`;
  const headers = { "x-iinfo": "1-2", "x-datadome": "protected", "cf-ray": "1" };
  assert.equal(blockOf(answer(200, guarded, headers), rules), undefined);
  const large = "<p>".padEnd(9000, "x") + "Incapsula incident ID";
  assert.equal(blockOf(answer(200, large, headers), rules), undefined);
  assert.equal(blockOf(answer(200, `{"px": "px-captcha"}`, { "content-type": "application/json" }), rules), undefined);
  const challenge = `<div id="px-captcha"></div>`;
  for (const type of ["", "*/*", "html", "text/html, text/html; charset=utf-8"]) {
    assert.equal(blockOf(answer(405, challenge, { "content-type": type }), rules)?.by, "HUMAN", type);
  }
  assert.equal(blockOf(answer(405, challenge, { "content-type": "text/html, text/plain" }), rules), undefined);
});

Deno.test("blockOf() looks into HTML for the pattern of the rules, up to 16 KB and in any script", () => {
  const withPattern = { ...rules, pattern: /доступ запрещён|you are a robot/i };
  const wanted = (status: number) => ({
    by: "blockPattern",
    words: `sends a page that blockPattern takes for a block (status ${status})`,
  });
  assert.deepEqual(blockOf(answer(200, "<p>You are a ROBOT"), withPattern), wanted(200));
  assert.deepEqual(blockOf(answer(500, "<p>Доступ запрещён"), withPattern), wanted(500));
  assert.equal(blockOf(answer(200, "<p>welcome"), withPattern), undefined);
  assert.equal(blockOf(answer(200, "x".repeat(17_000) + "you are a robot"), withPattern), undefined);
  assert.equal(blockOf(answer(200, "you are a robot", { "content-type": "text/csv" }), withPattern), undefined);
});

Deno.test("blockOf() leaves what the spider handles itself to the spider", () => {
  const handled = { ...rules, handled: [403] };
  assert.equal(blockOf(answer(403, "", { "cf-mitigated": "challenge" }), handled), undefined);
  assert.notEqual(blockOf(answer(429), handled), undefined);
});
