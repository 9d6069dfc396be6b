import assert from "node:assert/strict";
import { blockedLines, tierLines } from "../../lib/cli/tier_lines.ts";

Deno.test("a crawl that went direct says nothing of tiers", () => {
  assert.deepEqual(tierLines({}), []);
  assert.deepEqual(tierLines({ direct: { requests: 5, ok: 5, bytes: 1 } }), []);
});

Deno.test("any other has a line for each tier", () => {
  const tiers = {
    direct: { requests: 1049, ok: 49, bytes: 1_200_000 },
    datacenter: { requests: 1000, ok: 998, bytes: 34_000_000 },
  };
  assert.deepEqual(tierLines(tiers), [
    "direct:     1,049 requests, 49 answered, 1.2 MB of bodies",
    "datacenter: 1,000 requests, 998 answered, 34 MB of bodies",
  ]);
});

const argv = ["crawl", "news", "--fresh", "--proxy-type", "auto", "-s", "delay=1s", "-o", "all news.csv"];
const said = { proxyType: "auto", variables: { RESIDENTIAL_PROXY_URL: "http://a.example" }, argv };

Deno.test("hosts that are still blocked are named, the worst first, with the command that would try them", () => {
  assert.deepEqual(blockedLines({ ...said, blocked: {} }), []);
  assert.deepEqual(blockedLines({ ...said, blocked: { "a.example": 1, "b.example": 1200 } }), [
    "Still blocked: b.example (1,200 pages), a.example (1 page)",
    `To try them through "residential": trawl crawl news -s delay=1s -o 'all news.csv' --retry-failed --proxy-type residential`,
  ]);
});

Deno.test("a flag with its value behind an equals sign is left out of that command as well", () => {
  const [, command] = blockedLines({
    ...said,
    argv: ["crawl", "a", "--proxy-type=none", "--retry-failed"],
    blocked: { a: 1 },
  });
  assert.equal(command, `To try them through "residential": trawl crawl a --retry-failed --proxy-type residential`);
});

Deno.test("of many hosts ten are named and the others counted", () => {
  const blocked = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`h${n}`, 20 - n]));
  const [line] = blockedLines({ ...said, blocked: { ...blocked, "": 5 } });
  assert.match(line!, /^Still blocked: h0 \(20 pages\), .*, h9 \(11 pages\), and 24 pages of other hosts$/);
});

Deno.test("without residential proxies the line says what to set; through them, or in a test run, there is no command", () => {
  const blocked = { "a.example": 2 };
  assert.match(
    blockedLines({ ...said, variables: {}, blocked })[1]!,
    /^To try them through "residential", which is not configured: set RESIDENTIAL_PROXY_URL, and then: trawl crawl news/,
  );
  assert.equal(blockedLines({ ...said, proxyType: "residential", blocked }).length, 1);
  assert.equal(blockedLines({ ...said, argv: undefined, blocked }).length, 1);
});
