import assert from "node:assert/strict";
import { askProxy, type ProxyState } from "../../../lib/net/proxy/ask_proxy.ts";
import type { Proxy } from "../../../lib/net/proxy/proxy.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { Certificates, hasOpenssl } from "../tls/certificates.ts";
import { type Fault, ProxyServer } from "./proxy_server.ts";
import { closedPort } from "../closed_port.ts";
import { RawServer, send } from "../raw_server.ts";

const credentials = "user:p@ss/wörd";
const options = { clock: systemClock, patience: 0.3 };

/** What a proxy that fails in a way is found to be, asked for a page that is encrypted, one that is not, and by socks. */
const found: readonly (readonly [Fault | undefined, https: ProxyState, http: ProxyState, socks: ProxyState])[] = [
  [undefined, "works", "works", "works"],
  ["denies", "denied", "denied", "denied"],
  ["no-tunnel", "unable", "unable", "unable"],
  ["no-host", "no-host", "no-host", "no-host"],
  ["hangs", "dead", "dead", "dead"],
  ["closes", "dead", "dead", "dead"],
  ["garbage", "dead", "dead", "dead"],
];

for (const [fault, ...states] of found) {
  Deno.test(`askProxy() finds out what a proxy is that ${fault ?? "works"}`, async () => {
    await using server = new ProxyServer({ credentials });
    await using host = new RawServer(() => {});
    const plain = host.url, encrypted = plain.replace("http:", "https:");
    server.fault = fault;
    const http: Proxy = { name: "p", url: server.url, username: "user", password: "p@ss/wörd" };
    const socks: Proxy = { ...http, url: server.socksUrl };
    assert.deepEqual([
      await askProxy(http, encrypted, options),
      await askProxy(http, plain, options),
      await askProxy(socks, encrypted, options),
    ], states);
  });
}

Deno.test("askProxy() tells that nobody is there", async () => {
  const nobody = ["http", "https", "socks5"].map((scheme) => `${scheme}://localhost:${closedPort}`);
  for (const url of [...nobody, "http://proxy.invalid:8080/"]) {
    assert.equal(await askProxy({ name: "p", url }, "https://a.example/", options), "dead");
  }
});

Deno.test("askProxy() tells a wrong password, and a missing one", async () => {
  await using server = new ProxyServer({ credentials });
  for (const url of [server.url, server.socksUrl]) {
    assert.equal(await askProxy({ name: "p", url }, "https://a.example/", options), "denied");
    const wrong = { name: "p", url, username: "user", password: "wrong" };
    assert.equal(await askProxy(wrong, "https://a.example/", options), "denied");
  }
});

Deno.test("askProxy() does not blame a proxy for a host that refuses, where the proxy says so", async () => {
  await using server = new ProxyServer();
  assert.equal(await askProxy({ name: "p", url: server.socksUrl }, "https://localhost:1/", options), "works");
});

Deno.test("askProxy() takes a refusal to connect to a plain page for a rule of the proxy, and for a fault at an encrypted one", async () => {
  await using strict = new RawServer("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  const proxy = { name: "p", url: strict.url };
  assert.equal(await askProxy(proxy, "http://a.example/", options), "works");
  assert.equal(await askProxy(proxy, "https://a.example/", options), "unable");
});

Deno.test("askProxy() does not take a proxy that waits for its host for a dead one", async () => {
  await using server = new ProxyServer();
  server.fault = "waits";
  for (const url of ["https://localhost:1/", "http://localhost:1/"]) {
    assert.equal(await askProxy({ name: "p", url: server.url }, url, options), "works");
    assert.equal(await askProxy({ name: "p", url: server.socksUrl }, url, options), "works");
  }
});

Deno.test({
  name: "askProxy() speaks TLS with a proxy that does, and does not trust just anybody",
  ignore: !hasOpenssl,
  async fn() {
    await using certificates = await Certificates.make();
    await using server = new ProxyServer({ certificate: certificates.good });
    const proxy = { name: "p", url: server.url };
    await using host = new RawServer(() => {});
    const caCerts = [certificates.authority];
    assert.equal(await askProxy(proxy, host.url, { ...options, caCerts }), "works");
    assert.equal(await askProxy(proxy, host.url, options), "dead");
  },
});

Deno.test("askProxy() asks a proxy that fails at a tunnel to a plain page for the page, as requests do", async () => {
  const heads = [
    ["200 OK", "works"],
    ["401 Unauthorized", "works"],
    ["407 Proxy Authentication Required", "denied"],
    ["401 Unauthorized\r\nServer: tinyproxy/1.11", "denied"],
    ["502 Bad Gateway", "unable"],
  ] as const;
  for (const tunnel of ["HTTP/1.1 501 Not Implemented\r\n\r\n", ""]) {
    for (const [head, state] of heads) {
      if (tunnel === "" && state === "unable") continue;
      const lines: string[] = [];
      await using server = new RawServer(async (connection, request) => {
        lines.push(request.split("\r\n")[0]!);
        await send(connection, request.startsWith("CONNECT ") ? tunnel : `HTTP/1.1 ${head}\r\n\r\n`);
        await connection.closeWrite();
      });
      assert.equal(await askProxy({ name: "p", url: server.url }, "http://a.example/b?c#d", options), state, head);
      assert.deepEqual(lines, ["CONNECT a.example:80 HTTP/1.1", "HEAD http://a.example/b?c HTTP/1.1"]);
    }
  }
});
