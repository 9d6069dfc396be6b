import assert from "node:assert/strict";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { ManualClock } from "../../../lib/time/clock.ts";
import { failureOf, once, textOf } from "../one_download.ts";
import { answer, RawServer, send } from "../raw_server.ts";

const text = Array.from({ length: 500 }, (_, at) => `<p>${(at * 7919) % 1000} hello</p>`).join("\n");

const packers: Readonly<Record<string, (text: string) => Uint8Array>> = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  "deflate, gzip": (text) => gzipSync(deflateSync(text)),
  "br, zstd": (text) => zstdCompressSync(brotliCompressSync(text)),
};

/** How a body can be sent. */
const framings: Readonly<Record<string, (encoding: string, body: Uint8Array) => Uint8Array>> = {
  "with a length": (encoding, body) =>
    answer([`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`], body),
  "in chunks": (encoding, body) =>
    answer([`Content-Encoding: ${encoding}`, "Transfer-Encoding: chunked"], chunked(body)),
  "up to the end of the connection": (encoding, body) => answer([`Content-Encoding: ${encoding}`], body),
};

function chunked(body: Uint8Array): Uint8Array {
  const parts: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < body.length; at += 100) {
    const chunk = body.subarray(at, at + 100);
    parts.push(...encoder.encode(`${chunk.length.toString(16)}\r\n`), ...chunk, ...encoder.encode("\r\n"));
  }
  return new Uint8Array([...parts, ...encoder.encode("0\r\n\r\n")]);
}

for (const [how, framed] of Object.entries(framings)) {
  Deno.test(`download() unpacks a body that comes ${how}, and takes none that was cut short for a page`, async () => {
    for (const [encoding, pack] of Object.entries(packers)) {
      const body = pack(text);
      {
        await using server = new RawServer(framed(encoding, body));
        assert.equal(textOf(await once(server.url)), text, encoding);
      }
      // Eight bytes at the end of gzip and four of zlib are a checksum, without which the page is whole.
      const last = /gzip|deflate/.test(encoding) ? 9 : 1;
      for (const length of [body.length - last, body.length >> 1, 3]) {
        await using server = new RawServer(framed(encoding, body.subarray(0, length)));
        const { kind } = failureOf(await once(server.url));
        assert.equal(kind, "cut-short", `${encoding}, ${length} of ${body.length} bytes`);
      }
    }
  });
}

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
    assert.equal(textOf(await once(server.url)), page, encoding);
  }
});

Deno.test("download() takes no packed body for a page whose connection ends before its own end", async () => {
  for (const [encoding, pack] of Object.entries(packers)) {
    const body = pack(text);
    const heads = [`Content-Length: ${body.length + 10}`, "Transfer-Encoding: chunked"];
    for (const head of heads) {
      const sent = head.startsWith("T") ? chunked(body).subarray(0, -5) : body;
      await using server = new RawServer(answer([`Content-Encoding: ${encoding}`, head], sent));
      const outcome = await once(server.url);
      // `fetch` looks no further than the end of what it takes off, and the page is whole.
      if (outcome.response !== undefined && (encoding === "gzip" || encoding === "br")) {
        assert.equal(textOf(outcome), text, `${encoding}, ${head}`);
      } else assert.equal(failureOf(outcome).kind, "cut-short", `${encoding}, ${head}`);
    }
  }
});

Deno.test("download() takes a page for whole of whose gzip only the checksum at the end is missing", async () => {
  // Of one that is only `gzip`, `fetch` says that it ends too early.
  for (const encoding of ["x-gzip", "gzip, x-gzip", "br, gzip"]) {
    const inner = encoding.startsWith("gzip")
      ? gzipSync(text)
      : encoding.startsWith("br")
      ? packers["br"]!(text)
      : text;
    const body = gzipSync(inner).subarray(0, -8);
    for (const [how, framed] of Object.entries(framings)) {
      await using server = new RawServer(framed(encoding, body));
      assert.equal(textOf(await once(server.url)), text, `${encoding}, ${how}`);
    }
  }
  for (const headers of [{ "Accept-Encoding": "identity" }, { Range: "bytes=0-" }]) {
    await using server = new RawServer(answer(["Content-Encoding: gzip"], gzipSync(text).subarray(0, -8)));
    assert.equal(textOf(await once(server.url, {}, { headers: headers as Record<string, string> })), text);
  }
});

Deno.test("download() says that a plain body is not packed as its header says, as browsers do", async () => {
  for (const encoding of Object.keys(packers)) {
    await using server = new RawServer(answer([`Content-Encoding: ${encoding}`], text));
    const { kind, message } = failureOf(await once(server.url));
    assert.equal(kind, "protocol", `${encoding}: ${message}`);
    assert.ok(message.startsWith(`Cannot decompress the answer of ${new URL(server.url).host}: `), message);
  }
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

Deno.test("download() leaves a body alone that is packed and does not say so", async () => {
  const body = gzipSync(text);
  await using server = new RawServer(
    answer(["Content-Type: application/gzip", `Content-Length: ${body.length}`], body),
  );
  const { response } = await once(server.url);
  assert.deepEqual(response?.body, new Uint8Array(body));
});

Deno.test("download() reads an encoding in capitals, with spaces, in several headers, and next to none", async () => {
  const gzip = gzipSync(text);
  const heads: readonly (readonly [readonly string[], Uint8Array])[] = [
    [["Content-Encoding: GZIP"], gzip],
    [["Content-Encoding:   gzip  "], gzip],
    [["Content-Encoding: gzip,"], gzip],
    [["Content-Encoding: gzip, identity"], gzip],
    [["Content-Encoding: gzip", "Content-Encoding: identity"], gzip],
    [["Content-Encoding: gzip", "Content-Encoding: gzip"], gzipSync(gzip)],
    [["Content-Encoding: deflate", "Content-Encoding: zstd"], zstdCompressSync(deflateRawSync(text))],
    [["Content-Encoding: Br"], brotliCompressSync(text)],
    [["Content-Encoding: identity"], new TextEncoder().encode(text)],
    [["Content-Encoding: utf-8"], new TextEncoder().encode(text)],
  ];
  for (const [head, body] of heads) {
    await using server = new RawServer(answer([...head, `Content-Length: ${body.length}`], body));
    assert.equal(textOf(await once(server.url)), text, head.join());
  }
});

Deno.test("download() unpacks what a server packs although it was asked not to", async () => {
  const asked = ["identity", "Identity", " IDENTITY ", "gzip"].map((accepted) => ({ "accept-encoding": accepted }));
  for (const headers of [...asked, { "Accept-Encoding": "identity" }, { Range: "bytes=0-" }]) {
    for (const encoding of ["gzip", "br", "deflate"]) {
      const body = packers[encoding]!(text);
      await using server = new RawServer(answer([`Content-Encoding: ${encoding}`], body));
      assert.equal(textOf(await once(server.url, {}, { headers: headers as Record<string, string> })), text, encoding);
    }
  }
});

Deno.test("download() passes over what follows a packed body, as browsers do", async () => {
  for (const [encoding, pack] of Object.entries(packers)) {
    const body = new Uint8Array([...pack(text), ...new TextEncoder().encode("\n<!-- served by cache 7 -->\n")]);
    await using server = new RawServer(
      answer([`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`], body),
    );
    assert.equal(textOf(await once(server.url)), text, encoding);
  }
});

Deno.test("download() takes an empty body for an empty page, however it says it is packed", async () => {
  for (const encoding of Object.keys(packers)) {
    await using server = new RawServer(answer([`Content-Encoding: ${encoding}`, "Content-Length: 0"]));
    assert.equal(textOf(await once(server.url)), "", encoding);
  }
});

Deno.test("download() refuses a packing that nobody asked for and that it cannot take off", async () => {
  await using server = new RawServer(answer(["Content-Encoding: compress", "Content-Length: 4"], "abcd"));
  assert.deepEqual(failureOf(await once(server.url)), {
    kind: "protocol",
    message: `${new URL(server.url).host} compressed its answer with compress, which was not asked for`,
  });
});

Deno.test("download() refuses a body that is packed ten times over", async () => {
  let body: Uint8Array = new TextEncoder().encode(text);
  for (let layer = 0; layer < 10; layer++) body = gzipSync(body);
  await using server = new RawServer(answer([`Content-Encoding: ${Array(10).fill("gzip").join(", ")}`], body));
  assert.deepEqual(failureOf(await once(server.url)), {
    kind: "protocol",
    message: `${new URL(server.url).host} compressed its answer 10 times over, and 3 is the most`,
  });
});

Deno.test("download() limits a packed body before it unpacks it too", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(50_000));
  for (const [encoding, body] of [["deflate", deflateSync(noise)], ["zstd", zstdCompressSync(noise)]] as const) {
    assert.ok(body.length > noise.length);
    await using server = new RawServer(answer([`Content-Encoding: ${encoding}`], body));
    assert.equal(failureOf(await once(server.url, { maxBodySize: noise.length })).kind, "too-large", encoding);
    assert.equal((await once(server.url, { maxBodySize: 60_000 })).response?.body.length, noise.length, encoding);
  }
});

Deno.test("download() gives up on a packed body that goes on without ever becoming a byte", async () => {
  const clock = new ManualClock();
  const nothing = deflateRawSync("", { finishFlush: constants.Z_FULL_FLUSH });
  await using server = new RawServer(async (connection) => {
    await send(connection, answer(["Content-Encoding: gzip"], gzipSync("").subarray(0, 10)));
    for (let sent = 0;; sent++) {
      await send(connection, new Uint8Array(Array(1000).fill([...nothing]).flat()));
      if (sent > 50) clock.advance(1000);
    }
  });
  assert.deepEqual(failureOf(await once(server.url, { clock, idleTimeout: 10, connectTimeout: 1e6, timeout: 1e6 })), {
    kind: "timeout",
    message: `${new URL(server.url).host} stopped in the middle of its answer: nothing came for 10 s`,
  });
});

Deno.test("download() takes a redirect for one whatever its body is", async () => {
  const head = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n";
  for (const body of ["", "not gzip!"]) {
    await using server = new RawServer(head + body);
    const { response, failure } = await once(server.url);
    assert.equal(response?.headers.get("location"), "/there", failure?.message);
    assert.equal(response?.body.length, 0);
  }
  await using server = new RawServer(head.replace("Location", "X-Location"));
  assert.equal(failureOf(await once(server.url)).kind, "cut-short");
});
