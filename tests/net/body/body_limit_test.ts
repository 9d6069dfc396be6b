import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { BodyRoom } from "../../../lib/net/body/body_room.ts";
import { Downloader } from "../../../lib/net/download.ts";
import { ManualClock } from "../../../lib/time/clock.ts";
import { failureOf, get, once, pageOf, textOf } from "../one_download.ts";
import { answer, type RawAnswer, RawServer, send } from "../raw_server.ts";
import { serving } from "../serving.ts";

/** An answer that goes on until the client goes away. */
function endless(...headers: readonly string[]): RawAnswer {
  return async (connection) => {
    await send(connection, answer(["Transfer-Encoding: chunked", ...headers]));
    while (true) await send(connection, `10000\r\n${"x".repeat(0x10000)}\r\n`);
  };
}

Deno.test("download() refuses a body above the limit, however it comes", async () => {
  const bomb = gzipSync(new Uint8Array(2_000_000));
  const large: [string, RawAnswer][] = [
    ["announced, and never sent", (connection) => send(connection, answer(["Content-Length: 100001"]))],
    ["without end", endless()],
    ["announced as less", endless("Content-Length: 5")],
    ["packed", answer(["Content-Encoding: gzip", `Content-Length: ${bomb.length}`], bomb)],
    ["packed twice", answer(["Content-Encoding: gzip, gzip"], gzipSync(bomb))],
  ];
  for (const [name, sent] of large) {
    await using server = new RawServer(sent);
    assert.deepEqual(failureOf(await once(server.url, { maxBodySize: 100_000 })), {
      kind: "too-large",
      message: `The answer of ${new URL(server.url).host} is larger than 100 KB`,
    }, name);
  }
});

Deno.test("download() fetches no more of a body than is asked for, however it comes and whatever its limit", async () => {
  const bomb = gzipSync("x".repeat(2_000_000));
  const large: [string, RawAnswer][] = [
    ["without end", endless()],
    ["announced", (connection) => send(connection, answer(["Content-Length: 1000000"], "x".repeat(100_000)))],
    ["compressed", answer(["Content-Encoding: gzip", `Content-Length: ${bomb.length}`], bomb)],
  ];
  for (const [name, sent] of large) {
    await using server = new RawServer(sent);
    const outcome = await once(server.url, { maxBodySize: 20_000 }, { atMost: 70_000 });
    assert.equal(textOf(outcome), "x".repeat(70_000), name);
  }
  await serving(() => new Response("short"), async (url) => {
    assert.equal(textOf(await once(url, {}, { atMost: 70_000 })), "short");
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

Deno.test("download() does not read a body on for which there is no room, and does not hold that against its server", async () => {
  const unending = () =>
    new Response(
      new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }, { highWaterMark: 0 }),
    );
  await serving(unending, async (url) => {
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
