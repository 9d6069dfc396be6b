import assert from "node:assert/strict";
import { once } from "./one_download.ts";
import { Certificates, hasOpenssl } from "./tls/certificates.ts";
import { answer, RawServer } from "./raw_server.ts";

/** What comes of an answer: its status and the length of its headers, or the failure, with HOST for the host. */
async function outcomeOf(url: string, caCerts: readonly string[] = []): Promise<string> {
  const { response, failure } = await once(url, { caCerts, connectTimeout: 10 });
  if (failure !== undefined) return `${failure.kind}: ${failure.message.replace(new URL(url).host, "HOST")}`;
  return `${response.status} ${[...response.headers].map((header) => header.join("")).join("").length}`;
}

const tooLarge = "protocol: The headers of HOST are too many or too large";
const notHttp = "protocol: The answer of HOST is not valid HTTP: ";
const many = (count: number) => Array.from({ length: count }, (_, at) => `A${at}: b`);

Deno.test("download() takes large headers, and says when they are too large", async () => {
  const cases: [headers: readonly string[], expected: string][] = [
    [[`Set-Cookie: a=${"x".repeat(65_536)}`], "200 65548"],
    [[`A: ${"x".repeat(300_000)}`], "200 300001"],
    [[`A: ${"x".repeat(1_000_000)}`], tooLarge],
    [many(99), "200 386"],
    [many(101), tooLarge],
    [many(10_000), tooLarge],
  ];
  for (const [headers, expected] of cases) {
    await using server = new RawServer(answer(headers));
    assert.equal(await outcomeOf(server.url), expected, `${headers.length} ${headers[0]?.length}`);
  }
});

Deno.test("download() says what is not valid HTTP", async () => {
  const header = (line: string) => `HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 0\r\n\r\n`;
  const status = (line: string) => `${line}\r\nContent-Length: 0\r\n\r\n`;
  const cases: Record<string, readonly string[]> = {
    "invalid HTTP header parsed": [
      header("A: b\0c"),
      header("A\0: b"),
      header("A: b\rc"),
      header("A: b\nc"),
      header("A: b\r\n c"),
      header("A : b"),
      header("hello"),
      header(": b"),
    ],
    "invalid HTTP status-code parsed": [
      status("HTTP/1.1 abc OK"),
      status("HTTP/1.1 99 No"),
      status("HTTP/1.1 1000 No"),
    ],
    "invalid HTTP version parsed": [
      status("HTTP/3.7 200 OK"),
      status("HTTP/1.1"),
      "<html>HTTP/0.9 has no headers</html>",
      "SSH-2.0-OpenSSH_9.6\r\n",
      "ICY 200 OK\r\n\r\n",
    ],
    "invalid content-length parsed": [
      header("Content-Length: 1"),
      header("Content-Length: -1"),
      header("Content-Length: 99999999999999999999"),
    ],
  };
  for (const [reason, list] of Object.entries(cases)) {
    for (const bytes of list) {
      await using server = new RawServer(bytes);
      assert.equal(await outcomeOf(server.url), notHttp + reason, JSON.stringify(bytes));
    }
  }
});

Deno.test("download() is not put off by odd headers that are valid", async () => {
  const odd = [
    "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "HTTP/1.0 200 OK\r\n\r\nto the end",
    `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
    "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  ];
  for (const bytes of odd) {
    await using server = new RawServer(bytes);
    assert.match(await outcomeOf(server.url), /^(?:200|999) /, JSON.stringify(bytes.slice(0, 60)));
  }
});

Deno.test("download() limits headers over HTTP/2 too", { ignore: !hasOpenssl }, async () => {
  await using certificates = await Certificates.make();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificates.good },
    (request) => {
      const { searchParams } = new URL(request.url);
      const headers = new Headers();
      for (let at = 0; at < Number(searchParams.get("count")); at++) {
        headers.append(`a${at}`, "x".repeat(Number(searchParams.get("size"))));
      }
      return new Response("", { headers });
    },
  );
  const ask = (count: number, size: number) =>
    outcomeOf(`https://localhost:${server.addr.port}/?count=${count}&size=${size}`, [certificates.authority]);
  assert.match(await ask(1, 10_000), /^200 /);
  assert.match(await ask(1, 65_536), /^200 /);
  assert.match(await ask(200, 10), /^200 /);
  const refused =
    /^protocol: The (?:headers of HOST are too many or too large$|answer of HOST is not valid HTTP\/2, or its headers are too large: )/;
  assert.match(await ask(1, 130_000), refused);
  assert.match(await ask(1, 1_000_000), refused);
  assert.match(await ask(10_000, 10), refused);
});
