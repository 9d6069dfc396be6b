import assert from "node:assert/strict";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { closedPort } from "../closed_port.ts";
import type { ProxyServer } from "./proxy_server.ts";
import { httpAndHttps, password, secret, siteBehindProxies, username } from "./site_behind_proxies.ts";

/** One proxy, which is spoken to in SOCKS5. */
function bySocks({ socksUrl }: ProxyServer): Proxies {
  const proxies = [{ name: "socks", url: socksUrl, username, password }];
  return new Proxies({ name: "socks", proxies, clock: systemClock });
}

httpAndHttps("socks5 carries requests, with user name and password", async (tls) => {
  await using world = await siteBehindProxies(1, { tls, credentials: secret });
  const proxies = bySocks(world.servers[0]!);
  assert.equal((await world.ask({ through: proxies })).response?.status, 200);
  const { host } = new URL(world.url);
  assert.deepEqual(world.servers[0]!.asked, [{ how: "socks5", target: host, credentials: secret }]);
});

const comesTo = {
  denies: { kind: "proxy", message: 'The proxy "socks" refuses the user name and password', final: true },
  "no-host": { kind: "dns", message: 'The proxy "socks" finds no host localhost', final: true },
  "no-tunnel": /^The proxy "socks" gives no connection to localhost:\d+: General SOCKS server failure$/,
  hangs: /^The proxy "socks" does not answer \(localhost:\d+ sent no answer within 2 s\)$/,
  closes: /^The proxy "socks" does not answer/,
  garbage: /^The proxy "socks" does(?: not answer| not speak SOCKS5)/,
} as const;

for (const [fault, wanted] of Object.entries(comesTo)) {
  httpAndHttps(`socks5: what a proxy that "${fault}" comes to`, async (tls) => {
    await using world = await siteBehindProxies(1, { tls });
    world.servers[0]!.fault = fault as keyof typeof comesTo;
    const proxies = bySocks(world.servers[0]!);
    const { failure } = await world.ask({ through: proxies });
    if (wanted instanceof RegExp) assert.match(failure!.message, wanted);
    else assert.deepEqual(failure, wanted);
  });
}

httpAndHttps("socks5: a host that refuses the connection is the host's failure", async (tls) => {
  await using world = await siteBehindProxies(1, { tls });
  const proxies = bySocks(world.servers[0]!);
  const { failure } = await world.ask({
    url: `${tls ? "https" : "http"}://localhost:${closedPort}/`,
    through: proxies,
  });
  assert.equal(failure?.kind, "connect");
  assert.notEqual(proxies.next(), undefined);
});
