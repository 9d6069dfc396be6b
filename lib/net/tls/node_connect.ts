/**
 * Connections with TLS over `node:tls`: on which no certificate is looked at, directly or through an http proxy; or to
 * an address, with a certificate for a name.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, rootCertificates, type TLSSocket } from "node:tls";
import type { Proxy } from "../proxy/proxy.ts";

/** Where to, as undici says it; `servername` is the name in the request, where the host is an address. */
export interface Target {
  readonly hostname: string;
  readonly port: string;
  readonly servername?: string | null | undefined;
}

/** The longest answer to a `CONNECT`, in bytes: a proxy that says more is none. */
const longestHead = 16 * 1024;

/**
 * Whether certificates can go unchecked through a proxy: Deno 2.6 cannot put TLS into TLS, and nothing here speaks
 * SOCKS.
 */
export function canGoUnchecked(proxy: Proxy): boolean {
  return proxy.url.startsWith("http:");
}

/** Returns a connection that is ready, whatever certificate there is, within so many milliseconds. */
export async function connectUnchecked(
  target: Target,
  timeout: number,
  proxy: Proxy | undefined,
): Promise<TLSSocket> {
  const host = unbracketed(target.hostname), port = Number(target.port) || 443;
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  const through = proxy === undefined
    ? { host, port }
    : { socket: await tunnel(proxy, `${bracketed}:${port}`, timeout) };
  return await secure({ ...through, ...named(target), rejectUnauthorized: false }, timeout);
}

/**
 * Returns a connection that is ready within so many milliseconds, to a server that is who its name says by the usual
 * authorities or by `caCerts`, in PEM.
 */
export async function connectChecked(target: Target, timeout: number, caCerts: readonly string[]): Promise<TLSSocket> {
  const through = { host: unbracketed(target.hostname), port: Number(target.port) || 443 };
  const ca = caCerts.length > 0 && { ca: [...rootCertificates, ...caCerts] };
  return await secure({ ...through, ...named(target), ...ca }, timeout);
}

async function secure(options: ConnectionOptions, timeout: number): Promise<TLSSocket> {
  return await ready(connectTls({ ...options, ALPNProtocols: ["http/1.1"] }), "secureConnect", timeout);
}

/** The name that a server is asked for; none where there is only an address. */
function named({ hostname, servername }: Target): Pick<ConnectionOptions, "servername"> {
  const host = unbracketed(hostname), name = servername || (isIP(host) === 0 ? host : "");
  return name === "" ? {} : { servername: name };
}

/** Opens a way through a proxy; rejects in the words of `fetch`, which tell the proxy's faults from the host's. */
async function tunnel(proxy: Proxy, host: string, timeout: number): Promise<Socket> {
  if (!canGoUnchecked(proxy)) throw new TypeError("https goes unchecked only without a proxy, or through an http one");
  const { hostname, port } = new URL(proxy.url);
  const socket = connectPlain({ host: unbracketed(hostname), port: Number(port) || 80 });
  try {
    await ready(socket, "connect", timeout);
  } catch (error) {
    throw new Error(`tcp connect error: ${error instanceof Error ? error.message : error}`);
  }
  const { username, password = "" } = proxy;
  const login = Buffer.from(`${username}:${password}`).toString("base64");
  const authorization = username === undefined ? "" : `Proxy-Authorization: Basic ${login}\r\n`;
  socket.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`);
  const status = await statusOf(socket, timeout);
  if (status >= 200 && status <= 299) return socket;
  socket.destroy();
  throw new Error(status === 407 ? "proxy authentication required" : `unsuccessful tunnel: status ${status}`);
}

/** Returns the status of an answer when its head has been read; 0 for what is none. */
function statusOf(socket: Socket, timeout: number): Promise<number> {
  return new Promise((resolve) => {
    let head = "";
    const end = () => {
      socket.setTimeout(0);
      // Paused, because Deno 2.6 cannot put TLS on a socket that is being read.
      socket.removeListener("data", hear).removeListener("timeout", end).removeListener("close", end).pause();
      resolve(Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1] ?? 0));
    };
    const hear = (piece: Buffer) => {
      head += piece.toString("latin1");
      if (head.includes("\r\n\r\n") || head.length > longestHead) end();
    };
    socket.setTimeout(timeout);
    socket.on("data", hear).on("timeout", end).on("close", end);
  });
}

function ready<Kind extends Socket>(socket: Kind, event: "connect" | "secureConnect", timeout: number): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const late = () => socket.destroy(new Error("Connect Timeout"));
    // It goes on listening: Deno 2.6 may tell of a second error, which would end the process if nobody heard it.
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed before secure TLS connection")));
    socket.setTimeout(timeout);
    socket.on("timeout", late);
    socket.once(event, () => {
      socket.setTimeout(0);
      socket.removeListener("timeout", late);
      resolve(socket);
    });
  });
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
