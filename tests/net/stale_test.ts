import assert from "node:assert/strict";
import { Downloader } from "../../lib/net/download.ts";
import { failureOf, get, pageOf } from "./one_download.ts";
import { RawServer } from "./raw_server.ts";

Deno.test("a connection that closes under a request is perhaps a kept one only where an answer has come before", async () => {
  await using server = new RawServer(async (connection, head) => {
    if (head.startsWith("GET /page")) {
      await connection.write(
        new TextEncoder().encode("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"),
      );
    } else await connection.closeWrite();
  });
  using downloader = new Downloader({ userAgent: "test/1" });
  const first = failureOf(await downloader.download(get(`${server.url}gone`)));
  assert.deepEqual([first.kind, first.stale], ["reset", undefined]);
  pageOf(await downloader.download(get(`${server.url}page`)));
  const later = failureOf(await downloader.download(get(`${server.url}gone`)));
  assert.deepEqual([later.kind, later.stale], ["reset", true]);
});
