/**
 * Servers with which encryption cannot be agreed on, or should not. The crawl trusts the authority of `net/tls/certificates.ts`.
 *
 * @module
 */
import type { Case } from "./case.ts";
import type { CertificateName } from "../net/tls/certificates.ts";

/** `why` is what the line must say. */
function certificate(name: string, certificate: CertificateName, why: string): Case {
  return {
    name: `a certificate ${name}`,
    serving: { certificate, answer: (peer) => peer.sendPage("<title>trusted</title>") },
    wanted: { failure: "tls", message: new RegExp(`Cannot trust the certificate of .*${why}`) },
  };
}

export const tls: readonly Case[] = [
  {
    name: "a certificate as it should be",
    serving: { certificate: "good", answer: (peer) => peer.sendPage("<title>trusted</title>") },
    wanted: { pages: 1, title: "trusted" },
  },
  certificate("that has expired", "expired", "it expired on 2021-01-01"),
  certificate("that is not valid yet", "notYet", "it is valid only from 2090-01-01"),
  certificate("that has signed itself", "selfSigned", "it is self-signed"),
  certificate("of another host", "wrongHost", "it is for .*elsewhere\\.test"),
  certificate("of an authority that nobody knows", "otherAuthority", "it has an unknown issuer"),
  {
    name: "silence in the handshake",
    serving: { scheme: "https", connected: (_connection, gone) => gone },
    wanted: { failure: "robots", message: /sent no answer within/ },
  },
  {
    name: "an end in the handshake",
    serving: { scheme: "https", connected() {} },
    wanted: { failure: "robots", message: /closed the connection|broke the connection off/ },
  },
  {
    name: "plain HTTP where TLS was asked for",
    serving: {
      scheme: "https",
      async connected(connection) {
        await connection.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"));
        await connection.read(new Uint8Array(4096));
      },
    },
    wanted: { failure: "robots", message: /does not speak TLS/ },
  },
  {
    name: "garbage in the handshake",
    serving: {
      scheme: "https",
      async connected(connection) {
        await connection.read(new Uint8Array(4096));
        await connection.write(new Uint8Array([22, 3, 3, 0, 5, 99, 0, 0, 1, 0]));
        await connection.read(new Uint8Array(4096));
      },
    },
    wanted: { failure: "robots", message: /Cannot agree on encryption/ },
  },
];
