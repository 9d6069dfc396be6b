import assert from "node:assert/strict";
import type { Failure, Outcome } from "../../../lib/model/outcome.ts";
import { type Downloadable, Downloader, type DownloaderOptions, type Sending } from "../../../lib/net/download.ts";
import { AddressGuard } from "../../../lib/net/address/guard.ts";
import type { Proxy } from "../../../lib/net/proxy/proxy.ts";
import { type Certificate, Certificates, hasOpenssl } from "./certificates.ts";
import { type Fault, ProxyServer } from "../proxy/proxy_server.ts";
import { answer, send } from "../raw_server.ts";

if (!hasOpenssl) console.log("Skipped: there is no openssl here to make certificates with");

/** A test that gets certificates, where there is somebody to make them. */
function test(name: string, work: (certificates: Certificates) => Promise<void>): void {
  Deno.test(name, { ignore: !hasOpenssl }, async () => {
    await using certificates = await Certificates.make();
    await work(certificates);
  });
}

async function once(
  url: string,
  options: Partial<DownloaderOptions> = {},
  { how, ...more }: Partial<Downloadable> & { how?: Sending } = {},
): Promise<Outcome> {
  using downloader = new Downloader({ userAgent: "test/1", connectTimeout: 5, idleTimeout: 5, ...options });
  return await downloader.download({ url, method: "GET", headers: {}, body: undefined, ...more }, how);
}

function textOf({ response, failure }: Outcome): string {
  assert.ok(response !== undefined, failure?.message);
  return new TextDecoder().decode(response.body);
}

/** What went wrong, with HOST for the host. */
function failureOf({ response, failure }: Outcome, url: string): Failure {
  assert.ok(failure !== undefined, `answered ${response?.status}`);
  return { ...failure, message: failure.message.replace(new URL(url).host, "HOST") };
}

/** A well-behaved https server that echoes requests. */
async function serving(certificate: Certificate, work: (url: string) => Promise<void>): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/moved") return new Response(null, { status: 302, headers: { location: "/a" } });
      if (pathname === "/large") return new Response("x".repeat(3_000_000));
      const { host } = Object.fromEntries(request.headers);
      return new Response(`${request.method} ${host} ${pathname} ${await request.text()}`.trim());
    },
  );
  await work(`https://localhost:${server.addr.port}/`);
}

/** A server that does with each connection what it is told; `certificate` is for TLS that works. */
async function talking(
  certificate: Certificate | undefined,
  talk: (connection: Deno.Conn) => Promise<void>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener: Deno.Listener = certificate ? Deno.listenTls({ ...address, ...certificate }) : Deno.listen(address);
  const open: Deno.Conn[] = [];
  const served = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      // The client goes away in the middle of several of these.
      await talk(connection).catch(() => {});
    }
  })();
  try {
    await work(`https://localhost:${(listener.addr as Deno.NetAddr).port}/`);
  } finally {
    listener.close();
    for (const connection of open) close(connection);
    await served;
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It closed it itself.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

test("download() trusts the certificates that it is given, and no others", async ({ good, authority, selfSigned }) => {
  await serving(good, async (url) => {
    assert.match(textOf(await once(url, { caCerts: [authority] })), /^GET /);
    for (const caCerts of [[], [selfSigned.cert]]) {
      assert.deepEqual(failureOf(await once(url, { caCerts }), url), {
        kind: "tls",
        message: "Cannot trust the certificate of HOST: who issued it is not known here; --ca-file can say",
        final: true,
      });
    }
  });
});

test("download() says what is wrong with a certificate, for good", async (certificates) => {
  const reasons: [Certificate, string][] = [
    [certificates.expired, "it expired on 2021-01-01"],
    [certificates.notYet, "it is valid only from 2090-01-01"],
    [certificates.wrongHost, "it is for elsewhere.test"],
    [certificates.selfSigned, "it has issued itself, as an authority does"],
  ];
  for (const [certificate, reason] of reasons) {
    await serving(certificate, async (url) => {
      assert.deepEqual(failureOf(await once(url, { caCerts: [certificates.authority] }), url), {
        kind: "tls",
        message: `Cannot trust the certificate of HOST: ${reason}`,
        final: true,
      });
    });
  }
});

test("download() takes any certificate when it is told to", async (certificates) => {
  const { good, expired, notYet, wrongHost, selfSigned } = certificates;
  for (const certificate of [good, expired, notYet, wrongHost, selfSigned]) {
    await serving(certificate, async (url) => {
      assert.equal(textOf(await once(url, { insecure: true })), `GET ${new URL(url).host} /`);
    });
  }
});

test("download() does without certificates all that it does with them", async ({ selfSigned }) => {
  await serving(selfSigned, async (url) => {
    using downloader = new Downloader({ userAgent: "test/1", insecure: true });
    const get = (path: string, more: Partial<Downloadable> = {}) =>
      downloader.download({ url: url + path, method: "GET", headers: {}, body: undefined, ...more });
    assert.equal(textOf(await get("a", { method: "POST", body: "b=c" })), `POST ${new URL(url).host} /a b=c`);
    assert.equal(
      textOf(await get("a", { method: "PUT", body: new Uint8Array([100]) })),
      `PUT ${new URL(url).host} /a d`,
    );
    assert.equal(textOf(await get("a", { headers: { Host: "other.test" } })), "GET other.test /a");
    assert.equal(textOf(await get("a", { method: "HEAD" })), "");
    assert.equal(textOf(await get("large")).length, 3_000_000);
    const { response } = await get("moved");
    assert.deepEqual([response?.status, response?.headers.get("location"), response?.url], [302, "/a", `${url}moved`]);
    const { failure } = await get("a", { headers: { "a b": "c" } });
    assert.equal(failure?.kind, "protocol");
    assert.match(failure!.message, /^Cannot send this request to localhost:\d+: /);
  });
});

test("download() unpacks, limits and takes apart what comes unchecked as what comes checked", async (certificates) => {
  const large = "x".repeat(1_000_000);
  const packed = new Uint8Array(
    await new Response(new Blob([large]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
  const gzip = answer(["Content-Encoding: gzip", `Content-Length: ${packed.length}`], packed);
  const many = Array.from({ length: 10_000 }, (_, at) => `A${at}: b`);
  const cases: [what: string | Uint8Array, expected: string | number][] = [
    [gzip, 1_000_000],
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
      await connection.read(new Uint8Array(10_000));
      await send(connection as Deno.TcpConn, what);
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
  await talking(good, async (connection) => {
    await connection.read(new Uint8Array(10_000));
    await send(connection as Deno.TcpConn, bytes);
  }, async (url) => {
    const { response } = await once(url, { insecure: true });
    assert.deepEqual(response?.headers.getSetCookie(), ["a=b", "c=d"]);
    // UTF-8, each byte as a character of its own.
    assert.equal(response?.headers.get("location"), "/Ã©");
  });
});

Deno.test("download() says what keeps encryption from being agreed on", async () => {
  // What a server answers that knows nothing newer than TLS 1.0.
  const tooOld = new Uint8Array([0x15, 3, 1, 0, 2, 2, 70]);
  const cases: [talk: (connection: Deno.Conn) => Promise<void>, kind: string, message: string][] = [
    [
      async (connection) => {
        await connection.read(new Uint8Array(10_000));
        await send(connection as Deno.TcpConn, tooOld);
      },
      "tls",
      "Cannot agree on encryption with HOST: received fatal alert: ProtocolVersion",
    ],
    [
      async (connection) => {
        await connection.read(new Uint8Array(10_000));
        await send(connection as Deno.TcpConn, "HTTP/1.1 400 Bad Request\r\n\r\n");
      },
      "tls",
      "HOST does not speak TLS on this port",
    ],
    [
      (connection) => Promise.resolve(connection.close()),
      "reset",
      "HOST closed the connection while encryption was being agreed on",
    ],
    [() => Promise.resolve(), "timeout", "HOST sent no answer within 500 ms"],
  ];
  for (const insecure of [false, true]) {
    for (const [talk, kind, message] of cases) {
      await talking(undefined, talk, async (url) => {
        const failure = failureOf(await once(url, { insecure, connectTimeout: 0.5 }), url);
        assert.deepEqual(failure, { kind, message }, `${insecure}`);
      });
    }
  }
});

/** Returns the URL of a port where nobody listens. */
function closedPort(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/`;
}

Deno.test("download() says unchecked as checked that nobody is there", async () => {
  const url = closedPort().replace("http", "https");
  for (const insecure of [false, true]) {
    assert.deepEqual(failureOf(await once(url, { insecure }), url), {
      kind: "connect",
      message: "HOST refused the connection",
    });
  }
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
    const ask = (more: Partial<Proxy>) => once(url, { insecure: true }, { how: { proxy: { ...proxy, ...more } } });
    assert.equal(textOf(await ask({})), `GET ${host} /`);
    assert.deepEqual(server.asked.map(({ how, target }) => [how, target]), [["connect", host]]);
    const refusals: [Partial<Proxy>, Fault | undefined, kind: string, message: string][] = [
      [{ password: "wrong" }, undefined, "proxy", 'The proxy "mine" refuses the user name and password'],
      [{}, "no-tunnel", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{}, "closes", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{}, "garbage", "connect", 'The proxy "mine" gives no connection to HOST'],
      [{ url: closedPort() }, undefined, "proxy", 'The proxy "mine" refused the connection'],
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
  await talking(good, async (connection) => {
    await connection.read(new Uint8Array(10_000));
    await send(connection as Deno.TcpConn, answer(["Content-Length: 100000"], "abc"));
  }, async (url) => {
    const stop = new AbortController();
    const outcome = once(url, { insecure: true }, { how: { signal: stop.signal } });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await assert.rejects(outcome, /^Error: enough$/);
    assert.deepEqual(failureOf(await once(url, { insecure: true, idleTimeout: 0.2 }), url), {
      kind: "timeout",
      message: "HOST stopped in the middle of its answer: nothing came for 200 ms",
    });
  });
});
