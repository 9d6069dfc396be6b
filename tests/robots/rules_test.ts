import assert from "node:assert/strict";
import type { FailureKind, Outcome } from "../../lib/model/outcome.ts";
import { parseRobots, robotsFor } from "../../lib/robots/rules.ts";

const file = "http://example.com/robots.txt";
const agent = "trawl/0.1 (+https://example.org/bot)";

const allows = (text: string, path: string) => parseRobots(file, text, agent).allows(`http://example.com${path}`);

Deno.test("parseRobots() allows what no rule matches", () => {
  assert.equal(allows("", "/a"), true);
  assert.equal(allows("User-agent: *\nDisallow: /private", "/a"), true);
  assert.equal(allows("User-agent: *\nDisallow:", "/a"), true);
  assert.equal(allows("<html><body>Not found</body></html>", "/a"), true);
});

Deno.test("parseRobots() follows the group of our name, else that of everyone", () => {
  const text = "User-agent: Trawl\nDisallow: /ours\n\nUser-agent: *\nDisallow: /everyone";
  assert.equal(allows(text, "/ours"), false);
  assert.equal(allows(text, "/everyone"), true);
  assert.equal(allows("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /everyone", "/everyone"), false);
  assert.equal(allows("User-agent: trawl/2.0 beta\nDisallow: /", "/a"), false);
});

Deno.test("parseRobots() lets the longest pattern decide, and of two the one that allows", () => {
  const text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c\nDisallow: /*.pdf$";
  assert.equal(allows(text, "/a/c"), false);
  assert.equal(allows(text, "/a/b/c"), true);
  assert.equal(allows(text, "/c"), true);
  assert.equal(allows(text, "/x/y.pdf"), false);
  assert.equal(allows(text, "/x/y.pdf?download"), true);
});

Deno.test("parseRobots() matches the query, and an escape with its character", () => {
  assert.equal(allows("User-agent: *\nDisallow: /*?sort=", "/list?sort=asc"), false);
  assert.equal(allows("User-agent: *\nDisallow: /%7Ejoe", "/~joe/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /~joe", "/%7ejoe/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /ä", "/%c3%a4"), false);
});

Deno.test("parseRobots() says nothing about another site", () => {
  const rules = parseRobots(file, "User-agent: *\nDisallow: /", agent);
  assert.equal(rules.allows("http://example.com/a"), false);
  assert.equal(rules.allows("http://other.example/a"), true);
});

Deno.test("parseRobots() reads a crawl delay in seconds and passes over what is none", () => {
  const delay = (value: string) => parseRobots(file, `User-agent: *\nCrawl-delay: ${value}`, agent).crawlDelay;
  assert.equal(delay("2"), 2);
  assert.equal(delay("0.5 # slowly"), 0.5);
  assert.equal(delay("soon"), undefined);
  assert.equal(delay("-1"), undefined);
  assert.equal(delay("Infinity"), undefined);
  assert.equal(parseRobots(file, "User-agent: other\nCrawl-delay: 9", agent).crawlDelay, undefined);
});

Deno.test("parseRobots() lists the sitemaps wherever they stand", () => {
  const text = "Sitemap: http://example.com/1.xml\nUser-agent: *\nSitemap: http://example.com/2.xml\nDisallow: /a";
  assert.deepEqual(parseRobots(file, text, agent).sitemaps, ["http://example.com/1.xml", "http://example.com/2.xml"]);
  assert.equal(allows(text, "/a"), false);
});

Deno.test("parseRobots() reads what people write: misspellings, forgotten colons, any line ending, a byte order mark", () => {
  assert.equal(allows("User-agent: *\rDissallow: /a\rAllow: /b", "/a"), false);
  assert.equal(allows("\ufeffuser-agent *\r\ndisallow /a", "/a"), false);
  assert.equal(allows("User-agent: *\nRequest-rate: 1/5\nDisallow: /a", "/a"), false);
  assert.equal(allows("User-agent: trawl\nNoindex: /x\nUser-agent: other\nDisallow: /a", "/a"), false);
  assert.equal(allows("User-agent: *\nDisallowed: /a", "/a"), true);
});

const answer = (status: number, text = ""): Outcome => ({
  response: { url: file, status, headers: new Headers(), body: new TextEncoder().encode(text), latency: 0 },
});
const failure = (kind: FailureKind): Outcome => ({ failure: { kind, message: kind } });
const verdict = (outcome: Outcome) => {
  const { rules, askAgainAfter } = robotsFor(file, outcome, agent);
  return [rules.allows("http://example.com/a"), rules.allows("http://example.com/b"), askAgainAfter];
};

Deno.test("robotsFor() reads the file of a good answer, for a day", () => {
  assert.deepEqual(verdict(answer(200, "User-agent: *\nDisallow: /a")), [false, true, 86400]);
});

Deno.test("robotsFor() allows all where there is no file", () => {
  for (const status of [400, 401, 403, 404, 410, 429]) {
    assert.deepEqual(verdict(answer(status, "Disallow: /")), [true, true, 86400]);
  }
  assert.deepEqual(verdict(answer(302)), [true, true, 86400]);
  assert.deepEqual(verdict(failure("redirect")), [true, true, 86400]);
});

Deno.test("robotsFor() allows nothing for ten minutes where a site cannot say", () => {
  for (const status of [500, 503, 599]) assert.deepEqual(verdict(answer(status)), [false, false, 600]);
  for (const kind of ["dns", "connect", "tls", "timeout", "reset", "cut-short", "too-large", "protocol"] as const) {
    assert.deepEqual(verdict(failure(kind)), [false, false, 600]);
  }
});

Deno.test("robotsFor() reads whole lines of the first 500 KiB and no more", () => {
  const line = "Disallow: /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
  const before = `User-agent: *\n${line.repeat(Math.floor((500 * 1024 - 14) / line.length) - 1)}Disallow: /a${
    "b".repeat(9)
  }\n`;
  const rest = 500 * 1024 - before.length;
  const text = `${before}Disallow: /b${"c".repeat(100)}\nDisallow: /d`;
  const { rules } = robotsFor(file, answer(200, text), agent);
  assert.ok(rest > 12 && rest < 100, "the limit is to fall within the pattern");
  assert.equal(rules.allows("http://example.com/abbbbbbbbb"), false);
  assert.equal(rules.allows(`http://example.com/b${"c".repeat(100)}`), true);
  assert.equal(rules.allows("http://example.com/d"), true);
});
