import assert from "node:assert/strict";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Failure, Outcome } from "../../lib/model/outcome.ts";
import type { Response as Answer } from "../../lib/model/response.ts";
import { BodyRoom } from "../../lib/net/body/body_room.ts";
import { type Downloadable, Downloader, type DownloaderOptions } from "../../lib/net/download.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { answer, RawServer, send } from "./raw_server.ts";

function get(url: string, more: Partial<Downloadable> = {}): Downloadable {
  return { url, method: "GET", headers: {}, body: undefined, ...more };
}

/** Downloads once, over a downloader of its own. */
async function once(
  url: string,
  options: Partial<DownloaderOptions> = {},
  more: Partial<Downloadable> = {},
): Promise<Outcome> {
  using downloader = new Downloader({ userAgent: "test/1", ...options });
  return await downloader.download(get(url, more));
}

function pageOf({ response, failure }: Outcome): Answer {
  assert.ok(response !== undefined, failure?.message);
  return response;
}

function failureOf({ response, failure }: Outcome): Failure {
  assert.ok(failure !== undefined, `answered ${response?.status} with ${response?.body.length} bytes`);
  return failure;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A well-behaved server for the length of one test. */
async function serving(
  handler: (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Response | Promise<Response>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  await test(`http://127.0.0.1:${server.addr.port}/`);
}

Deno.test("download() returns the status, the headers and the whole body", async () => {
  await serving(() => new Response("hello", { status: 201, headers: { "x-a": "b" } }), async (url) => {
    const page = pageOf(await once(`${url}a?b=c`));
    assert.equal(page.url, `${url}a?b=c`);
    assert.equal(page.status, 201);
    assert.equal(page.headers.get("x-a"), "b");
    assert.equal(text(page.body), "hello");
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
    const plain = JSON.parse(text(pageOf(await once(url)).body));
    assert.equal(plain["user-agent"], "test/1");
    assert.equal(plain["accept"], "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    assert.equal(plain["accept-language"], "en");
    const said = JSON.parse(
      text(pageOf(await once(url, {}, { headers: { "User-Agent": "me", Accept: "a/b", "X-Y": "z" } })).body),
    );
    assert.deepEqual([said["user-agent"], said["accept"], said["x-y"]], ["me", "a/b", "z"]);
  });
});

Deno.test("download() sends the method and the body", async () => {
  const echo = async (request: Request) => new Response(`${request.method} ${await request.text()}`);
  await serving(echo, async (url) => {
    assert.equal(text(pageOf(await once(url, {}, { method: "POST", body: "a=b" })).body), "POST a=b");
    assert.equal(text(pageOf(await once(url, {}, { method: "PUT", body: new Uint8Array([104, 105]) })).body), "PUT hi");
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

Deno.test("download() gives the body decompressed, whatever it was packed with", async () => {
  const page = "hello ".repeat(1000);
  const packed: [string, Uint8Array][] = [
    ["gzip", gzipSync(page)],
    ["br", brotliCompressSync(page)],
    ["x-gzip", gzipSync(page)],
    ["deflate", deflateSync(page)],
    ["deflate", deflateRawSync(page)],
    ["gzip, gzip", gzipSync(gzipSync(page))],
    ["utf-8", new TextEncoder().encode(page)],
  ];
  for (const [encoding, body] of packed) {
    await using server = new RawServer(
      answer([`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`], body),
    );
    assert.equal(text(pageOf(await once(server.url)).body), page, encoding);
  }
});

Deno.test("download() refuses a packing that nobody asked for and that it cannot take off", async () => {
  await using server = new RawServer(answer(["Content-Encoding: compress", "Content-Length: 4"], "abcd"));
  assert.deepEqual(failureOf(await once(server.url)), {
    kind: "protocol",
    message: `${new URL(server.url).host} compressed its answer with compress, which was not asked for`,
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

Deno.test("download() says that a packed body is damaged", async () => {
  const noise = new Uint8Array(200).fill(255);
  for (const encoding of ["gzip", "br", "deflate"]) {
    await using server = new RawServer(answer([`Content-Encoding: ${encoding}`, "Content-Length: 200"], noise));
    const { kind, message } = failureOf(await once(server.url));
    assert.equal(kind, "protocol", encoding);
    assert.ok(message.startsWith(`Cannot decompress the answer of ${new URL(server.url).host}: `), message);
  }
});

Deno.test("download() refuses a body above the limit, however it comes", async () => {
  const bomb = gzipSync(new Uint8Array(2_000_000));
  const endless = async (connection: Deno.TcpConn) => {
    await send(connection, answer(["Transfer-Encoding: chunked"]));
    while (true) await send(connection, `10000\r\n${"x".repeat(0x10000)}\r\n`);
  };
  const large: [string, ConstructorParameters<typeof RawServer>[0]][] = [
    ["announced, and never sent", (connection) => send(connection, answer(["Content-Length: 100001"]))],
    ["without end", endless],
    ["announced as less", async (connection) => {
      await send(connection, answer(["Transfer-Encoding: chunked", "Content-Length: 5"]));
      while (true) await send(connection, `10000\r\n${"x".repeat(0x10000)}\r\n`);
    }],
    ["packed", answer(["Content-Encoding: gzip", `Content-Length: ${bomb.length}`], bomb)],
    ["packed twice", answer(["Content-Encoding: gzip, gzip"], gzipSync(bomb))],
  ];
  for (const [name, bytes] of large) {
    await using server = new RawServer(bytes);
    assert.deepEqual(failureOf(await once(server.url, { maxBodySize: 100_000 })), {
      kind: "too-large",
      message: `The answer of ${new URL(server.url).host} is larger than 100 KB`,
    }, name);
  }
});

Deno.test("download() fetches no more of a body than is asked for, however it comes and whatever its limit", async () => {
  const endless = async (connection: Deno.TcpConn) => {
    await send(connection, answer(["Transfer-Encoding: chunked"]));
    while (true) await send(connection, `10000\r\n${"x".repeat(0x10000)}\r\n`);
  };
  const bomb = gzipSync("x".repeat(2_000_000));
  const large: [string, ConstructorParameters<typeof RawServer>[0]][] = [
    ["without end", endless],
    ["announced", (connection) => send(connection, answer(["Content-Length: 1000000"], "x".repeat(100_000)))],
    ["compressed", answer(["Content-Encoding: gzip", `Content-Length: ${bomb.length}`], bomb)],
  ];
  for (const [name, bytes] of large) {
    await using server = new RawServer(bytes);
    using downloader = new Downloader({ userAgent: "test/1", maxBodySize: 20_000 });
    const page = pageOf(await downloader.download(get(server.url), { atMost: 70_000 }));
    assert.equal(text(page.body), "x".repeat(70_000), name);
  }
  await serving(() => new Response("short"), async (url) => {
    using downloader = new Downloader({ userAgent: "test/1" });
    assert.equal(text(pageOf(await downloader.download(get(url), { atMost: 70_000 })).body), "short");
  });
});

Deno.test("download() does not read a body on for which there is no room, and does not hold that against its server", async () => {
  const endless = () =>
    new Response(
      new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }, { highWaterMark: 0 }),
    );
  await serving(endless, async (url) => {
    const clock = new ManualClock(), room = new BodyRoom(200_000), page = {};
    const isWaiting = Promise.withResolvers<void>();
    const arrive = room.arrive.bind(room);
    room.arrive = () => {
      const { grow, end } = arrive();
      return {
        end,
        grow(length) {
          const wait = grow(length);
          if (wait !== undefined) isWaiting.resolve();
          return wait;
        },
      };
    };
    room.open(page, 300_000);
    using downloader = new Downloader({ userAgent: "test/1", maxBodySize: 1_000_000, clock, room });
    let ended = false;
    const download = downloader.download(get(url)).finally(() => ended = true);
    await isWaiting.promise;
    clock.advance(3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(!ended);
    room.close(page);
    assert.equal(failureOf(await download).kind, "too-large");
    // Nothing of it is left behind that others would wait for.
    assert.equal(room.arrive().grow(5_000_000), undefined);

    const stop = new AbortController();
    room.open(page, 300_000);
    const cancelled = downloader.download(get(url), { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(cancelled, /enough/);
  });
});

Deno.test("download() takes a body that is exactly as large as the limit", async () => {
  await serving((request) => {
    const body = "x".repeat(100_000);
    return new Response(request.url.endsWith("s") ? new Blob([body]).stream() : body);
  }, async (url) => {
    assert.equal(pageOf(await once(url, { maxBodySize: 100_000 })).body.length, 100_000);
    assert.equal(pageOf(await once(`${url}s`, { maxBodySize: 100_000 })).body.length, 100_000);
    assert.equal(failureOf(await once(`${url}s`, { maxBodySize: 99_999 })).kind, "too-large");
    assert.equal(pageOf(await once(url, { maxBodySize: 10 }, { method: "HEAD" })).status, 200);
  });
});

Deno.test("download() gives up on a server that does not answer in time", async () => {
  const clock = new ManualClock();
  await using server = new RawServer(() => {});
  const outcome = once(server.url, { clock, connectTimeout: 20 });
  await server.asked.promise;
  clock.advance(20_000);
  assert.deepEqual(failureOf(await outcome), {
    kind: "timeout",
    message: `${new URL(server.url).host} sent no answer within 20 s`,
  });
});

Deno.test("download() gives up on a body that stops coming", async () => {
  const clock = new AskedClock();
  await using server = new RawServer(async (connection) => {
    await send(connection, answer(["Content-Length: 1000000"], "abc"));
    // At the start, at the headers and at the first piece.
    await clock.asked(3);
    clock.advance(10_000);
  });
  assert.deepEqual(failureOf(await once(server.url, { clock, connectTimeout: 20, idleTimeout: 10 })), {
    kind: "timeout",
    message: `${new URL(server.url).host} stopped in the middle of its answer: nothing came for 10 s`,
  });
});

Deno.test("download() gives up on a body that comes too slowly as a whole", async () => {
  const clock = new AskedClock();
  await using server = new RawServer(async (connection) => {
    await send(connection, answer(["Content-Length: 1000000"]));
    await clock.asked(2);
    for (let piece = 0; piece < 7; piece++) {
      const before = clock.times;
      await send(connection, "abc");
      await clock.asked(before + 1);
      clock.advance(9_000);
    }
  });
  assert.deepEqual(failureOf(await once(server.url, { clock, idleTimeout: 10, timeout: 60 })), {
    kind: "timeout",
    message: `${new URL(server.url).host} had not finished its answer after 1 min`,
  });
});

/** A clock that knows how often it was asked for the time, which is how a test learns that something was heard. */
class AskedClock extends ManualClock {
  times = 0;

  override now(): number {
    this.times++;
    return super.now();
  }

  async asked(times: number): Promise<void> {
    while (this.times < times) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("download() leaves no timer behind", async () => {
  const clock = new ManualClock();
  let timers = 0;
  const after = clock.after.bind(clock);
  clock.after = (ms, work) => {
    timers++;
    const cancel = after(ms, work);
    return () => {
      timers--;
      cancel();
    };
  };
  await serving(() => new Response("x"), async (url) => void pageOf(await once(url, { clock })));
  assert.equal(timers, 0);
});

Deno.test("download() says in plain words what went wrong", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  assert.deepEqual(failureOf(await once(`http://127.0.0.1:${port}/`)), {
    kind: "connect",
    message: `127.0.0.1:${port} refused the connection`,
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
  assert.match(failure.message, /^Cannot send this request to 127\.0\.0\.1: .*"a b"/);
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
