import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Downloader } from "../../lib/net/download.ts";
import { closedPort } from "./closed_port.ts";
import { failureOf, get, once, pageOf, textOf } from "./one_download.ts";
import { answer, RawServer, send } from "./raw_server.ts";
import { serving } from "./serving.ts";

Deno.test("download() returns the status, the headers and the whole body", async () => {
  await serving(() => new Response("hello", { status: 201, headers: { "x-a": "b" } }), async (url) => {
    const page = pageOf(await once(`${url}a?b=c`));
    assert.equal(page.url, `${url}a?b=c`);
    assert.equal(page.status, 201);
    assert.equal(page.headers.get("x-a"), "b");
    assert.equal(textOf(page), "hello");
    assert.ok(page.latency > 0 && page.latency < 60);
  });
});

Deno.test("download() takes every status for an answer", async () => {
  await serving(
    (request) => new Response(null, { status: Number(new URL(request.url).pathname.slice(1)) }),
    async (url) => {
      for (const status of [204, 304, 404, 500, 503]) {
        const page = pageOf(await once(`${url}${status}`));
        assert.deepEqual([page.status, page.body.length], [status, 0]);
      }
    },
  );
});

Deno.test("download() does not follow a redirect", async () => {
  await serving(() => new Response(null, { status: 302, headers: { location: "/b" } }), async (url) => {
    const page = pageOf(await once(url));
    assert.deepEqual([page.status, page.headers.get("location")], [302, "/b"]);
  });
});

Deno.test("download() says who is asking, and lets a request say it otherwise", async () => {
  const echo = (request: Request) => Response.json(Object.fromEntries(request.headers));
  await serving(echo, async (url) => {
    const plain = JSON.parse(textOf(await once(url)));
    assert.equal(plain["user-agent"], "test/1");
    assert.equal(plain["accept"], "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    assert.equal(plain["accept-language"], "en");
    const said = JSON.parse(
      textOf(await once(url, {}, { headers: { "User-Agent": "me", Accept: "a/b", "X-Y": "z" } })),
    );
    assert.deepEqual([said["user-agent"], said["accept"], said["x-y"]], ["me", "a/b", "z"]);
  });
});

Deno.test("download() sends the method and the body", async () => {
  const echo = async (request: Request) => new Response(`${request.method} ${await request.text()}`);
  await serving(echo, async (url) => {
    assert.equal(textOf(await once(url, {}, { method: "POST", body: "a=b" })), "POST a=b");
    assert.equal(textOf(await once(url, {}, { method: "PUT", body: new Uint8Array([104, 105]) })), "PUT hi");
    assert.equal(pageOf(await once(url, {}, { method: "HEAD" })).body.length, 0);
  });
});

Deno.test("download() uses a connection again", async () => {
  const ports = new Set<number>();
  const note = (_: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => {
    ports.add(info.remoteAddr.port);
    return new Response("x".repeat(100_000));
  };
  await serving(note, async (url) => {
    using downloader = new Downloader({ userAgent: "test/1" });
    for (let at = 0; at < 3; at++) assert.equal(pageOf(await downloader.download(get(url))).body.length, 100_000);
  });
  assert.equal(ports.size, 1);
});

Deno.test("download() keeps a large body whole, announced or not", async () => {
  const large = Uint8Array.from({ length: 3_000_001 }, (_, at) => at * 31 + (at >> 8));
  const streamed = () => {
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at >= large.length) return controller.close();
        controller.enqueue(large.slice(at, at += 70_001));
      },
    });
  };
  await serving((request) => new Response(request.url.endsWith("s") ? streamed() : large), async (url) => {
    assert.deepEqual(pageOf(await once(url)).body, large);
    const page = pageOf(await once(`${url}s`));
    assert.deepEqual(page.body, large);
    assert.equal(page.body.buffer.byteLength, large.length);
  });
});

Deno.test("download() never takes a body that was cut short for a page", async () => {
  const page = "hello ".repeat(1000);
  const gzip = gzipSync(page), brotli = brotliCompressSync(page);
  const cut: [string, Uint8Array][] = [
    ["length", answer(["Content-Length: 100"], "abc")],
    ["large length", answer(["Content-Length: 1000000"], page)],
    ["chunk", answer(["Transfer-Encoding: chunked"], "5\r\nabc")],
    ["no last chunk", answer(["Transfer-Encoding: chunked"], "3\r\nabc\r\n")],
    ["not a chunk", answer(["Transfer-Encoding: chunked"], "zz\r\nabc\r\n0\r\n\r\n")],
    ["gzip", answer(["Content-Encoding: gzip", `Content-Length: ${gzip.length - 9}`], gzip.subarray(0, -9))],
    ["gzip to the end", answer(["Content-Encoding: gzip"], gzip.subarray(0, -9))],
    ["deflate", answer(["Content-Encoding: deflate"], deflateSync(page).subarray(0, -5))],
  ];
  for (const [name, bytes] of cut) {
    await using server = new RawServer(bytes);
    const failure = failureOf(await once(server.url));
    assert.deepEqual(failure, {
      kind: "cut-short",
      message: `The answer of ${new URL(server.url).host} ends too early`,
    }, name);
  }
  await using server = new RawServer(
    answer(["Content-Encoding: br", `Content-Length: ${brotli.length - 4}`], brotli.subarray(0, -4)),
  );
  assert.match(failureOf(await once(server.url)).kind, /cut-short|protocol/);
});

Deno.test("download() says in plain words what went wrong", async () => {
  assert.deepEqual(failureOf(await once(`http://127.0.0.1:${closedPort}/`)), {
    kind: "connect",
    message: `127.0.0.1:${closedPort} refused the connection`,
  });
  const answers: [string, string, RegExp][] = [
    ["", "reset", /^HOST closed the connection without an answer$/],
    ["HTTP/1.1 200 OK\r\nContent-", "reset", /^HOST closed the connection without an answer$/],
    ["hello\r\n\r\n", "protocol", /^The answer of HOST is not valid HTTP: .+$/],
    [
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "protocol",
      /^The answer of HOST is not valid HTTP: .*content-length.*$/,
    ],
    [
      `HTTP/1.1 200 OK\r\nA: ${"x".repeat(1_000_000)}\r\n\r\n`,
      "protocol",
      /^The headers of HOST are too many or too large$/,
    ],
  ];
  for (const [bytes, kind, message] of answers) {
    await using server = new RawServer(bytes);
    const failure = failureOf(await once(server.url));
    assert.equal(failure.kind, kind);
    assert.match(failure.message.replace(new URL(server.url).host, "HOST"), message);
  }
});

Deno.test("download() says that a server does not speak TLS", async () => {
  await serving(() => new Response("x"), async (url) => {
    const { host } = new URL(url);
    assert.deepEqual(failureOf(await once(`https://${host}/`)), {
      kind: "tls",
      message: `${host} does not speak TLS on this port`,
    });
  });
});

Deno.test("download() makes a failure of a request that cannot be sent", async () => {
  const failure = failureOf(await once("http://127.0.0.1/", {}, { headers: { "a b": "c" } }));
  assert.equal(failure.kind, "protocol");
  // What stands in a header is not told: it may be a secret.
  assert.equal(failure.message, "Cannot send this request to 127.0.0.1: Invalid header name");
});

Deno.test("download() rejects with the signal's reason when it is aborted", async () => {
  const reason = new Error("enough");
  await using server = new RawServer((connection) => send(connection, answer(["Content-Length: 100000"], "abc")));
  using downloader = new Downloader({ userAgent: "test/1" });
  const before = new AbortController(), within = new AbortController();
  before.abort(reason);
  await assert.rejects(downloader.download(get(server.url), { signal: before.signal }), reason);
  const pending = downloader.download(get(server.url), { signal: within.signal });
  await server.asked.promise;
  within.abort(reason);
  await assert.rejects(pending, reason);
});

Deno.test("download() is not disturbed by one download that was aborted", async () => {
  await serving(() => new Response("x"), async (url) => {
    using downloader = new Downloader({ userAgent: "test/1" });
    const signal = AbortSignal.abort("no");
    await assert.rejects(downloader.download(get(url), { signal }), (error) => error === "no");
    assert.equal(pageOf(await downloader.download(get(url))).status, 200);
  });
});
