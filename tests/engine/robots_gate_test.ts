import assert from "node:assert/strict";
import { RobotsGate } from "../../lib/engine/robots_gate.ts";
import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { answer, failed } from "./site.ts";

const day = 24 * 60 * 60 * 1000;

function open(site: (url: string) => Outcome, obey?: boolean) {
  const clock = new ManualClock();
  const asked: string[] = [], warnings: string[] = [];
  const gate = new RobotsGate({
    ...(obey !== undefined && { obey }),
    warn: (message, url) => warnings.push(`${url}: ${message}`),
    userAgent: "trawl/1.0",
    clock,
    download(url) {
      asked.push(url);
      return Promise.resolve(site(url));
    },
  });
  return { gate, clock, asked, warnings };
}

/** Asks until there is an answer, and returns why there is none. */
async function ask(gate: RobotsGate, url: string, trusted = false): Promise<Failure | undefined> {
  for (;;) {
    const learned = gate.learn(url, await gate.ask(url, trusted));
    if (learned.kind === "known") return undefined;
    if (learned.kind === "failed") return learned.failure;
  }
}

const text =
  "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n\nUser-agent: trawl\nDisallow: /secret\nCrawl-delay: 7";

Deno.test("RobotsGate must ask each origin once a day, and knows then what it says", async () => {
  const { gate, clock, asked } = open((url) => answer(url, text));
  const url = "http://a.com/secret/x";
  assert.equal(gate.mustAsk(url), true);
  assert.equal(gate.refusal(url), undefined);
  assert.equal(gate.crawlDelay(url), 0);
  assert.equal(await ask(gate, url), undefined);
  assert.deepEqual(asked, ["http://a.com/robots.txt"]);
  assert.equal(gate.mustAsk("http://a.com/other"), false);
  assert.equal(gate.refusal(url)?.message, "http://a.com/robots.txt forbids it");
  assert.equal(gate.refusal("http://a.com/private"), undefined);
  assert.equal(gate.crawlDelay(url), 7);
  for (const other of ["https://a.com/", "http://a.com:81/", "http://b.com/"]) {
    assert.equal(gate.mustAsk(other), true);
    assert.equal(gate.refusal(other.concat("secret")), undefined);
    // The delay is for the server, however it is spoken to.
    assert.equal(gate.crawlDelay(other), other.startsWith("https://a.com/") ? 7 : 0);
  }
  clock.advance(day - 1);
  assert.equal(gate.mustAsk(url), false);
  clock.advance(1);
  assert.equal(gate.mustAsk(url), true);
  assert.notEqual(gate.refusal(url), undefined);
});

Deno.test("an origin without a robots.txt allows everything", async () => {
  for (const status of [401, 403, 404, 410]) {
    const { gate } = open((url) => answer(url, "Disallow: /", status));
    assert.equal(await ask(gate, "http://a.com/x"), undefined);
    assert.equal(gate.mustAsk("http://a.com/x"), false);
    assert.equal(gate.refusal("http://a.com/x"), undefined);
  }
});

Deno.test("a failure is returned, and nothing is known then", async () => {
  const { gate } = open(() => failed("timeout"));
  assert.deepEqual(await ask(gate, "http://a.com/x"), { kind: "timeout", message: "timeout failed" });
  assert.equal(gate.mustAsk("http://a.com/x"), true);
  assert.equal(gate.refusal("http://a.com/x"), undefined);
  const broken = open((url) => answer(url, "", 503));
  assert.deepEqual(await ask(broken.gate, "http://a.com/x"), { kind: "status", status: 503, message: "status 503" });
  assert.equal(broken.gate.mustAsk("http://a.com/x"), true);
});

Deno.test("refuse() counts a failure as a refusal, for ten minutes", () => {
  const { gate, clock } = open((url) => answer(url));
  gate.refuse("http://a.com/x", { kind: "timeout", message: "a.com sent no answer within 30 s" });
  assert.equal(gate.mustAsk("http://a.com/x"), false);
  assert.equal(
    gate.refusal("http://a.com/y")?.message,
    "http://a.com/robots.txt cannot be read, which counts as a refusal: a.com sent no answer within 30 s",
  );
  assert.equal(gate.refusal("http://b.com/y"), undefined);
  clock.advance(10 * 60 * 1000);
  assert.equal(gate.mustAsk("http://a.com/x"), true);
});

Deno.test("a robots.txt may be redirected five times, to another host as well, and counts for the origin that was asked", async () => {
  const { gate, asked } = open((url) => {
    const hop = Number(new URL(url).searchParams.get("hop") ?? 0);
    return hop < 5 ? answer(url, "", 301, { location: `http://b.com/r?hop=${hop + 1}` }) : answer(url, text);
  });
  assert.equal(await ask(gate, "http://a.com/x"), undefined);
  assert.equal(asked.length, 6);
  assert.equal(gate.refusal("http://a.com/secret")?.message, "http://a.com/robots.txt forbids it");
  assert.equal(gate.mustAsk("http://b.com/"), true);
});

Deno.test("a robots.txt that is redirected for ever allows everything", async () => {
  const { gate, asked } = open((url) => answer(url, text, 302, { location: "/robots.txt" }));
  assert.equal(await ask(gate, "http://a.com/x"), undefined);
  assert.equal(asked.length, 6);
  assert.equal(gate.refusal("http://a.com/secret"), undefined);
});

Deno.test("a failure after a redirect is returned, too", async () => {
  const { gate } = open((url) =>
    url.endsWith("robots.txt") ? answer(url, "", 302, { location: "/r" }) : failed("reset")
  );
  assert.equal((await ask(gate, "http://a.com/x"))?.kind, "reset");
  assert.equal(gate.mustAsk("http://a.com/x"), true);
});

Deno.test("RobotsGate remembers twenty thousand origins, and asks the oldest again", async () => {
  const { gate } = open((url) => answer(url, text));
  for (let number = 0; number <= 20_000; number++) gate.refuse(`http://h${number}.com/`, { kind: "dns", message: "" });
  assert.equal(gate.mustAsk("http://h0.com/"), true);
  assert.equal(gate.mustAsk("http://h1.com/"), false);
  assert.equal(gate.mustAsk("http://h20000.com/"), false);
  // One that is asked again is young again.
  await ask(gate, "http://h1.com/");
  gate.refuse("http://one-more.com/", { kind: "dns", message: "" });
  assert.equal(gate.mustAsk("http://h1.com/"), false);
  assert.equal(gate.mustAsk("http://h2.com/"), true);
});

Deno.test("RobotsGate forgets the oldest files when they are more than 64 MB, but never the one that it asked for", async () => {
  const { gate } = open((url) => answer(url, `${text}\n${`${"#".repeat(99)}\n`.repeat(5119)}`));
  for (let number = 0; number < 125; number++) await ask(gate, `http://h${number}.com/`);
  assert.equal(gate.mustAsk("http://h0.com/"), true);
  assert.equal(gate.mustAsk("http://h1.com/"), false);
  const huge = open((url) => answer(url, 20_000_000));
  await ask(huge.gate, "http://a.com/");
  assert.equal(huge.gate.mustAsk("http://a.com/"), false);
  const errors = open((url) => answer(url, 1_000_000, 404));
  for (let number = 0; number < 125; number++) await ask(errors.gate, `http://h${number}.com/`);
  assert.equal(errors.gate.mustAsk("http://h0.com/"), false);
});

Deno.test("RobotsGate counts what rules take in memory, and keeps no more than two times 64 MB of them", async () => {
  for (
    // What a file of 500 KB of such lines was measured to take, in MB.
    const [kind, megabytes, line] of [
      ["short rules", 3.4, (number: number) => `Allow:/${number.toString(36)}`],
      ["wildcards", 7.6, (number: number) => `Allow:*${number.toString(36)}*`],
      ["wildcards before a long piece", 2.5, (number: number) => `Disallow: /*${"x".repeat(16_000)}${number}`],
      ["rules that are spelled anew", 1.5, (number: number) => `Disallow: /${"<".repeat(6000)}${number}`],
      ["sitemaps", 1.5, () => "Sitemap:a"],
    ] as const
  ) {
    let file = "User-agent: *";
    for (let number = 0; file.length < 500_000; number++) file += `\n${line(number)}`;
    const { gate } = open((url) => answer(url, file));
    const urls = Array.from({ length: Math.ceil(128 / megabytes) }, (_, number) => `http://h${number}.com/`);
    for (const url of urls) await ask(gate, url);
    const known = urls.filter((url) => !gate.mustAsk(url));
    assert.deepEqual(known, urls.slice(-known.length), kind);
    const least = (known.length + 1) * megabytes, kept = known.length * megabytes;
    assert.ok(least > 32 && kept < 128, `${kind}: ${known.length} files`);
  }
});

Deno.test("RobotsGate keeps a Crawl-delay up to ten minutes, and says so when one is longer", async () => {
  for (
    const [asked, kept, words] of [
      ["600", 600, undefined],
      ["601", 600, "10 min 1 s"],
      ["1e9", 600, "11574 d 2 h"],
    ] as const
  ) {
    const { gate, warnings } = open((url) => answer(url, `User-agent: *\nCrawl-delay: ${asked}`));
    await ask(gate, "http://a.com/x");
    assert.equal(gate.crawlDelay("http://a.com/y"), kept);
    assert.deepEqual(
      warnings,
      words === undefined ? [] : [
        `http://a.com/robots.txt: it asks for ${words} between two requests (Crawl-delay: ${
          Number(asked)
        }), and gets ` +
        "10 min, the longest that is kept. Leave the site out where that is too slow",
      ],
    );
  }
});

Deno.test("what a robots.txt said counts on where it cannot be read any more", async () => {
  let site = (url: string) => answer(url, text);
  const { gate, clock } = open((url) => site(url));
  await ask(gate, "http://a.com/x");
  clock.advance(day);
  site = () => failed("timeout");
  const failure = await ask(gate, "http://a.com/x");
  assert.equal(failure?.kind, "timeout");
  gate.refuse("http://a.com/x", failure!);
  assert.equal(gate.mustAsk("http://a.com/x"), false);
  assert.equal(gate.refusal("http://a.com/x"), undefined);
  assert.equal(gate.refusal("http://a.com/secret")?.message, "http://a.com/robots.txt forbids it");
  assert.equal(gate.crawlDelay("http://a.com/x"), 7);
  clock.advance(10 * 60 * 1000);
  assert.equal(gate.mustAsk("http://a.com/x"), true);
});

Deno.test("RobotsGate gives the sitemaps of an origin as they are written", async () => {
  const { gate } = open((url) =>
    answer(url, "Sitemap: /1.xml\nUser-agent: *\nDisallow: /\nSitemap: http://b.com/2.xml")
  );
  assert.deepEqual(gate.sitemaps("http://a.com/x"), []);
  await ask(gate, "http://a.com/x");
  assert.deepEqual(gate.sitemaps("http://a.com/robots.txt"), ["/1.xml", "http://b.com/2.xml"]);
  assert.deepEqual(gate.sitemaps("http://b.com/"), []);
});

Deno.test("a RobotsGate that is not to be obeyed is asked for sitemaps only, and forbids nothing", async () => {
  const { gate, warnings } = open(
    (url) => answer(url, "User-agent: *\nDisallow: /\nCrawl-delay: 1e9\nSitemap: /s"),
    false,
  );
  assert.equal(gate.mustAsk("http://a.com/x"), false);
  assert.equal(gate.mustAsk("http://a.com/robots.txt", true), true);
  await ask(gate, "http://a.com/robots.txt");
  assert.equal(gate.mustAsk("http://a.com/robots.txt", true), false);
  assert.equal(gate.refusal("http://a.com/x"), undefined);
  assert.equal(gate.crawlDelay("http://a.com/x"), 0);
  assert.deepEqual(gate.sitemaps("http://a.com/x"), ["/s"]);
  assert.deepEqual(warnings, []);
  gate.refuse("http://b.com/", { kind: "timeout", message: "late" });
  assert.equal(gate.refusal("http://b.com/x"), undefined);
});

Deno.test("where a host cannot be asked at all, that is why its pages are refused, and no robots.txt", async () => {
  const failure: Failure = { kind: "dns", message: "No host is named a.com", final: true };
  const { gate } = open(() => ({ failure }));
  assert.deepEqual(await ask(gate, "http://a.com/x"), failure);
  gate.refuse("http://a.com/x", failure);
  assert.deepEqual(gate.refusal("http://a.com/x"), failure);
});

Deno.test("a robots.txt is trusted as the request is for which it is asked, and what it redirects to never is", async () => {
  const trusted: boolean[] = [];
  const gate = new RobotsGate({
    userAgent: "trawl/1",
    clock: new ManualClock(),
    warn: () => assert.fail(),
    download(url, isTrusted) {
      trusted.push(isTrusted);
      return Promise.resolve(answer(url, "", 301, { location: "/elsewhere" }));
    },
  });
  await ask(gate, "http://a.com/x", true);
  assert.deepEqual(trusted, [true, false, false, false, false, false]);
  await ask(gate, "http://b.com/x");
  assert.deepEqual(trusted.slice(6), [false, false, false, false, false, false]);
});

Deno.test("RobotsGate tells how long a busy robots.txt asks to wait, unless the answer is from the cache", async () => {
  const busy = answer("http://a.com/robots.txt", "", 503, { "retry-after": "40" });
  const waitOf = async (site: () => Outcome) => {
    const { gate } = open(site);
    const learned = gate.learn("http://a.com/x", await gate.ask("http://a.com/x"));
    return learned.kind === "failed" ? learned.wait : undefined;
  };
  assert.equal(await waitOf(() => busy), 40);
  assert.equal(await waitOf(() => ({ response: { ...busy.response!, cached: true } })), 0);
});
