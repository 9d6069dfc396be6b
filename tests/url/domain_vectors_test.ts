import assert from "node:assert/strict";
import { inDomains } from "../../lib/url/domain.ts";
import { conformance } from "./vectors.ts";

interface Case {
  readonly id: number;
  readonly fn: string;
  readonly args: readonly [string, readonly string[]];
  readonly expected: boolean;
}

conformance<Case>({
  file: "url_misc.json",
  name: "inDomains() agrees with Scrapy's url_is_from_any_domain",
  outside: ({ fn }) => fn === "scrapy:url_is_from_any_domain" ? undefined : "another function",
  notMet: {
    84: "Scrapy compares the port too; here a port counts for nothing",
  },
  check: ({ args: [url, domains], expected }) =>
    assert.equal(inDomains(URL.parse(url)?.hostname ?? "", domains), expected),
});
