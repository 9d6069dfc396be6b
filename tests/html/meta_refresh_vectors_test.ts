import assert from "node:assert/strict";
import { baseHref } from "../../lib/html/base_href.ts";
import { metaRefresh } from "../../lib/html/meta_refresh.ts";
import { parseHtml } from "../../lib/html/parse.ts";
import { decode } from "../../lib/text/charset.ts";
import { baseUrl } from "../../lib/url/base_url.ts";
import { parseUrl } from "../../lib/url/parse_url.ts";
import { bytesOf, conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly fn: string;
  readonly args: readonly [text: string | { readonly $b64: string }, url: string, encoding?: string];
  readonly expected: readonly [seconds: number, url: string] | readonly [null, null];
}

conformance<Case>({
  file: "meta_refresh_base_url.json",
  name: "metaRefresh() reads a page as w3lib does",
  outside: ({ fn }) => fn === "get_meta_refresh" ? undefined : "it is about the base alone",
  check({ args: [text, url, encoding], expected: [seconds, target] }) {
    const type = encoding === undefined ? undefined : `text/html; charset=${encoding}`;
    const html = typeof text === "string" ? text : decode(bytesOf(text.$b64), type).text;
    const document = parseHtml(html);
    const found = metaRefresh(document);
    if (seconds === null) return assert.equal(found?.link, undefined);
    const base = baseUrl(baseHref(document), url, () => "utf-8");
    assert.deepEqual([found?.seconds, parseUrl(found?.link ?? "", base)?.href], [seconds, target]);
  },
});
