/**
 * Servers that speak TLS, well or badly, and downloads from them.
 *
 * @module
 */

import type { Outcome } from "../../../lib/model/outcome.ts";
import type { Downloadable, DownloaderOptions, Sending } from "../../../lib/net/download.ts";
import { once as onceAsUsual } from "../one_download.ts";
import { close, send } from "../raw_server.ts";
import { type Certificate, Certificates, hasOpenssl } from "./certificates.ts";

if (!hasOpenssl) console.log("Skipped: there is no openssl here to make certificates with");

/** A test that gets certificates, where there is somebody to make them. */
export function test(name: string, work: (certificates: Certificates) => Promise<void>): void {
  Deno.test(name, { ignore: !hasOpenssl }, async () => {
    await using certificates = await Certificates.make();
    await work(certificates);
  });
}

/** Downloads once, and does not wait long for a server that says nothing. */
export function once(
  url: string,
  options: Partial<DownloaderOptions> = {},
  more: Partial<Downloadable> & Sending = {},
): Promise<Outcome> {
  return onceAsUsual(url, { connectTimeout: 5, idleTimeout: 5, ...options }, more);
}

/** A well-behaved https server that echoes requests. */
export async function serving(certificate: Certificate, work: (url: string) => Promise<void>): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/moved") return new Response(null, { status: 302, headers: { location: "/a" } });
      if (pathname === "/large") return new Response("x".repeat(3_000_000));
      const { host } = Object.fromEntries(request.headers);
      return new Response(`${request.method} ${host} ${pathname} ${await request.text()}`.trim());
    },
  );
  await work(`https://localhost:${server.addr.port}/`);
}

/** A server that does with each connection what it is told; `certificate` is for TLS that works. */
export async function talking(
  certificate: Certificate | undefined,
  talk: (connection: Deno.Conn) => Promise<void>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener: Deno.Listener = certificate ? Deno.listenTls({ ...address, ...certificate }) : Deno.listen(address);
  const open: Deno.Conn[] = [];
  const served = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      // The client goes away in the middle of several of these.
      await talk(connection).catch(() => {});
    }
  })();
  try {
    await work(`https://localhost:${(listener.addr as Deno.NetAddr).port}/`);
  } finally {
    listener.close();
    for (const connection of open) close(connection);
    await served;
  }
}

/** Hears what the client says first, and answers with the same bytes whatever it is. */
export async function reply(connection: Deno.Conn, what: string | Uint8Array): Promise<void> {
  await connection.read(new Uint8Array(10_000));
  await send(connection, what);
}
