import assert from "node:assert/strict";
import { Outage, type OutageOptions } from "../../lib/engine/outage.ts";
import type { Failure } from "../../lib/model/outcome.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { settle } from "./parts.ts";

const connect: Failure = { kind: "connect", message: "a.com refused the connection" };
const [a, b] = ["http://a.com/x", "http://b.com/y"];

function open(said: Partial<OutageOptions> = {}) {
  const clock = new ManualClock();
  const log: string[] = [];
  const reachable = new Set<string>();
  const outage = new Outage({
    clock,
    reach(url) {
      log.push(`reach ${url}`);
      return Promise.resolve(reachable.has(url));
    },
    timeout: 600,
    onDown: (url, { kind }, seconds) => log.push(`down ${url} ${kind} ${seconds}`),
    onUp: () => log.push("up"),
    onTimeout: () => log.push("timeout"),
    ...said,
  });
  const isOutage = (url: string, failure = connect, beganAt = clock.now()) =>
    outage.isOutage(new URL(url).host, url, failure, beganAt);
  const answered = (url: string) => outage.answered(new URL(url).host, url);
  return { clock, log, reachable, outage, isOutage, answered };
}

Deno.test("a dead host among living ones is the host's fault", async () => {
  const { clock, log, reachable, isOutage, answered, outage } = open();
  answered(b);
  clock.advance(1000);
  reachable.add(b);
  assert.equal(await isOutage(a), false);
  assert.deepEqual(log, [`reach ${b}`]);
  assert.equal(outage.down, undefined);
});

Deno.test("an answer of another host since the attempt began says enough", async () => {
  const { clock, log, isOutage, answered } = open();
  const beganAt = clock.now();
  clock.advance(1000);
  answered(b);
  assert.equal(await isOutage(a, connect, beganAt), false);
  assert.deepEqual(log, []);
});

Deno.test("answers of the host itself say nothing about the network", async () => {
  const { clock, log, isOutage, answered } = open();
  answered(b);
  answered(a);
  clock.advance(1);
  const beganAt = clock.now();
  clock.advance(1000);
  answered(a);
  assert.equal(await isOutage(a, connect, beganAt), true);
  assert.deepEqual(log, [`reach ${b}`, `down ${b} connect 1`]);
});

Deno.test("when the host that answered last cannot be reached either, it is the network", async () => {
  const { log, isOutage, answered, outage, clock } = open();
  answered(b);
  clock.advance(1000);
  assert.equal(await isOutage(a), true);
  assert.deepEqual(log, [`reach ${b}`, `down ${b} connect 1`]);
  assert.deepEqual(outage.down?.failure, connect);
  assert.equal(outage.down?.since, 1000);
});

Deno.test("every failure to connect or to be heard may be an outage, and nothing else", async () => {
  for (const kind of ["dns", "connect", "timeout", "reset", "cut-short"] as const) {
    assert.equal(await open().isOutage(a, { kind, message: "" }), true, kind);
  }
  const { log, isOutage } = open();
  for (const kind of ["tls", "too-large", "protocol", "address", "status", "redirect", "robots", "callback"] as const) {
    assert.equal(await isOutage(a, { kind, message: "" }), false, kind);
  }
  assert.deepEqual(log, []);
});

Deno.test("a name that does not exist is taken at its word only where nothing has ever answered", async () => {
  const missing: Failure = { kind: "dns", message: "No host is named a.com", final: true };
  assert.equal(await open().isOutage(a, missing), false);
  const later = open();
  later.answered(b);
  later.clock.advance(1);
  assert.equal(await later.isOutage(a, missing), true);
  const resumed = open({ lastAnswer: b });
  assert.equal(await resumed.isOutage(a, missing), true);
});

Deno.test("one host alone: when it cannot be reached it may be the network", async () => {
  const { log, isOutage } = open();
  assert.equal(await isOutage(a, { kind: "timeout", message: "" }), true);
  assert.deepEqual(log, [`reach ${a}`, `down ${a} timeout 1`]);
});

Deno.test("one host alone: when it can be reached a slow answer is its own fault", async () => {
  const { reachable, isOutage } = open();
  reachable.add(a);
  assert.equal(await isOutage(a, { kind: "timeout", message: "" }), false);
});

Deno.test("one host alone that refused a connection and takes one now is just coming back", async () => {
  const { reachable, isOutage, outage, log, clock } = open();
  reachable.add(a);
  assert.equal(await isOutage(a), true);
  clock.advance(1000);
  await settle();
  assert.equal(outage.down, undefined);
  assert.deepEqual(log, [`reach ${a}`, `down ${a} connect 1`, `reach ${a}`, "up"]);
});

Deno.test("during an outage every suspect is its victim, without another probe", async () => {
  const { log, isOutage } = open();
  await isOutage(a);
  log.length = 0;
  assert.equal(await isOutage(b, { kind: "timeout", message: "" }), true);
  assert.equal(await isOutage(b, { kind: "tls", message: "" }), false);
  assert.deepEqual(log, []);
});

Deno.test("two failures at once begin one outage", async () => {
  const { log, isOutage } = open();
  assert.deepEqual(await Promise.all([isOutage(a), isOutage(b)]), [true, true]);
  assert.deepEqual(log.filter((line) => line.startsWith("down")).length, 1);
});

Deno.test("the network is probed after 1, 2, 4 ... seconds, at most 30 apart, until it is back", async () => {
  const { clock, log, reachable, isOutage, answered, outage } = open();
  answered(b);
  clock.advance(1);
  await isOutage(a);
  const start = clock.now();
  const probes: number[] = [];
  log.length = 0;
  for (let second = 1; second <= 120; second++) {
    clock.advance(1000);
    await settle();
    if (log.includes(`reach ${b}`)) probes.push((clock.now() - start) / 1000);
    log.length = 0;
  }
  assert.deepEqual(probes, [1, 3, 7, 15, 31, 61, 91]);
  reachable.add(b);
  clock.advance(1000);
  await settle();
  assert.deepEqual(log, [`reach ${b}`, "up"]);
  assert.equal(outage.down, undefined);
  clock.advance(1_000_000);
  await settle();
  assert.equal(log.length, 2);
});

Deno.test("an answer ends the outage, whoever gave it", async () => {
  const { clock, log, isOutage, answered, outage } = open();
  await isOutage(a);
  log.length = 0;
  answered(b);
  assert.deepEqual(log, ["up"]);
  assert.equal(outage.down, undefined);
  clock.advance(100_000);
  await settle();
  assert.deepEqual(log, ["up"]);
});

Deno.test("an answer while a probe is under way ends the outage once", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let asked = 0;
  const log: string[] = [];
  const { clock, isOutage, answered } = open({
    reach: () => asked++ === 0 ? Promise.resolve(false) : promise,
    onUp: () => log.push("up"),
    onDown: () => log.push("down"),
  });
  await isOutage(a);
  clock.advance(1000);
  answered(b);
  resolve(false);
  await settle();
  clock.advance(100_000);
  await settle();
  assert.deepEqual(log, ["down", "up"]);
});

Deno.test("an outage of longer than the timeout is told once, and the last wait ends with it", async () => {
  const { clock, log, isOutage } = open({ timeout: 10 });
  await isOutage(a);
  for (let second = 0; second < 100; second++) {
    clock.advance(1000);
    await settle();
  }
  assert.deepEqual(log.filter((line) => line !== `reach ${a}`), [
    `down ${a} connect 1`,
    `down ${a} connect 2`,
    `down ${a} connect 4`,
    `down ${a} connect 3`,
    "timeout",
  ]);
});

Deno.test("each outage has the whole timeout, and begins to probe after a second again", async () => {
  const { clock, log, isOutage, answered } = open({ timeout: 10 });
  await isOutage(a);
  clock.advance(3000);
  await settle();
  answered(b);
  log.length = 0;
  clock.advance(60_000);
  assert.equal(await isOutage(a), true);
  assert.deepEqual(log, [`reach ${b}`, `down ${b} connect 1`]);
});

Deno.test("a host that takes connections and breaks each off is in the end its own fault, or the timeout's", async () => {
  const { clock, log, reachable, isOutage } = open({ timeout: 60 });
  reachable.add(a);
  let verdict = true;
  for (let attempt = 0; attempt < 300 && verdict && !log.includes("timeout"); attempt++) {
    verdict = await isOutage(a);
    clock.advance(1000);
    await settle();
  }
  assert.ok(!verdict || log.includes("timeout"), "300 attempts in 300 seconds, and each is told to wait");
});

Deno.test("stop() ends all waiting", async () => {
  const { clock, log, isOutage, outage } = open();
  await isOutage(a);
  outage.stop();
  log.length = 0;
  clock.advance(1_000_000);
  await settle();
  assert.deepEqual(log, []);
});

Deno.test("lastAnswer is a URL that has answered, also over a resume", () => {
  const { outage, answered } = open();
  assert.equal(outage.lastAnswer, undefined);
  answered(a);
  answered(b);
  assert.equal(outage.lastAnswer, b);
  assert.equal(open({ lastAnswer: a }).outage.lastAnswer, a);
});

Deno.test("after a resume the host that answered in the earlier process is asked", async () => {
  const { log, isOutage, reachable } = open({ lastAnswer: b });
  reachable.add(b);
  assert.equal(await isOutage(a), false);
  assert.deepEqual(log, [`reach ${b}`]);
});

const proxy: Failure = { kind: "proxy", message: "it refused the connection" };

Deno.test("where everything goes through proxies, all of them failing is an outage whatever has answered meanwhile", async () => {
  const { clock, log, isOutage, answered } = open();
  const beganAt = clock.now();
  clock.advance(1000);
  answered(b);
  assert.equal(await isOutage(a, { ...proxy, final: true }, beganAt), true);
  assert.deepEqual(log, [`reach ${b}`, `down ${b} proxy 1`]);
});

Deno.test("proxies that are found to be back are used again, five times without an answer and no more", async () => {
  const { clock, log, reachable, isOutage, answered, outage } = open();
  reachable.add(a);
  for (let n = 0; n < 5; n++) {
    assert.deepEqual(await Promise.all([isOutage(a, proxy), isOutage(a, proxy)]), [true, true]);
    clock.advance(1000);
    await settle();
    assert.equal(outage.down, undefined);
  }
  assert.equal(log.filter((line) => line === "up").length, 5);
  assert.equal(await isOutage(a, proxy), false);
  answered(a);
  assert.equal(await isOutage(a, proxy), true);
});

Deno.test("where proxies are a detour that some hosts need, their failure is no outage, until it has taken too long", async () => {
  const times: number[] = [];
  const { clock, log, isOutage, outage } = open({ detourDownSince: () => times[0], timeout: 60 });
  assert.equal(await isOutage(a, proxy), true);
  times.push(clock.now());
  clock.advance(59_000);
  assert.equal(await isOutage(a, proxy), true);
  assert.deepEqual([log, outage.down], [[], undefined]);
  clock.advance(1000);
  assert.equal(await isOutage(a, proxy), true);
  assert.deepEqual(log, ["timeout"]);
});

Deno.test("before any host has answered, another that waits and can be reached is a witness", async () => {
  const { reachable, isOutage, outage } = open({ hosts: () => ["a.com", "b.com", "c.com:81"] });
  reachable.add("http://c.com:81/");
  assert.equal(await isOutage(a), false);
  assert.equal(outage.down, undefined);
});

Deno.test("the host that failed is no witness, and five others are enough", async () => {
  const { log, isOutage } = open({ hosts: () => ["a.com", ...Array.from({ length: 9 }, (_, at) => `h${at}.com`)] });
  assert.equal(await isOutage(a), true);
  const asked = log.filter((line) => line.startsWith("reach"));
  assert.deepEqual(asked, [0, 1, 2, 3, 4].map((at) => `reach http://h${at}.com/`).concat(`reach ${a}`));
});

Deno.test("an outage before any answer ends when another host that waits can be reached", async () => {
  const { log, reachable, isOutage, clock } = open({ hosts: () => ["a.com", "b.com"] });
  assert.equal(await isOutage(a), true);
  reachable.add("http://b.com/");
  clock.advance(1000);
  await settle();
  assert.equal(log.at(-1), "up");
});

Deno.test("when a host has answered it is the witness, and no other", async () => {
  const { log, answered, isOutage, clock } = open({ hosts: () => ["c.com"] });
  answered(b);
  clock.advance(1);
  await isOutage(a);
  assert.deepEqual(log.slice(0, 1), [`reach ${b}`]);
  assert.ok(!log.includes("reach http://c.com/"));
});

Deno.test("an outage ends when another host can be reached than the one that answered last, which is the witness from then on", async () => {
  for (const found of ["http://c.com/z", "http://d.com/"]) {
    const { log, reachable, answered, isOutage, outage, clock } = open({ hosts: () => ["a.com", "d.com"] });
    answered("http://c.com/z");
    answered(b);
    clock.advance(1);
    assert.equal(await isOutage(a), true);
    reachable.add(found);
    clock.advance(1000);
    await settle();
    assert.equal(outage.down, undefined, found);
    assert.equal(log.at(-1), "up");
    log.length = 0;
    assert.equal(await isOutage(a), false);
    assert.deepEqual(log, [`reach ${found}`]);
  }
});

Deno.test("the hosts that requests wait for are probed in turn, five at a time", async () => {
  const hosts = Array.from({ length: 7 }, (_, at) => `h${at}.com`);
  const { log, answered, isOutage, clock } = open({ hosts: () => hosts });
  answered(b);
  clock.advance(1);
  await isOutage(a);
  const rounds: string[] = [];
  for (const seconds of [1, 2, 4]) {
    log.length = 0;
    clock.advance(1000 * seconds);
    await settle();
    rounds.push(log.flatMap((line) => /^reach http:..(h\d)/.exec(line)?.[1] ?? []).join(" "));
  }
  assert.deepEqual(rounds, ["h0 h1 h2 h3 h4", "h5 h6", "h0 h1 h2 h3 h4"]);
});

Deno.test("where all proxies fail, no other host says that they are back: it may need none", async () => {
  const { log, reachable, answered, isOutage, outage, clock } = open({ hosts: () => ["d.com"] });
  answered(b);
  clock.advance(1);
  await isOutage(a, proxy);
  reachable.add("http://d.com/");
  clock.advance(1000);
  await settle();
  assert.notEqual(outage.down, undefined);
  assert.ok(!log.includes("reach http://d.com/"));
});
