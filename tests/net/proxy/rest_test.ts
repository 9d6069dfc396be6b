/** The delay of a host between two requests that go to it through two proxies. */

import assert from "node:assert/strict";
import { Engine } from "../../../lib/engine/engine.ts";
import type { EngineParts } from "../../../lib/engine/parts.ts";
import type { FailureKind } from "../../../lib/model/outcome.ts";
import { createRequest } from "../../../lib/model/request.ts";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import { Tiers } from "../../../lib/net/proxy/tiers.ts";
import { done, finish, noLimits, settle, type World, worldOf } from "../../engine/parts.ts";
import { answer, failed, followFrom } from "../../engine/site.ts";

/** A crawl of one page with a delay of 5 s, through proxies of which the first `dead` fail in this way. */
function open(kind: FailureKind, count: number, dead = 1): World & { readonly parts: EngineParts } {
  let failures = 0;
  const world = worldOf({
    spider: followFrom("/0"),
    site: ({ url }) => failures++ < dead ? failed(kind, "it is dead") : answer(url, "page"),
    delay: 5,
  });
  const { clock, parts: { downloader } } = world;
  const proxies = Array.from({ length: count }, (_, n) => ({ name: `p${n + 1}`, url: `http://p${n + 1}:8080/` }));
  const always = new Proxies({ name: "home", proxies, clock });
  const tiers = new Tiers({ downloader, clock, ask: () => Promise.resolve("dead"), always });
  return { ...world, parts: { ...world.parts, tiers } };
}

/** What went through which proxy, and when, in seconds. */
const ways = ({ asked }: World) => asked.map(({ what, proxy, at }) => `${what} ${proxy} ${at / 1000}`);

Deno.test("what a host may have had goes through the next proxy after the delay of the host", async () => {
  for (const kind of ["timeout", "reset", "cut-short", "protocol"] as const) {
    const world = open(kind, 3, 2);
    assert.deepEqual(await finish(world.clock, new Engine(world.parts, noLimits).run()), done);
    assert.deepEqual(world.asked.map(({ at }) => at / 1000), [0, 5, 10], kind);
    assert.equal(new Set(world.asked.map(({ proxy }) => proxy)).size, 3);
  }
});

Deno.test("what no host can have had goes through the next proxy at once", async () => {
  for (const kind of ["proxy", "connect"] as const) {
    const world = open(kind, 3, 2);
    assert.deepEqual(await finish(world.clock, new Engine(world.parts, noLimits).run()), done);
    assert.deepEqual(ways(world), ["/0 p1 0", "/0 p2 0", "/0 p3 0"], kind);
  }
});

Deno.test("nobody waits for a second proxy where there is none", async () => {
  const { parts: { tiers } } = open("reset", 1);
  const request = createRequest("http://a.com/0");
  const { failure } = await tiers.download(request, "home", {}, () => assert.fail("it waits"));
  assert.equal(failure?.kind, "proxy");
});

Deno.test("a crawl that is cancelled meanwhile asks no second proxy", async () => {
  const world = open("reset", 2);
  const engine = new Engine(world.parts, noLimits);
  const running = engine.run();
  await settle();
  engine.cancel("SIGINT");
  assert.deepEqual(await running, { outcome: "paused", reason: "SIGINT" });
  world.clock.advance(60_000);
  await settle();
  assert.deepEqual(ways(world), ["/0 p1 0"]);
});
