/**
 * Servers with which encryption cannot be agreed on, or should not.
 *
 * @module
 */
import type { Case } from "./case.ts";
import type { CertificateName } from "./certificates.ts";

/** robots.txt is the first that is asked for, so it is what fails. */
function certificate(name: string, certificate: CertificateName): Case {
  return {
    name: `a certificate ${name}`,
    serving: { certificate, answer: (peer) => peer.sendPage("<title>trusted</title>") },
    wanted: { failure: "robots", message: /Cannot trust the certificate of/ },
  };
}

export const tls: readonly Case[] = [
  certificate("that has expired", "expired"),
  certificate("that is not valid yet", "notYet"),
  certificate("that has signed itself", "selfSigned"),
  certificate("of another host", "otherHost"),
  certificate("of an authority that nobody knows", "otherAuthority"),
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
