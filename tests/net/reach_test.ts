import assert from "node:assert/strict";
import { reach } from "../../lib/net/reach.ts";
import { Proxies } from "../../lib/net/proxy/proxies.ts";
import { EnvironmentProxies } from "../../lib/net/proxy/environment.ts";
import type { ProxyState } from "../../lib/net/proxy/ask_proxy.ts";
import { Tiers, type TiersOptions } from "../../lib/net/proxy/tiers.ts";
import { ManualClock, systemClock } from "../../lib/time/clock.ts";
import { closedPort } from "./closed_port.ts";
import { RawServer } from "./raw_server.ts";

Deno.test("reach() says whether a host takes a connection", async () => {
  await using server = new RawServer("");
  assert.equal(await reach(server.url, systemClock), true);
  assert.equal(await reach(`http://127.0.0.1:${closedPort}/`, systemClock), false);
});

/** Tiers in an environment, of which each proxy says the state of its name. */
function tiersIn(
  environment: Record<string, string>,
  states: Readonly<Record<string, ProxyState>> = {},
  said: Partial<TiersOptions> = {},
) {
  const asked: string[] = [];
  const tiers = new Tiers({
    clock: systemClock,
    downloader: { download: () => assert.fail("nothing is downloaded"), close() {} },
    environment: new EnvironmentProxies(environment),
    ask({ name }, url) {
      asked.push(`${name} ${url}`);
      return Promise.resolve(states[name] ?? "works");
    },
    ...said,
  });
  return { tiers, asked };
}

const named = (name: string) =>
  new Proxies({ name, proxies: [{ name, url: `http://${name}.test/` }], clock: new ManualClock() });

Deno.test("a host is reached on the way that its requests go: through the proxy of the environment", async () => {
  const environment = { HTTP_PROXY: "http://p.test:3128", HTTPS_PROXY: "http://q.test:3128" };
  const { tiers, asked } = tiersIn(environment, { HTTPS_PROXY: "dead" });
  assert.equal(await tiers.reach("http://a.test/x"), true);
  assert.equal(await tiers.reach("https://a.test/x"), false);
  assert.deepEqual(asked, ["HTTP_PROXY http://a.test/x", "HTTPS_PROXY https://a.test/x"]);
});

Deno.test("what a proxy of the environment says decides: it works where it finds no such host, and where it is unable, for a plain page alone", async () => {
  for (
    const [state, isReached] of [
      ["works", true],
      ["no-host", true],
      ["unable", true],
      ["denied", false],
      ["dead", false],
      ["unknown", undefined],
    ] as const
  ) {
    const { tiers } = tiersIn({ ALL_PROXY: "http://p.test" }, { ALL_PROXY: state });
    assert.equal(await tiers.reach("http://a.test/"), isReached, state);
    // Over https the proxy cannot answer in the host's place.
    assert.equal(await tiers.reach("https://a.test/"), state === "unable" ? false : isReached, state);
  }
});

Deno.test("the hosts of NO_PROXY are reached directly, also where a proxy is named", async () => {
  await using server = new RawServer("");
  const environment = { HTTP_PROXY: "http://p.test", NO_PROXY: "127.0.0.1" };
  for (const said of [{}, { always: named("house") }]) {
    const { tiers, asked } = tiersIn(environment, {}, said);
    assert.equal(await tiers.reach(server.url), true);
    assert.equal(await tiers.reach(`http://127.0.0.1:${closedPort}/`), false);
    assert.deepEqual(asked, []);
  }
});

Deno.test("a proxy that is named goes before that of the environment", async () => {
  const { tiers, asked } = tiersIn({ HTTP_PROXY: "http://p.test" }, {}, { always: named("house") });
  assert.equal(await tiers.reach("http://a.test/"), true);
  assert.deepEqual(asked, ["house http://a.test/"]);
});

Deno.test("a host that is asked through the paid proxies is reached through them, and others as if there were none", async () => {
  const { tiers, asked } = tiersIn({ HTTP_PROXY: "http://p.test" }, {}, { paid: named("datacenter") });
  tiers.blocked("b.test", "direct");
  assert.equal(await tiers.reach("http://b.test/"), true);
  assert.equal(await tiers.reach("http://a.test/"), true);
  assert.deepEqual(asked, ["datacenter http://b.test/", "HTTP_PROXY http://a.test/"]);
});
