import assert from "node:assert/strict";
import { closedPort } from "../closed_port.ts";
import { Downloader } from "../../../lib/net/download.ts";
import { failureOf, get, textOf } from "../one_download.ts";
import type { Certificate } from "./certificates.ts";
import { once, reply, serving, talking, test } from "./tls_servers.ts";

test("download() trusts the certificates that it is given, and no others", async ({ good, authority, selfSigned }) => {
  await serving(good, async (url) => {
    assert.match(textOf(await once(url, { caCerts: [authority] })), /^GET /);
    for (const caCerts of [[], [selfSigned.cert]]) {
      assert.deepEqual(failureOf(await once(url, { caCerts }), url), {
        kind: "tls",
        message:
          "Cannot trust the certificate of HOST: it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any",
        final: true,
      });
    }
  });
});

test("download() says what is wrong with a certificate, for good", async (certificates) => {
  const reasons: [Certificate, string][] = [
    [certificates.expired, "it expired on 2021-01-01"],
    [certificates.notYet, "it is valid only from 2090-01-01"],
    [certificates.wrongHost, "it has the wrong name: it is for elsewhere.test"],
    [certificates.otherAuthority, "it has an unknown issuer: --ca-file FILE names one to trust, --insecure takes any"],
    [
      certificates.selfSigned,
      "it is self-signed, and an authority's, which --ca-file cannot change: only --insecure takes it",
    ],
    [certificates.selfSignedServer, "it is self-signed: --ca-file FILE trusts it, --insecure any"],
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

test("download() does what it says of self-signed certificates", async ({ selfSigned, selfSignedServer }) => {
  for (const [{ cert, key }, taken] of [[selfSignedServer, true], [selfSigned, false]] as const) {
    await serving({ cert, key }, async (url) => {
      assert.equal((await once(url, { caCerts: [cert] })).response !== undefined, taken);
      assert.equal((await once(url, { insecure: true })).response?.status, 200);
    });
  }
});

test("download() looks at an unknown certificate once, and not behind a proxy", async ({ selfSignedServer }) => {
  let connections = 0;
  const count = async (connection: Deno.Conn) => {
    connections += 1;
    await (connection as Deno.TlsConn).handshake();
  };
  await talking(selfSignedServer, count, async (url) => {
    using downloader = new Downloader({ userAgent: "test/1", connectTimeout: 5 });
    for (let at = 0; at < 3; at++) {
      assert.match((await downloader.download(get(url))).failure!.message, /it is self-signed: /);
    }
    assert.equal(connections, 4);
  });
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
