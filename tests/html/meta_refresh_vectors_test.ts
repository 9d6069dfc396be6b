import assert from "node:assert/strict";
import { metaRefresh } from "../../lib/html/meta_refresh.ts";
import { parseHtml } from "../../lib/html/parse.ts";
import { decode } from "../../lib/text/charset.ts";
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
    const found = metaRefresh(parseHtml(html), url);
    assert.deepEqual(found, seconds === null ? undefined : { seconds, url: target });
  },
});
