import assert from "node:assert/strict";
import { RobotsGate } from "../../lib/engine/robots_gate.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { answer, failed } from "./parts.ts";

const day = 24 * 60 * 60 * 1000;

function open(site: (url: string) => Outcome) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const gate = new RobotsGate({
    userAgent: "trawl/1.0",
    clock,
    download(url) {
      asked.push(url);
      return Promise.resolve(site(url));
    },
  });
  return { gate, clock, asked };
}

const text =
  "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n\nUser-agent: trawl\nDisallow: /secret\nCrawl-delay: 7";

Deno.test("RobotsGate must ask each origin once a day, and knows then what it says", async () => {
  const { gate, clock, asked } = open((url) => answer(url, text));
  const url = "http://a.com/secret/x";
  assert.equal(gate.mustAsk(url), true);
  assert.equal(gate.refusal(url), undefined);
  assert.equal(gate.crawlDelay(url), 0);
  assert.equal(await gate.ask(url), undefined);
  assert.deepEqual(asked, ["http://a.com/robots.txt"]);
  assert.equal(gate.mustAsk("http://a.com/other"), false);
  assert.equal(gate.refusal(url), "http://a.com/robots.txt forbids it");
  assert.equal(gate.refusal("http://a.com/private"), undefined);
  assert.equal(gate.crawlDelay(url), 7);
  for (const other of ["https://a.com/", "http://a.com:81/", "http://b.com/"]) {
    assert.equal(gate.mustAsk(other), true);
    assert.equal(gate.refusal(other.concat("secret")), undefined);
    assert.equal(gate.crawlDelay(other), 0);
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
    assert.equal(await gate.ask("http://a.com/x"), undefined);
    assert.equal(gate.mustAsk("http://a.com/x"), false);
    assert.equal(gate.refusal("http://a.com/x"), undefined);
  }
});

Deno.test("a failure is returned, and nothing is known then", async () => {
  const { gate } = open(() => failed("timeout"));
  assert.deepEqual(await gate.ask("http://a.com/x"), { kind: "timeout", message: "timeout failed" });
  assert.equal(gate.mustAsk("http://a.com/x"), true);
  assert.equal(gate.refusal("http://a.com/x"), undefined);
  const broken = open((url) => answer(url, "", 503));
  assert.deepEqual(await broken.gate.ask("http://a.com/x"), { kind: "status", status: 503, message: "status 503" });
  assert.equal(broken.gate.mustAsk("http://a.com/x"), true);
});

Deno.test("refuse() counts a failure as a refusal, for ten minutes", () => {
  const { gate, clock } = open((url) => answer(url));
  gate.refuse("http://a.com/x", { kind: "timeout", message: "a.com sent no answer within 30 s" });
  assert.equal(gate.mustAsk("http://a.com/x"), false);
  assert.equal(
    gate.refusal("http://a.com/y"),
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
  assert.equal(await gate.ask("http://a.com/x"), undefined);
  assert.equal(asked.length, 6);
  assert.equal(gate.refusal("http://a.com/secret"), "http://a.com/robots.txt forbids it");
  assert.equal(gate.mustAsk("http://b.com/"), true);
});

Deno.test("a robots.txt that is redirected for ever allows everything", async () => {
  const { gate, asked } = open((url) => answer(url, text, 302, { location: "/robots.txt" }));
  assert.equal(await gate.ask("http://a.com/x"), undefined);
  assert.equal(asked.length, 6);
  assert.equal(gate.refusal("http://a.com/secret"), undefined);
});

Deno.test("a failure after a redirect is returned, too", async () => {
  const { gate } = open((url) =>
    url.endsWith("robots.txt") ? answer(url, "", 302, { location: "/r" }) : failed("reset")
  );
  assert.equal((await gate.ask("http://a.com/x"))?.kind, "reset");
  assert.equal(gate.mustAsk("http://a.com/x"), true);
});

Deno.test("RobotsGate remembers twenty thousand origins, and asks the oldest again", async () => {
  const { gate } = open((url) => answer(url, text));
  for (let number = 0; number <= 20_000; number++) gate.refuse(`http://h${number}.com/`, { kind: "dns", message: "" });
  assert.equal(gate.mustAsk("http://h0.com/"), true);
  assert.equal(gate.mustAsk("http://h1.com/"), false);
  assert.equal(gate.mustAsk("http://h20000.com/"), false);
  // One that is asked again is young again.
  await gate.ask("http://h1.com/");
  gate.refuse("http://one-more.com/", { kind: "dns", message: "" });
  assert.equal(gate.mustAsk("http://h1.com/"), false);
  assert.equal(gate.mustAsk("http://h2.com/"), true);
});
