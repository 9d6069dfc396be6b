import assert from "node:assert/strict";
import { parseRobots } from "../../lib/robots/rules.ts";
import { conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly robots: string;
  readonly user_agent: string;
  readonly url: string;
  readonly google_says: boolean;
}

/**
 * Where RFC 9309 decides against Google's parser, which leaves the escapes of a URL to its caller: an escape and its
 * character, and escapes in upper and lower case, are the same (2.2.2), and `%24` and `%2A` in a rule stand for `$` and
 * `*` in a URL (2.2.3).
 */
const decidedByRfc: ReadonlySet<number> = new Set([34, 36, 38, 40, 108, 110, 276, 288, 292, 440, 442]);

const name =
  "RFC 9309 knows names of letters, - and _ only; who names a crawler with another one is obeyed all the same";

conformance<Case>({
  file: "robots_txt.json",
  name: "parseRobots() allows what RFC 9309 allows, and what Google's parser allows where that is silent",
  notMet: Object.fromEntries(
    [64, 66, 68, 70, 72, 76, 80, 84, 88, 90, 92, 106, 112, 114, 192].map((id) => [id, name]),
  ),
  check({ id, robots, user_agent, url, google_says }) {
    const asked = new URL(url, "http://example.com/");
    const allowed = parseRobots(new URL("/robots.txt", asked).href, robots, user_agent).allows(asked.href);
    assert.equal(allowed, decidedByRfc.has(id) ? !google_says : google_says);
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
