import assert from "node:assert/strict";
import { closedPort } from "../closed_port.ts";
import { failureOf, textOf } from "../one_download.ts";
import type { Certificate } from "./certificates.ts";
import { once, reply, serving, talking, test } from "./tls_servers.ts";

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

Deno.test("download() says what keeps encryption from being agreed on", async () => {
  // What a server answers that knows nothing newer than TLS 1.0.
  const tooOld = new Uint8Array([0x15, 3, 1, 0, 2, 2, 70]);
  const cases: [talk: (connection: Deno.Conn) => Promise<void>, kind: string, message: string][] = [
    [
      (connection) => reply(connection, tooOld),
      "tls",
      "Cannot agree on encryption with HOST: received fatal alert: ProtocolVersion",
    ],
    [
      (connection) => reply(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"),
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

Deno.test("download() says unchecked as checked that nobody is there", async () => {
  const url = `https://127.0.0.1:${closedPort}/`;
  for (const insecure of [false, true]) {
    assert.deepEqual(failureOf(await once(url, { insecure }), url), {
      kind: "connect",
      message: "HOST refused the connection",
    });
  }
});
