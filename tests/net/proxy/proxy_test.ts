import assert from "node:assert/strict";
import { proxyChoice } from "../../../lib/cli/proxy.ts";
import { Downloader } from "../../../lib/net/download.ts";
import { authorizationOf } from "../../../lib/net/proxy/proxy.ts";
import { RawServer, send } from "../raw_server.ts";

Deno.test("authorizationOf() signs in with a password alone, or a name alone", () => {
  const proxy = { name: "p", url: "http://p.test" };
  assert.equal(authorizationOf(proxy), undefined);
  assert.equal(authorizationOf({ ...proxy, username: "", password: "pw" }), "Basic OnB3");
  assert.equal(authorizationOf({ ...proxy, username: "me" }), "Basic bWU6");
});

Deno.test("a proxy whose URL has a password and no name is told so", async () => {
  const heads: string[] = [];
  await using server = new RawServer((connection, head) => {
    heads.push(head);
    return send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const url = server.url.replace("//", "//:pw@").replace("127.0.0.1", "localhost");
  const [proxy] = proxyChoice("house", { HOUSE_PROXY_URL: url }).always?.proxies ?? [];
  assert.ok(proxy !== undefined);
  using downloader = new Downloader({ userAgent: "trawl/1" });
  const request = { url: "http://a.test/", method: "GET", headers: {}, body: undefined };
  assert.equal((await downloader.download(request, { proxy })).response?.status, 200);
  assert.match(heads[0]!, /^proxy-authorization: Basic OnB3\r$/im);
});
