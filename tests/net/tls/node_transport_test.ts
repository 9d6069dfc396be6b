import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { AddressGuard } from "../../../lib/net/address/guard.ts";
import { type Downloadable, Downloader } from "../../../lib/net/download.ts";
import type { Proxy } from "../../../lib/net/proxy/proxy.ts";
import { closedPort } from "../closed_port.ts";
import { failureOf, get, textOf } from "../one_download.ts";
import { type Fault, ProxyServer } from "../proxy/proxy_server.ts";
import { answer } from "../raw_server.ts";
import { once, reply, serving, talking, test } from "./tls_servers.ts";

test("download() takes any certificate when it is told to", async (certificates) => {
  const { good, expired, notYet, wrongHost, selfSigned, selfSignedServer } = certificates;
  for (const certificate of [good, expired, notYet, wrongHost, selfSigned, selfSignedServer]) {
    await serving(certificate, async (url) => {
      assert.equal(textOf(await once(url, { insecure: true })), `GET ${new URL(url).host} /`);
    });
  }
});

test("download() does without certificates all that it does with them", async ({ selfSigned }) => {
  await serving(selfSigned, async (url) => {
    using downloader = new Downloader({ userAgent: "test/1", insecure: true });
    const ask = (path: string, more: Partial<Downloadable> = {}) => downloader.download(get(url + path, more));
    assert.equal(textOf(await ask("a", { method: "POST", body: "b=c" })), `POST ${new URL(url).host} /a b=c`);
    assert.equal(
      textOf(await ask("a", { method: "PUT", body: new Uint8Array([100]) })),
      `PUT ${new URL(url).host} /a d`,
    );
    assert.equal(textOf(await ask("a", { headers: { Host: "other.test" } })), "GET other.test /a");
    assert.equal(textOf(await ask("a", { method: "HEAD" })), "");
    assert.equal(textOf(await ask("large")).length, 3_000_000);
    const { response } = await ask("moved");
    assert.deepEqual([response?.status, response?.headers.get("location"), response?.url], [302, "/a", `${url}moved`]);
    const { failure } = await ask("a", { headers: { "a b": "c" } });
    assert.equal(failure?.kind, "protocol");
    assert.match(failure!.message, /^Cannot send this request to localhost:\d+: /);
  });
});

test("download() unpacks, limits and takes apart what comes unchecked as what comes checked", async (certificates) => {
  const large = "x".repeat(1_000_000);
  const packed = gzipSync(large);
  const many = Array.from({ length: 10_000 }, (_, at) => `A${at}: b`);
  const cases: [what: string | Uint8Array, expected: string | number][] = [
    [answer(["Content-Encoding: gzip", `Content-Length: ${packed.length}`], packed), 1_000_000],
    [answer(["Content-Encoding: gzip", `Content-Length: ${packed.length - 9}`], packed.subarray(0, -9)), "cut-short"],
    [answer(["Content-Length: 100"], "abc"), "cut-short"],
    [answer(["Transfer-Encoding: chunked"], "5\r\nabc"), "cut-short"],
    [answer([], "to the end"), 10],
    [answer(["Content-Length: 3000000"], "abc"), "too-large"],
    [answer(["Transfer-Encoding: chunked"], `1e8480\r\n${large}${large}\r\n0\r\n\r\n`), "too-large"],
    ["", "reset"],
    ["hello\r\n\r\n", "protocol"],
    ["HTTP/1.1 abc OK\r\n\r\n", "protocol"],
    ["HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", "protocol"],
    [answer([`A: ${large}`]), "protocol"],
    [answer(many), "protocol"],
    ["HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nhi", 2],
    ["HTTP/1.1 204 No\r\n\r\n", 0],
    ["HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 1],
  ];
  for (const [what, expected] of cases) {
    await talking(certificates.good, async (connection) => {
      await reply(connection, what);
      connection.close();
    }, async (url) => {
      for (const trust of [{ caCerts: [certificates.authority] }, { insecure: true }]) {
        const { response, failure } = await once(url, { ...trust, maxBodySize: 1_500_000 });
        assert.equal(failure?.kind ?? response?.body.length, expected, failure?.message);
      }
    });
  }
});

test("download() keeps each header of an unchecked answer as it came", async ({ good }) => {
  const bytes = answer(["Set-Cookie: a=b", "Set-Cookie: c=d", "Location: /\xe9", "Content-Length: 0"]);
  await talking(good, (connection) => reply(connection, bytes), async (url) => {
    const { response } = await once(url, { insecure: true });
    assert.deepEqual(response?.headers.getSetCookie(), ["a=b", "c=d"]);
    // UTF-8, each byte as a character of its own.
    assert.equal(response?.headers.get("location"), "/Ã©");
  });
});

test("download() connects unchecked to the address that was checked", async ({ wrongHost }) => {
  const names = { "site.test": ["127.0.0.2", "127.0.0.1"], "inside.test": ["10.0.0.5"] };
  const guard = new AddressGuard({
    permitted: ["loopback"],
    lookup: (name) => Promise.resolve(names[name as keyof typeof names]),
  });
  await serving(wrongHost, async (url) => {
    const { port } = new URL(url);
    assert.equal(
      textOf(await once(`https://site.test:${port}/a`, { insecure: true, guard })),
      `GET site.test:${port} /a`,
    );
    const { failure } = await once(`https://inside.test:${port}/`, { insecure: true, guard });
    assert.equal(failure?.kind, "address");
  });
});

test("download() goes unchecked through an http proxy, and through no other", async ({ selfSigned }) => {
  await serving(selfSigned, async (url) => {
    const { host } = new URL(url);
    await using server = new ProxyServer({ credentials: "me:pässword" });
    const proxy = { name: "mine", url: server.url, username: "me", password: "pässword" };
    const ask = (more: Partial<Proxy>) => once(url, { insecure: true }, { proxy: { ...proxy, ...more } });
    assert.equal(textOf(await ask({})), `GET ${host} /`);
    assert.deepEqual(server.asked.map(({ how, target }) => [how, target]), [["connect", host]]);
    const refusals: [Partial<Proxy>, Fault | undefined, kind: string, message: string][] = [
      [{ password: "wrong" }, undefined, "proxy", 'The proxy "mine" refuses the user name and password'],
      [{}, "no-tunnel", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{}, "closes", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{}, "garbage", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{ url: `http://127.0.0.1:${closedPort}/` }, undefined, "proxy", 'The proxy "mine" refused the connection'],
    ];
    for (const [more, fault, kind, message] of refusals) {
      server.fault = fault;
      const failure = failureOf(await ask(more), url);
      assert.deepEqual([failure.kind, failure.message], [kind, message]);
    }
    for (const other of [server.socksUrl, server.url.replace("http", "https")]) {
      assert.equal(
        failureOf(await ask({ url: other }), url).message,
        "Cannot send this request to HOST: https goes unchecked only without a proxy, or through an http one",
      );
    }
  });
});

Deno.test("download() asks plain http as ever when certificates are not checked", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("hello"));
  assert.equal(textOf(await once(`http://127.0.0.1:${server.addr.port}/`, { insecure: true })), "hello");
});

test("download() rejects with the signal's reason, unchecked too, and gives up on a body in time", async ({ good }) => {
  const beginning = answer(["Content-Length: 100000"], "abc");
  await talking(good, (connection) => reply(connection, beginning), async (url) => {
    const stop = new AbortController();
    const outcome = once(url, { insecure: true }, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await assert.rejects(outcome, /^Error: enough$/);
    assert.deepEqual(failureOf(await once(url, { insecure: true, idleTimeout: 0.2 }), url), {
      kind: "timeout",
      message: "HOST stopped in the middle of its answer: nothing came for 200 ms",
    });
  });
});
