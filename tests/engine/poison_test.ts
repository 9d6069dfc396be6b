import assert from "node:assert/strict";
import type { Failure } from "../../lib/model/outcome.ts";
import { Outage } from "../../lib/engine/outage.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { asked, done, epoch, open, pages, settle } from "./parts.ts";
import { answer, failed, followFrom, links, type Site } from "./site.ts";

const reset: Failure = { kind: "reset", message: "it broke the connection off" };
const a = "http://a.com/x";

/** An outage that is over whenever it is probed, and fails to be reached before. */
function flapping() {
  const clock = new ManualClock();
  let isUp = false;
  const outage = new Outage({
    clock,
    reach: () => Promise.resolve(isUp),
    timeout: 600,
    onDown() {},
    onUp() {},
    onTimeout() {},
  });
  return {
    outage,
    async begins(failure = reset, key?: string): Promise<boolean> {
      isUp = false;
      const isOutage = await outage.isOutage("a.com", a, failure, clock.now(), key);
      assert.notEqual(outage.down, undefined);
      isUp = true;
      clock.advance(1000);
      await settle();
      assert.equal(outage.down, undefined);
      return isOutage;
    },
  };
}

Deno.test("an outage that begins with the same request for the third time is its fault, until it has been answered", async () => {
  const { outage, begins } = flapping();
  assert.deepEqual([await begins(), await begins(), await begins(), await begins()], [true, true, false, false]);
  outage.answered("a.com", a);
  assert.deepEqual([await begins(), await begins(), await begins()], [true, true, false]);
});

Deno.test("outages of which each began with another request, or before it was sent, are nobody's fault", async () => {
  const { begins } = flapping();
  for (const key of ["1", "2", "3", "4"]) assert.equal(await begins(reset, key), true, key);
  for (const kind of ["connect", "dns"] as const) {
    for (let n = 0; n < 4; n++) assert.equal(await begins({ kind, message: "" }), true, kind);
  }
});

/** A server that one page crashes; somebody starts it again after a second. */
function crashing(clock: ManualClock, latency: number, names: readonly string[]): Site {
  let upAt = 0, crashes = 0;
  return async ({ url }) => {
    if (clock.now() < upAt) return failed("connect");
    const crash = crashes;
    await new Promise<void>((resolve) => clock.after(latency, resolve));
    if (url.endsWith("/poison")) {
      crashes += 1;
      upAt = clock.now() + 1000;
    }
    if (crash !== crashes) return failed("reset");
    return answer(url, url === "http://a.com/" ? links(...names) : "");
  };
}

for (const throttle of [true, false]) {
  Deno.test(`a page that crashes its server is asked for a few times, and costs no other${throttle ? ", slowed down" : ""}`, async () => {
    const clock = new ManualClock(epoch);
    const names = [...Array(10).keys()].map((n) => `/${n}`);
    const all = [...names.slice(0, 5), "/poison", ...names.slice(5)];
    const site = crashing(clock, 50, all);
    let isUp = true;
    const watched: Site = async (request, signal) => {
      const outcome = await site(request, signal);
      isUp = outcome.failure === undefined;
      return outcome;
    };
    const reach = () => {
      const now = isUp;
      isUp = true;
      return Promise.resolve(now);
    };
    const run = open({ spider: followFrom("/"), site: watched, clock, throttle, outage: { reach } });
    assert.deepEqual(await run.crawl(50), done);
    assert.deepEqual(pages(run), ["/", ...names]);
    assert.deepEqual(run.failures().map(({ url, kind }) => [url, kind]), [["http://a.com/poison", "reset"]]);
    const times = asked(run).filter((what) => what === "/poison").length;
    const most = throttle ? 7 : 12;
    assert.ok(times >= 3 && times <= most, `it was asked for ${times} times`);
  });
}
