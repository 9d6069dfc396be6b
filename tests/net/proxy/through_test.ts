import assert from "node:assert/strict";
import { askProxy } from "../../../lib/net/proxy/ask_proxy.ts";
import type { Downloadable } from "../../../lib/net/download.ts";
import { Downloader, type DownloaderOptions } from "../../../lib/net/download.ts";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import type { Proxy } from "../../../lib/net/proxy/proxy.ts";
import { downloadThrough } from "../../../lib/net/proxy/through.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { Certificates, hasOpenssl } from "../tls/certificates.ts";
import { ProxyServer, type ProxyServerOptions } from "./proxy_server.ts";
import { RawServer } from "../raw_server.ts";

const secret = "user:p@ss/wörd 100%";
const [username, password] = secret.split(":") as [string, string];

/** A site, some proxies and a downloader; `get` asks through the proxies, `log` is what they say of themselves. */
async function worldOf(count: number, said: ProxyServerOptions & { tls?: boolean } & Partial<DownloaderOptions> = {}) {
  await using opened = new AsyncDisposableStack();
  const certificates = said.tls ? opened.use(await Certificates.make()) : undefined;
  const seen: string[] = [];
  const site = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    ...certificates && { cert: certificates.good.cert, key: certificates.good.key },
  }, async (request) => {
    seen.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`.trim());
    return new Response("hello ".repeat(10_000), { headers: { "x-own": "yes", "cache-control": "no-transform" } });
  });
  opened.defer(() => site.shutdown());
  const servers = Array.from({ length: count }, () => opened.use(new ProxyServer(said)));
  const log: string[] = [];
  const proxies = new Proxies({
    name: "house",
    proxies: servers.map(({ url }, at) => ({ name: `house ${at + 1}`, url, username, password })),
    clock: systemClock,
    onTrouble: (line) => log.push(line),
  });
  const caCerts = certificates ? [certificates.authority] : [];
  const downloader = opened.use(
    new Downloader({
      userAgent: "trawl/1",
      connectTimeout: 0.3,
      idleTimeout: 0.3,
      connectionsPerHost: 0,
      caCerts,
      ...said,
    }),
  );
  const url = `${certificates ? "https" : "http"}://localhost:${site.addr.port}/page`;
  const get = (to = url, request: Partial<Downloadable> = {}, repeatable = true, through = proxies) =>
    downloadThrough({ url: to, method: "GET", headers: {}, body: undefined, ...request }, through, {}, {
      downloader,
      clock: systemClock,
      ask: (proxy, about) => askProxy(proxy, about, { clock: systemClock, patience: 0.3, caCerts }),
      repeatable,
    });
  const disposer = opened.move();
  return { url, seen, servers, proxies, log, get, certificates, [Symbol.asyncDispose]: () => disposer.disposeAsync() };
}

function socks({ socksUrl }: ProxyServer): Proxy {
  return { name: "socks", url: socksUrl, username, password };
}

/** Runs over http and https; the latter where there is openssl. */
function both(name: string, test: (tls: boolean) => Promise<void>): void {
  Deno.test(`${name}, http`, () => test(false));
  Deno.test({ name: `${name}, https`, ignore: !hasOpenssl, fn: () => test(true) });
}

both("requests go through the proxies in turn, with user name and password", async (tls) => {
  await using world = await worldOf(2, { tls, credentials: secret });
  for (let n = 0; n < 4; n++) {
    const { response } = await world.get();
    assert.equal(response?.headers.get("x-own"), "yes");
  }
  const { host, pathname } = new URL(world.url);
  for (const { asked } of world.servers) {
    assert.equal(asked.length, 2);
    for (const each of asked) {
      assert.deepEqual(each, {
        how: tls ? "connect" : "forward",
        target: host,
        ...!tls && { path: pathname },
        credentials: secret,
      });
    }
  }
  assert.deepEqual(world.log, []);
});

both("a proxy that refuses connections rests, and its request goes through the next", async (tls) => {
  await using world = await worldOf(2, { tls });
  await world.servers[0]!.down();
  for (let n = 0; n < 3; n++) assert.equal((await world.get()).response?.status, 200);
  assert.deepEqual(world.log, ['The proxy "house 1" refused the connection; it rests for 30 s']);
  assert.equal(world.seen.length, 3);
});

both("a proxy that cannot be found rests", async (tls) => {
  await using world = await worldOf(1, { tls });
  const proxies = new Proxies({
    name: "lost",
    proxies: [{ name: "lost", url: "http://proxy.invalid:8080/" }],
    clock: systemClock,
  });
  const { failure } = await world.get(undefined, {}, true, proxies);
  assert.deepEqual(failure, { kind: "proxy", message: 'Cannot look up the address of the proxy "lost"' });
});

for (const fault of ["hangs", "closes", "garbage"] as const) {
  both(`a proxy that ${fault} is found out, and its request goes through the next`, async (tls) => {
    await using world = await worldOf(2, { tls });
    world.servers[0]!.fault = fault;
    assert.equal((await world.get()).response?.status, 200);
    assert.equal(world.log.length, 1, world.log.join("\n"));
    assert.match(world.log[0]!, /^The proxy "house 1" does not answer \(.*\); it rests for 30 s$/);
    assert.equal(world.seen.length, 1);
  });
}

both("a proxy that dies in the middle of an answer does not cost the page", async (tls) => {
  await using world = await worldOf(2, { tls });
  world.servers[0]!.fault = "dies";
  const { response, failure } = await world.get();
  assert.equal(response?.body.length, 60_000, failure?.message);
  assert.match(world.log.join("\n"), /^The proxy "house 1" does not answer/);
});

both("a proxy that refuses the password is not asked again; when all do, that is the final word", async (tls) => {
  await using world = await worldOf(2, { tls, credentials: secret });
  world.servers[0]!.fault = "denies";
  assert.equal((await world.get()).response?.status, 200);
  const { length } = world.servers[0]!.asked;
  assert.equal((await world.get()).response?.status, 200);
  assert.equal(world.servers[0]!.asked.length, length);
  assert.equal(world.proxies.areDenied, false);
  world.servers[1]!.fault = "denies";
  const { failure } = await world.get();
  assert.deepEqual(failure, {
    kind: "proxy",
    message: 'The proxy "house 2" refuses the user name and password',
    final: true,
  });
  assert.equal(world.proxies.areDenied, true);
  assert.deepEqual(world.log, [
    'The proxy "house 1" refuses the user name and password; it is not asked again',
    'The proxy "house 2" refuses the user name and password; it is not asked again',
  ]);
});

both("a proxy that gets nowhere rests when another gets through", async (tls) => {
  await using world = await worldOf(2, { tls });
  world.servers[0]!.fault = "no-tunnel";
  assert.equal((await world.get()).response?.status, 200);
  assert.match(world.log.join("\n"), /^The proxy "house 1" gives no connection to localhost:\d+.*; it rests for 30 s$/);
});

both("a host that no proxy reaches is the host's failure, and none of them rests", async (tls) => {
  await using world = await worldOf(2, { tls });
  for (const server of world.servers) server.fault = "no-tunnel";
  const { failure } = await world.get();
  assert.equal(failure?.kind, "connect");
  assert.match(failure!.message, /^The proxy "house 1" gives no connection to localhost:\d+/);
  assert.deepEqual(world.log, []);
  assert.notEqual(world.proxies.next(), undefined);
});

both("a proxy that has just worked does not rest for one host that it gets no connection to", async (tls) => {
  await using world = await worldOf(2, { tls });
  for (let n = 0; n < 2; n++) await world.get();
  world.servers[0]!.fault = "no-tunnel";
  assert.equal((await world.get()).response?.status, 200);
  assert.deepEqual(world.log, []);
});

for (const [status, headers] of [[407, {}], [502, { "x-squid-error": "ERR_DNS_FAIL 0" }]] as const) {
  Deno.test(`a host that answers ${status} as if it were the proxy harms nobody, and is asked once`, async () => {
    await using world = await worldOf(2);
    let asked = 0;
    await using host = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
      asked += 1;
      return new Response("", { status, headers });
    });
    const { response, failure } = await world.get(`http://localhost:${host.addr.port}/`);
    assert.equal(response?.status, status, failure?.message);
    assert.equal(asked, 1);
    assert.deepEqual(world.log, []);
    assert.equal(world.servers[1]!.asked.length, 0);
  });
}

both("a name that a proxy cannot find is final, and one proxy's word is enough", async (tls) => {
  await using world = await worldOf(2, { tls });
  const { failure } = await world.get(`${tls ? "https" : "http"}://no-such-host.example/`);
  assert.deepEqual(failure, {
    kind: "dns",
    message: 'The proxy "house 1" finds no host no-such-host.example',
    final: true,
  });
  assert.deepEqual(world.log, []);
  assert.deepEqual(world.servers[1]!.asked, []);
});

both("a host that says nothing is not taken for a dead proxy", async (tls) => {
  await using world = await worldOf(2, { tls });
  await using silent = new RawServer(() => {});
  const { failure } = await world.get(tls ? silent.url.replace("http:", "https:") : silent.url);
  assert.equal(failure?.kind, "timeout");
  assert.deepEqual(world.log, []);
  assert.equal(world.servers[1]!.asked.length, 0);
});

both("with every proxy down the failure is theirs", async (tls) => {
  await using world = await worldOf(2, { tls });
  for (const server of world.servers) await server.down();
  const refused = await world.get();
  assert.deepEqual(refused.failure, { kind: "proxy", message: 'The proxy "house 2" refused the connection' });
  const resting = await world.get();
  assert.deepEqual(resting.failure, { kind: "proxy", message: 'The proxies of "house" all rest' });
});

both("a request that may not be sent twice goes to another proxy only when nothing was sent", async (tls) => {
  await using world = await worldOf(2, { tls });
  const post = { method: "POST", body: "order" };
  await world.servers[0]!.down();
  assert.equal((await world.get(undefined, post, false)).response?.status, 200);
  assert.deepEqual(world.seen, ["POST /page order"]);
  world.servers[1]!.fault = "hangs";
  world.servers[0]!.up();
  const { failure } = await world.get(undefined, post, false);
  assert.equal(failure?.kind, "timeout");
  assert.deepEqual(world.seen, ["POST /page order"]);
});

Deno.test({
  name: "a proxy that reads along is not believed, and rests when another shows the host's own certificate",
  ignore: !hasOpenssl,
  async fn() {
    await using world = await worldOf(2, { tls: true });
    await using spy = Deno.serve({
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      cert: world.certificates!.selfSigned.cert,
      key: world.certificates!.selfSigned.key,
    }, () => new Response("read along"));
    for (const server of world.servers) server.detour = `127.0.0.1:${spy.addr.port}`;
    const { failure } = await world.get();
    assert.equal(failure?.kind, "tls");
    assert.equal(failure?.final, true);
    assert.deepEqual(world.log, []);
    world.servers[1]!.detour = undefined;
    assert.equal((await world.get()).response?.headers.get("x-own"), "yes");
    assert.match(world.log.join("\n"), /^Cannot trust the certificate of localhost:\d+.*; it rests for 30 s$/);
  },
});

Deno.test({
  name: "a proxy may speak TLS itself",
  ignore: !hasOpenssl,
  async fn() {
    await using certificates = await Certificates.make();
    await using world = await worldOf(1, {
      certificate: certificates.good,
      caCerts: [certificates.authority],
      credentials: secret,
    });
    const { response, failure } = await world.get();
    assert.equal(response?.status, 200, failure?.message);
  },
});

both("socks5 carries requests, with user name and password", async (tls) => {
  await using world = await worldOf(1, { tls, credentials: secret });
  const proxies = new Proxies({ name: "socks", proxies: [socks(world.servers[0]!)], clock: systemClock });
  assert.equal((await world.get(undefined, {}, true, proxies)).response?.status, 200);
  const { host } = new URL(world.url);
  assert.deepEqual(world.servers[0]!.asked, [{ how: "socks5", target: host, credentials: secret }]);
});

const socksFaults = {
  denies: { kind: "proxy", message: 'The proxy "socks" refuses the user name and password', final: true },
  "no-host": { kind: "dns", message: 'The proxy "socks" finds no host localhost', final: true },
  "no-tunnel": /^The proxy "socks" gives no connection to localhost:\d+: General SOCKS server failure$/,
  hangs: /^The proxy "socks" does not answer \(localhost:\d+ sent no answer within 300 ms\)$/,
  closes: /^The proxy "socks" does not answer/,
  garbage: /^The proxy "socks" does(?: not answer| not speak SOCKS5)/,
} as const;

for (const [fault, wanted] of Object.entries(socksFaults)) {
  both(`socks5: what a proxy that "${fault}" comes to`, async (tls) => {
    await using world = await worldOf(1, { tls });
    world.servers[0]!.fault = fault as keyof typeof socksFaults;
    const proxies = new Proxies({ name: "socks", proxies: [socks(world.servers[0]!)], clock: systemClock });
    const { failure } = await world.get(undefined, {}, true, proxies);
    if (wanted instanceof RegExp) assert.match(failure!.message, wanted);
    else assert.deepEqual(failure, wanted);
  });
}

both("socks5: a host that refuses the connection is the host's failure", async (tls) => {
  await using world = await worldOf(1, { tls });
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  const proxies = new Proxies({ name: "socks", proxies: [socks(world.servers[0]!)], clock: systemClock });
  const { failure } = await world.get(`${tls ? "https" : "http"}://localhost:${port}/`, {}, true, proxies);
  assert.equal(failure?.kind, "connect");
  assert.notEqual(proxies.next(), undefined);
});
