import assert from "node:assert/strict";
import { parseRobots } from "../../lib/robots/rules.ts";
import { conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly robots: string;
  readonly user_agent: string;
  readonly url: string;
  readonly allowed: boolean;
  readonly agree: boolean;
}

conformance<Case>({
  file: "robots_txt.json",
  name: "parseRobots() allows what Google's parser and Protego both allow, and nothing else",
  outside: ({ agree }) => agree ? undefined : "the two differ",
  check({ robots, user_agent, url, allowed }) {
    const asked = new URL(url, "http://example.com/");
    assert.equal(parseRobots(new URL("/robots.txt", asked).href, robots, user_agent).allows(asked.href), allowed);
  },
});

interface Directive {
  readonly id: number;
  readonly fn: string;
  readonly robots: string;
  readonly user_agent: string | null;
  readonly expected: unknown;
}

conformance<Directive>({
  file: "robots_directives.json",
  name: "parseRobots() reads crawl delays and sitemaps as Protego does",
  outside: ({ fn }) => fn === "crawl_delay" || fn === "sitemaps" ? undefined : `${fn} is not read`,
  check({ fn, robots, user_agent, expected }) {
    const rules = parseRobots("http://example.com/robots.txt", robots, user_agent ?? "*");
    if (fn === "sitemaps") assert.deepEqual(rules.sitemaps, expected);
    else assert.equal(rules.crawlDelay, expected ?? undefined);
  },
});
