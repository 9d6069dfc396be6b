import assert from "node:assert/strict";
import { KeyedLog } from "../../../lib/disk/keyed_log.ts";
import type { Outcome } from "../../../lib/model/outcome.ts";
import type { ProxyState } from "../../../lib/net/proxy/ask_proxy.ts";
import type { Sending } from "../../../lib/net/download.ts";
import { EnvironmentProxies } from "../../../lib/net/proxy/environment.ts";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import { Tiers, type TiersOptions } from "../../../lib/net/proxy/tiers.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { FaultyDisk } from "../../disk/faulty_disk.ts";

const host = "shop.example", url = "https://shop.example/";
const page: Outcome = {
  response: { url, status: 200, headers: new Headers(), body: new Uint8Array(0), latency: 0 },
};
const request = { url, method: "GET", headers: {}, body: undefined };

function open(said: Partial<TiersOptions> = {}, states: Readonly<Record<string, ProxyState>> = {}) {
  const clock = new ManualClock();
  const sent: (string | undefined)[] = [], asked: string[] = [];
  const proxies = (name: string, count: number) =>
    new Proxies({
      name,
      proxies: Array.from({ length: count }, (_, n) => ({ name: `${name} ${n}`, url: `http://${name}${n}/` })),
      clock,
    });
  const tiers = new Tiers({
    clock,
    downloader: {
      download(_request: unknown, { proxy }: Sending = {}) {
        sent.push(proxy?.name);
        return Promise.resolve(page);
      },
      close() {},
    },
    ask({ name }) {
      asked.push(name);
      return Promise.resolve(states[name] ?? "works");
    },
    ...said,
  });
  return { clock, sent, asked, proxies, tiers };
}

Deno.test("without proxies everything is direct", async () => {
  const { tiers, sent } = open();
  assert.equal(tiers.choose(host, true), "direct");
  assert.equal(tiers.blocked(host, "direct"), undefined);
  assert.equal(tiers.choose(host, true), "direct");
  await tiers.download(request, "direct", {});
  assert.deepEqual(sent, [undefined]);
});

Deno.test("where everything goes through proxies, a block changes nothing", async () => {
  const { proxies } = open();
  const { tiers, sent } = open({ always: proxies("house", 2) });
  assert.equal(tiers.choose(host, true), "house");
  assert.equal(tiers.blocked(host, "house"), undefined);
  for (let n = 0; n < 3; n++) await tiers.download(request, tiers.choose(host, true), {});
  assert.deepEqual(sent, ["house 0", "house 1", "house 0"]);
  assert.equal(tiers.isDetour("house"), false);
});

Deno.test("what is blocked is learnt, and sent through the paid proxies until they all refuse the password", async () => {
  const { proxies } = open();
  const paid = proxies("datacenter", 1);
  const { tiers, sent } = open({ paid });
  assert.equal(tiers.choose(host, true), "direct");
  assert.equal(tiers.blocked(host, "direct"), "datacenter");
  assert.equal(tiers.choose(host, false), "datacenter");
  assert.equal(tiers.isDetour("datacenter"), true);
  await tiers.download(request, "datacenter", {});
  assert.deepEqual(sent, ["datacenter 0"]);
  paid.denied(paid.next()!, "wrong");
  assert.equal(tiers.choose(host, true), "direct");
  assert.equal(tiers.blocked(host, "direct"), undefined);
});

Deno.test("what an earlier process has learnt counts, also where it was with other proxies", () => {
  const { proxies } = open();
  const disk = new FaultyDisk();
  const log = new KeyedLog({ disk, path: "/exiles" });
  open({ paid: proxies("datacenter", 1), log }).tiers.blocked(host, "direct");
  log.flush();
  assert.equal(open({ paid: proxies("datacenter", 2), log }).tiers.choose(host, true), "datacenter");
  assert.equal(open({ log }).tiers.choose(host, true), "direct");
  log.flush();
  assert.equal(log.size, 1, "it is not forgotten for the time being");
});

Deno.test("a host is reached when one of four proxies gets there, which is well again; others are asked the next time", async () => {
  const { proxies } = open();
  const house = proxies("house", 6);
  const states = Object.fromEntries([0, 1, 2, 3].map((n) => [`house ${n}`, "dead" as const]));
  const { tiers, asked } = open({ always: house }, { ...states, "house 4": "unable" });
  for (const proxy of house.some(6)) house.failed(proxy, 1, "dead");
  assert.equal(await tiers.reach(url), false);
  assert.deepEqual(asked, ["house 0", "house 1", "house 2", "house 3"]);
  assert.equal(house.next(), undefined);
  assert.equal(await tiers.reach(url), true);
  assert.deepEqual(asked.slice(4), ["house 4", "house 5", "house 0", "house 1"]);
  assert.equal(house.next()?.name, "house 5");
});

Deno.test("the proxy of the environment is the network for plain pages: that it has no connection is an answer", async () => {
  const environment = new EnvironmentProxies({ ALL_PROXY: "http://p.test:1" });
  const { tiers, proxies } = open({ environment }, { ALL_PROXY: "unable" });
  assert.equal(await tiers.reach("http://a.test/"), true);
  assert.equal(await tiers.reach("https://a.test/"), false);
  assert.equal(await tiers.reach("http://a.test/", true), false);
  const named = open({ always: proxies("house", 1) }, { "house 0": "unable" });
  assert.equal(await named.tiers.reach("http://a.test/"), false);
});

Deno.test("a gateway's error is not sure to be the host's where a proxy may have written it", () => {
  const environment = new EnvironmentProxies({ HTTP_PROXY: "http://p.test:1", NO_PROXY: "near.test" });
  const { tiers, proxies } = open({ environment });
  const house = open({ always: proxies("house", 1), environment: new EnvironmentProxies({}) }).tiers;
  const plain = { url: "http://a.test/" };
  for (const status of [502, 503, 504]) {
    assert.equal(tiers.isOfHost(plain, status, "direct"), false);
    assert.equal(tiers.isOfHost({ url: "https://a.test/" }, status, "direct"), true);
    assert.equal(tiers.isOfHost({ url: "http://near.test/" }, status, "direct"), true);
    assert.equal(house.isOfHost(plain, status, "house"), false);
    assert.equal(house.isOfHost(plain, status, "direct"), true);
  }
  for (const status of [200, 404, 500]) assert.equal(tiers.isOfHost(plain, status, "direct"), true);
  const socks = open({ environment: new EnvironmentProxies({ ALL_PROXY: "socks5://p.test:1" }) }).tiers;
  assert.equal(socks.isOfHost(plain, 502, "direct"), true);
});
