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

Deno.test("parseRobots() takes a folder for allowed whose index page is", () => {
  const shop = "User-agent: *\nDisallow: /\nAllow: /shop/index.html\nAllow: /index.htm\nAllow: /*/docs/index.html$";
  for (const path of ["/shop/", "/shop/index.html", "/", "/index.htm", "/index.html", "/en/docs/"]) {
    assert.equal(allows(shop, path), true, path);
  }
  for (const path of ["/shop", "/shop/a", "/shop/?a=1", "/shop/sub/", "/?a=1", "/docs/", "/en/docs/a"]) {
    assert.equal(allows(shop, path), false, path);
  }
  // No other page stands for its folder, and what a line forbids is only what it says.
  assert.equal(allows("User-agent: *\nDisallow: /\nAllow: /shop/index.php", "/shop/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /\nAllow: /shop/my-index.html", "/shop/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /shop/index.html", "/shop/"), true);
  // The rule that comes of it is as long as it is written: "/shop/$" is shorter than "/shop/*.../".
  assert.equal(allows("User-agent: *\nDisallow: /shop/\nAllow: /shop/index.html", "/shop/"), true);
  assert.equal(allows("User-agent: *\nDisallow: /*shop/*$\nAllow: /shop/index.html", "/shop/"), false);
});

Deno.test("parseRobots() matches the query, and an escape with its character", () => {
  assert.equal(allows("User-agent: *\nDisallow: /*?sort=", "/list?sort=asc"), false);
  assert.equal(allows("User-agent: *\nDisallow: /%7Ejoe", "/~joe/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /~joe", "/%7ejoe/"), false);
  assert.equal(allows("User-agent: *\nDisallow: /ä", "/%c3%a4"), false);
});

Deno.test("parseRobots() reads the query of RFC 9309's table, and keeps reserved characters apart in a path", () => {
  assert.equal(allows("User-agent: *\nDisallow: /foo?baz=https://foo.bar", "/foo?baz=https%3A%2F%2Ffoo.bar"), false);
  assert.equal(allows("User-agent: *\nDisallow: /foo?baz=https%3a%2f%2Ffoo.bar", "/foo?baz=https://foo.bar"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a/b", "/a%2Fb"), true);
  assert.equal(allows("User-agent: *\nDisallow: /a%2fb", "/a%2Fb"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a%2fb", "/a/b"), true);
});

Deno.test("parseRobots() takes * and $ for what they are in a rule, and for characters in a URL", () => {
  assert.equal(allows("User-agent: *\nDisallow: /a%2a", "/a*b"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a%2a", "/ab"), true);
  assert.equal(allows("User-agent: *\nDisallow: /a%24", "/a$b"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a$b", "/a$bc"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a$", "/a$"), true);
  assert.equal(allows("User-agent: *\nDisallow: /a$", "/a"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a$", "/ab"), true);
  assert.equal(allows("User-agent: *\nDisallow: /*/b*c$", "/a/bbcc"), false);
  assert.equal(allows("User-agent: *\nDisallow: /ab*b$", "/ab"), true);
  assert.equal(allows("User-agent: *\nDisallow: *m", "/home"), false);
});

Deno.test("parseRobots() weighs a pattern with wildcards by its length, as any other", () => {
  assert.equal(allows("User-agent: *\nDisallow: /*.html\nAllow: /a.htm", "/a.html"), false);
  assert.equal(allows("User-agent: *\nDisallow: /*.html\nAllow: /aa.html", "/aa.html"), true);
  assert.equal(allows("User-agent: *\nDisallow: /a*\nAllow: /aa", "/aa"), true);
  assert.equal(allows("User-agent: *\nDisallow: /$\nAllow: /", "/"), false);
  assert.equal(allows("User-agent: *\nAllow: /$\nDisallow: /", "/"), true);
  assert.equal(allows("User-agent: *\nAllow: /$\nDisallow: /", "/a"), false);
  assert.equal(allows("User-agent: *\nDisallow: /a*c\nAllow: /a*b*c", "/abc"), true);
  assert.equal(allows("User-agent: *\nDisallow: /a\nAllow: /a", "/a"), true);
  assert.equal(allows("User-agent: *\nAllow: /a$\nDisallow: /a$", "/a"), true);
});

Deno.test("parseRobots() joins the groups of one name, and lets only a rule end the names of a group", () => {
  const text = "User-agent: trawl\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n\nUser-agent: TRAWL\nDisallow: /c";
  assert.deepEqual(["/a", "/b", "/c"].map((path) => allows(text, path)), [false, true, false]);
  for (const between of ["Sitemap: http://example.com/s", "Noindex: /x", "Crawl-delay: 2", "", "# nothing"]) {
    assert.equal(allows(`User-agent: trawl\n${between}\nUser-agent: other\nDisallow: /a`, "/a"), false);
  }
  assert.equal(allows("User-agent: trawl\nDisallow:\nUser-agent: other\nDisallow: /a", "/a"), true);
});

Deno.test("parseRobots() knows us by the name of our product alone", () => {
  const text = (name: string) => `User-agent: ${name}\nDisallow: /`;
  const obeys = (name: string, userAgent: string) =>
    !parseRobots(file, text(name), userAgent).allows("http://example.com/");
  assert.equal(obeys("trawl", "Mozilla/5.0 (compatible; Trawl/1.0; +http://example.org)"), true);
  assert.equal(obeys("mozilla", "Mozilla/5.0 (compatible; Trawl/1.0; +http://example.org)"), false);
  assert.equal(obeys("Mozilla", "Mozilla/5.0 (X11; Linux x86_64)"), true);
  assert.equal(obeys("trawl-news", "trawl/1.0"), false);
  assert.equal(obeys("trawl", "trawl-news/1.0"), false);
  assert.equal(obeys("360Spider", "360spider"), true);
  assert.equal(obeys("tra*", "trawl/1.0"), false);
  assert.equal(obeys("*", "trawl/1.0"), true);
  assert.equal(obeys("*bot", "trawl/1.0"), false);
  assert.equal(obeys("", "trawl/1.0"), false);
});

Deno.test("parseRobots() always allows robots.txt", () => {
  assert.equal(allows("User-agent: *\nDisallow: /", "/robots.txt"), true);
  assert.equal(allows("User-agent: *\nDisallow: /", "/robots.txt?a"), false);
});

Deno.test("parseRobots() passes over prose, comments and what stands before the first name", () => {
  assert.equal(allows("Disallow: /a\nUser-agent: *\nDisallow: /b", "/a"), true);
  assert.equal(allows("User-agent: * # all\nDisallow: /a # not this one", "/a"), false);
  assert.equal(allows("User-agent: *\nDisallow /a for reasons", "/a for"), true);
  assert.equal(allows("User-agent: *\n#Disallow: /a", "/a"), true);
});

Deno.test("parseRobots() reads no more of a line than Google's parser does", () => {
  const pattern = `/${"a".repeat(2083 * 8 - "Disallow: /".length - 2)}`;
  assert.equal(allows(`User-agent: *\nDisallow: ${pattern}bc`, `${pattern}bd`), false);
  assert.equal(allows(`User-agent: *\nDisallow: ${pattern}bc`, `${pattern}d`), true);
});

Deno.test("parseRobots() takes no longer for patterns that are made to be slow", () => {
  // Tried from every place of the path these take minutes; what keeps this test short is that they are not.
  const path = `/${"a".repeat(20_000)}b`;
  const rules = [
    `Disallow: /${"a*".repeat(5000)}c$`,
    ...Array.from({ length: 20 }, (_, at) => `Disallow: /*${"a".repeat(5000)}c${"a".repeat(5000)}*${at}`),
    ...Array.from({ length: 5000 }, (_, at) => `Disallow: /a${at}/*/b`),
  ];
  const parsed = parseRobots(file, `User-agent: *\n${rules.join("\n")}`, agent);
  for (let time = 0; time < 100; time++) assert.equal(parsed.allows(`http://example.com${path}`), true);
});

/** A group of so many patterns, each with its number in the place of `#`. */
const patterns = (many: number, pattern: string) =>
  `User-agent: *\n${Array.from({ length: many }, (_, at) => `Allow: ${pattern.replace("#", `${at}`)}\n`).join("")}`;

Deno.test("parseRobots() refuses a path in which too much would have to be searched", () => {
  const long = `/${"a".repeat(2000)}`, text = patterns(25_000, "*aaaab#*N");
  assert.equal(allows(text, long), false);
  assert.equal(allows(text, "/aaaa"), true);
  assert.equal(allows(text, `${long}aaaab0N`), false);
  assert.equal(allows(`${text}Allow: /a*${"a".repeat(30)}`, long), true, "a longer pattern comes before the others");
});

Deno.test("parseRobots() never refuses for ordinary files, nor for patterns that begin otherwise", () => {
  assert.equal(allows(patterns(10_000, "/*x#*y"), `/${"a".repeat(99)}`), true);
  assert.equal(allows(patterns(25_000, "/b#*x"), `/${"a".repeat(60_000)}`), true);
});

Deno.test("parseRobots() looks only once for what many patterns have in common", () => {
  const path = `/${"a".repeat(60_000)}`, text = patterns(25_000, "*aaaaaab*#");
  assert.equal(allows(text, path), true);
  assert.equal(allows(`${text}Disallow: /*a`, path), false);
});

Deno.test("parseRobots() reads a rule with U+2028 in it, however many spaces stand before", () => {
  const rule = `Disallow:${" ".repeat(16_000)}/a\u2028b`;
  assert.equal(allows(`User-agent: *\n${rule}`, "/a%E2%80%A8b"), false);
  assert.equal(allows(`User-agent: *\n${rule}`, "/a"), true);
  // Where the spaces are gone through from each of them this is a tenth of a second a line.
  assert.equal(allows(`User-agent: *\n${`${rule}\n`.repeat(5000)}`, "/a"), true);
});

Deno.test("parseRobots() says nothing about another site", () => {
  const rules = parseRobots(file, "User-agent: *\nDisallow: /", agent);
  assert.equal(rules.allows("http://example.com/a"), false);
  assert.equal(rules.allows("http://other.example/a"), true);
  assert.equal(rules.allows("http://example.community/a"), true);
  assert.equal(rules.allows("http://example.com:8080/a"), true);
  assert.equal(rules.allows("https://example.com/a"), true);
});

Deno.test("parseRobots() reads a crawl delay in seconds and passes over what is none", () => {
  const delay = (value: string) => parseRobots(file, `User-agent: *\nCrawl-delay: ${value}`, agent).crawlDelay;
  assert.equal(delay("2"), 2);
  assert.equal(delay("0.5 # slowly"), 0.5);
  assert.equal(delay("soon"), undefined);
  assert.equal(delay("-1"), undefined);
  assert.equal(delay("Infinity"), undefined);
  assert.equal(delay("1e9"), 1e9);
  assert.equal(delay("NaN"), undefined);
  assert.equal(delay(""), undefined);
  assert.equal(parseRobots(file, "User-agent: other\nCrawl-delay: 9", agent).crawlDelay, undefined);
});

Deno.test("parseRobots() takes a crawl delay for the names since the last one, and of several the longest", () => {
  const text = "User-agent: trawl\nCrawl-delay: 2\nUser-agent: other\nCrawl-delay: 30\nDisallow: /a";
  assert.equal(parseRobots(file, text, agent).crawlDelay, 2);
  assert.equal(parseRobots(file, text, "other").crawlDelay, 30);
  const twice = "User-agent: *\nCrawl-delay: 5\nDisallow: /a\nCrawl-delay: 3\nUser-agent: *\nCrawl-delay: 1";
  assert.equal(parseRobots(file, twice, agent).crawlDelay, 5);
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

const bytes = (body: Uint8Array<ArrayBuffer>): Outcome => ({
  response: { url: file, status: 200, headers: new Headers(), body, latency: 0 },
});
const forbids = (body: Uint8Array<ArrayBuffer>, path: string) =>
  !robotsFor(file, bytes(body), agent).rules.allows(new URL(path, file).href);

Deno.test("robotsFor() reads bytes that are not UTF-8 as the escapes they are compared as", () => {
  const latin1 = Uint8Array.from("User-agent: *\nDisallow: /caf\xe9\n", (character) => character.charCodeAt(0));
  assert.equal(forbids(latin1, "/caf%E9"), true);
  assert.equal(forbids(latin1, "/caf%c3%a9"), false);
  const utf8 = new TextEncoder().encode("\ufeffUser-agent: *\nDisallow: /café\n");
  assert.equal(forbids(utf8, "/caf%E9"), false);
  assert.equal(forbids(utf8, "/café"), true);
});

Deno.test("robotsFor() reads UTF-16, with its mark or without, and drops NUL characters", () => {
  const text = "User-agent: *\nDisallow: /a\n";
  const wide = new Uint8Array(new Uint16Array([0xfeff, ...Array.from(text, (each) => each.charCodeAt(0))]).buffer);
  assert.equal(forbids(wide, "/a"), true);
  assert.equal(forbids(wide, "/b"), false);
  assert.equal(forbids(wide.slice(2), "/a"), true);
  const swapped = wide.slice();
  for (let at = 0; at < wide.length; at += 2) [swapped[at], swapped[at + 1]] = [wide[at + 1]!, wide[at]!];
  assert.equal(forbids(swapped, "/a"), true);
  assert.equal(forbids(new TextEncoder().encode("User-agent: *\0\nDisallow: /\0a\n"), "/a"), true);
});
