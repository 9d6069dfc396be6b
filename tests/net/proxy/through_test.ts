import assert from "node:assert/strict";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { RawServer } from "../raw_server.ts";
import { Certificates, hasOpenssl } from "../tls/certificates.ts";
import { httpAndHttps, secret, siteBehindProxies } from "./site_behind_proxies.ts";

httpAndHttps("requests go through the proxies in turn, with user name and password", async (tls) => {
  await using world = await siteBehindProxies(2, { tls, credentials: secret });
  for (let n = 0; n < 4; n++) {
    const { response } = await world.ask();
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

httpAndHttps("a proxy that refuses connections rests, and its request goes through the next", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  await world.servers[0]!.down();
  for (let n = 0; n < 3; n++) assert.equal((await world.ask()).response?.status, 200);
  assert.deepEqual(world.log, ['The proxy "house 1" refused the connection; it rests for 30 s']);
  assert.equal(world.seen.length, 3);
});

httpAndHttps("a proxy that cannot be found rests", async (tls) => {
  await using world = await siteBehindProxies(1, { tls });
  const proxies = new Proxies({
    name: "lost",
    proxies: [{ name: "lost", url: "http://proxy.invalid:8080/" }],
    clock: systemClock,
  });
  const { failure } = await world.ask({ through: proxies });
  assert.deepEqual(failure, { kind: "proxy", message: 'Cannot look up the address of the proxy "lost"' });
});

for (const fault of ["hangs", "closes", "garbage"] as const) {
  httpAndHttps(`a proxy that ${fault} is found out, and its request goes through the next`, async (tls) => {
    await using world = await siteBehindProxies(2, { tls });
    world.servers[0]!.fault = fault;
    assert.equal((await world.ask()).response?.status, 200);
    assert.equal(world.log.length, 1, world.log.join("\n"));
    assert.match(world.log[0]!, /^The proxy "house 1" does not answer \(.*\); it rests for 30 s$/);
    assert.equal(world.seen.length, 1);
  });
}

httpAndHttps("a proxy that dies in the middle of an answer does not cost the page", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  world.servers[0]!.fault = "dies";
  const { response, failure } = await world.ask();
  assert.equal(response?.body.length, 60_000, failure?.message);
  assert.match(world.log.join("\n"), /^The proxy "house 1" does not answer/);
});

httpAndHttps(
  "a proxy that refuses the password is not asked again; when all do, that is the final word",
  async (tls) => {
    await using world = await siteBehindProxies(2, { tls, credentials: secret });
    world.servers[0]!.fault = "denies";
    assert.equal((await world.ask()).response?.status, 200);
    const { length } = world.servers[0]!.asked;
    assert.equal((await world.ask()).response?.status, 200);
    assert.equal(world.servers[0]!.asked.length, length);
    assert.equal(world.proxies.areDenied, false);
    world.servers[1]!.fault = "denies";
    const { failure } = await world.ask();
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
  },
);

httpAndHttps("a proxy that gets nowhere rests when another gets through", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  world.servers[0]!.fault = "no-tunnel";
  assert.equal((await world.ask()).response?.status, 200);
  assert.match(world.log.join("\n"), /^The proxy "house 1" gives no connection to localhost:\d+.*; it rests for 30 s$/);
});

httpAndHttps("a host that no proxy reaches is the host's failure, and none of them rests", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  for (const server of world.servers) server.fault = "no-tunnel";
  const { failure } = await world.ask();
  assert.equal(failure?.kind, "connect");
  assert.match(failure!.message, /^The proxy "house 1" gives no connection to localhost:\d+/);
  assert.deepEqual(world.log, []);
  assert.notEqual(world.proxies.next(), undefined);
});

httpAndHttps("a proxy that has just worked does not rest for one host that it gets no connection to", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  for (let n = 0; n < 2; n++) await world.ask();
  world.servers[0]!.fault = "no-tunnel";
  assert.equal((await world.ask()).response?.status, 200);
  assert.deepEqual(world.log, []);
});

for (const [status, headers] of [[407, {}], [502, { "x-squid-error": "ERR_DNS_FAIL 0" }]] as const) {
  Deno.test(`a host that answers ${status} as if it were the proxy harms nobody, and is asked once`, async () => {
    await using world = await siteBehindProxies(2);
    let asked = 0;
    await using host = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
      asked += 1;
      return new Response("", { status, headers });
    });
    const { response, failure } = await world.ask({ url: `http://localhost:${host.addr.port}/` });
    assert.equal(response?.status, status, failure?.message);
    assert.equal(asked, 1);
    assert.deepEqual(world.log, []);
    assert.equal(world.servers[1]!.asked.length, 0);
  });
}

httpAndHttps("a name that a proxy cannot find is final, and one proxy's word is enough", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  const { failure } = await world.ask({ url: `${tls ? "https" : "http"}://no-such-host.example/` });
  assert.deepEqual(failure, {
    kind: "dns",
    message: 'The proxy "house 1" finds no host no-such-host.example',
    final: true,
  });
  assert.deepEqual(world.log, []);
  assert.deepEqual(world.servers[1]!.asked, []);
});

httpAndHttps("a host that says nothing is not taken for a dead proxy", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  await using silent = new RawServer(() => {});
  const { failure } = await world.ask({ url: tls ? silent.url.replace("http:", "https:") : silent.url });
  assert.equal(failure?.kind, "timeout");
  assert.deepEqual(world.log, []);
  assert.equal(world.servers[1]!.asked.length, 0);
});

httpAndHttps("with every proxy down the failure is theirs", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  for (const server of world.servers) await server.down();
  const refused = await world.ask();
  assert.deepEqual(refused.failure, { kind: "proxy", message: 'The proxy "house 2" refused the connection' });
  const resting = await world.ask();
  assert.deepEqual(resting.failure, { kind: "proxy", message: 'The proxies of "house" all rest' });
});

httpAndHttps("a request that may not be sent twice goes to another proxy only when nothing was sent", async (tls) => {
  await using world = await siteBehindProxies(2, { tls });
  const post = { method: "POST", body: "order" };
  await world.servers[0]!.down();
  assert.equal((await world.ask({ ...post, repeatable: false })).response?.status, 200);
  assert.deepEqual(world.seen, ["POST /page order"]);
  world.servers[1]!.fault = "hangs";
  world.servers[0]!.up();
  const { failure } = await world.ask({ ...post, repeatable: false });
  assert.equal(failure?.kind, "timeout");
  assert.deepEqual(world.seen, ["POST /page order"]);
});

Deno.test({
  name: "a proxy that reads along is not believed, and rests when another shows the host's own certificate",
  ignore: !hasOpenssl,
  async fn() {
    await using world = await siteBehindProxies(2, { tls: true });
    await using spy = Deno.serve({
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      cert: world.certificates!.selfSigned.cert,
      key: world.certificates!.selfSigned.key,
    }, () => new Response("read along"));
    for (const server of world.servers) server.detour = `127.0.0.1:${spy.addr.port}`;
    const { failure } = await world.ask();
    assert.equal(failure?.kind, "tls");
    assert.equal(failure?.final, true);
    assert.deepEqual(world.log, []);
    world.servers[1]!.detour = undefined;
    assert.equal((await world.ask()).response?.headers.get("x-own"), "yes");
    assert.match(world.log.join("\n"), /^Cannot trust the certificate of localhost:\d+.*; it rests for 30 s$/);
  },
});

Deno.test({
  name: "a proxy may speak TLS itself",
  ignore: !hasOpenssl,
  async fn() {
    await using certificates = await Certificates.make();
    await using world = await siteBehindProxies(1, {
      certificate: certificates.good,
      caCerts: [certificates.authority],
      credentials: secret,
    });
    const { response, failure } = await world.ask();
    assert.equal(response?.status, 200, failure?.message);
  },
});
