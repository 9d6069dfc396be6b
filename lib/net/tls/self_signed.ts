/**
 * Whether a certificate that nobody vouches for is self-signed, which the error does not say.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { connectUnchecked, type Target } from "./node_connect.ts";

/** The words of rustls for a certificate that may be self-signed, or not. */
const undecided = /invalid peer certificate: .*(?:UnknownIssuer|CaUsedAsEndEntity)/;

/** The longest wait for a look at a certificate, in milliseconds. */
const patience = 5000;

/** Hosts that are remembered. */
const mostHosts = 1000;

/** Looks at the certificates of hosts, once at each. Nothing is sent to them but the beginning of a handshake. */
export class SelfSigned {
  readonly #known = new Map<string, Promise<boolean>>();

  /**
   * Returns an error of a connection, or one that says that the certificate is self-signed. `asked` is the URL that was
   * connected to, where its host is an address in the place of that of `url`.
   */
  async explain(error: unknown, url: string, asked: string): Promise<unknown> {
    const words = wordsOf(error);
    if (!undecided.test(words)) return error;
    const { hostname, port } = new URL(asked), { host, hostname: servername } = new URL(url);
    if (this.#known.size >= mostHosts) this.#known.clear();
    const known = this.#known.get(host) ?? isSelfSigned({ hostname, port, servername });
    this.#known.set(host, known);
    const [kind] = /CaUsedAsEndEntity/.exec(words) ?? ["of a server"];
    return await known ? new Error(`invalid peer certificate: self-signed, ${kind}`) : error;
  }
}

function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let at = error; at instanceof Error && words.length < 8; at = at.cause) words.push(at.message);
  return words.join(": ");
}

async function isSelfSigned({ hostname, port, servername }: Target): Promise<boolean> {
  try {
    const isName = /[a-z]/i.test(servername ?? "") && !servername?.includes(":");
    const socket = await connectUnchecked({ hostname, port, ...isName && { servername } }, patience, undefined);
    try {
      const { subject, issuer } = new X509Certificate(socket.getPeerCertificate().raw);
      return subject === issuer;
    } finally {
      socket.destroy();
    }
  } catch {
    // Whatever the reason, it cannot be seen: then nobody says that it is self-signed.
    return false;
  }
}
