import assert from "node:assert/strict";
import { parseSitemap } from "../../lib/html/sitemap.ts";
import { bytesOf, conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly fn: string;
  readonly xml?: string | { readonly $b64: string };
  readonly type?: string;
  readonly entries?: readonly { readonly loc: string; readonly lastmod?: string }[];
}

conformance<Case>({
  file: "sitemap.json",
  name: "parseSitemap() reads the URLs and the dates that Scrapy reads",
  outside: ({ fn }) => fn === "sitemap" ? undefined : "the sitemaps in a robots.txt are tests/engine/sitemaps_test.ts",
  check({ xml, type, entries = [] }) {
    const text = typeof xml === "object" ? new TextDecoder().decode(bytesOf(xml.$b64)) : xml;
    const sitemap = parseSitemap(text ?? "", Infinity);
    assert.equal(sitemap?.type, type);
    assert.deepEqual(
      [...sitemap?.pages ?? [], ...sitemap?.sitemaps ?? []],
      entries.map(({ loc, lastmod }) => ({ url: loc, lastmod: lastmod === "" ? undefined : lastmod })),
    );
  },
});
