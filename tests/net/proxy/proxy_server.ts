/**
 * A proxy for tests: it forwards, opens tunnels (`CONNECT`) and speaks SOCKS5, all on one port, and fails in every way
 * that a test wants.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { close, send } from "../raw_server.ts";
import type { Certificate } from "../tls/certificates.ts";

/**
 * How it fails: `denies` every password; gives `no-tunnel` to any host, or says that there is `no-host` of that name;
 * takes connections and `hangs`; `closes` them at once; speaks `garbage`; `dies` in the middle of an answer, and hangs
 * from then on; `waits` for a host that never answers.
 */
export type Fault = "denies" | "no-tunnel" | "no-host" | "hangs" | "closes" | "garbage" | "dies" | "waits";

/** One thing that it was asked. */
export interface Asked {
  readonly how: "forward" | "connect" | "socks5" | "other";
  /** Host and port. */
  readonly target: string;
  /** Path and query, where it can see them. */
  readonly path?: string;
  /** `user:password`, as it was given. */
  readonly credentials: string | undefined;
}

export interface ProxyServerOptions {
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** It speaks TLS itself. */
  readonly certificate?: Certificate;
  /** Where names lead, by host and port; any other name does not exist. */
  readonly routes?: Readonly<Record<string, string>>;
}

/** How many bytes of an answer come through before it dies. */
const dyingWords = 20_000;

export class ProxyServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  fault: Fault | undefined;
  /** Tunnels lead here instead, to somebody who reads along. */
  detour: string | undefined;
  readonly #options: ProxyServerOptions;
  readonly #open = new Set<Deno.Conn>();
  #listener: Deno.Listener<Deno.Conn>;
  #serving: Promise<void>;
  readonly port: number;

  constructor(options: ProxyServerOptions = {}) {
    this.#options = options;
    this.#listener = this.#listen(0);
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#serving = this.#serve(this.#listener);
  }

  /** Its address, without user name and password. */
  get url(): string {
    return `${this.#options.certificate === undefined ? "http" : "https"}://localhost:${this.port}/`;
  }

  get socksUrl(): string {
    return `socks5://localhost:${this.port}`;
  }

  /** Refuses connections, and cuts those that there are. */
  async down(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    await this.#serving;
  }

  /** Takes connections again, on the same port. */
  up(): void {
    this.#listener = this.#listen(this.port);
    this.#serving = this.#serve(this.#listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.down();
    } catch (error) {
      // It was down already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  #listen(port: number): Deno.Listener<Deno.Conn> {
    const { certificate } = this.#options;
    // "localhost" on the other side, which may be either address: this one is tried in any case.
    const address = { hostname: "127.0.0.1", port };
    return certificate === undefined ? Deno.listen(address) : Deno.listenTls({ ...address, ...certificate });
  }

  async #serve(listener: Deno.Listener<Deno.Conn>): Promise<void> {
    const served: Promise<void>[] = [];
    while (true) {
      let connection: Deno.Conn;
      try {
        connection = await listener.accept();
      } catch (error) {
        // A handshake that fails is the client's affair.
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) break;
        continue;
      }
      this.#open.add(connection);
      served.push(
        this.#converse(connection).catch(() => {}).finally(() => {
          this.#open.delete(connection);
          close(connection);
        }),
      );
    }
    await Promise.all(served);
  }

  async #converse(client: Deno.Conn): Promise<void> {
    if (this.fault === "closes") return;
    const first = await readSome(client);
    if (this.fault === "hangs") return await untilClosed(client);
    if (this.fault === "garbage") return await send(client, "this is not a proxy\r\n\r\n");
    if (first[0] === 5) await this.#socks(client, first);
    else await this.#http(client, first);
  }

  async #http(client: Deno.Conn, first: Buffer): Promise<void> {
    let heard = first;
    while (!heard.includes("\r\n\r\n")) heard = Buffer.concat([heard, await readSome(client)]);
    const end = heard.indexOf("\r\n\r\n") + 4;
    const head = heard.subarray(0, end).toString("latin1"), rest = heard.subarray(end);
    const [method = "", target = ""] = head.split(" ");
    const given = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1];
    const credentials = given === undefined ? undefined : Buffer.from(given, "base64").toString();
    const url = method === "CONNECT" ? undefined : URL.parse(target);
    const host = url ? `${url.hostname}:${url.port || 80}` : target;
    const how = method === "CONNECT" ? "connect" : url ? "forward" : "other";
    this.asked.push({ how, target: host, ...url && { path: url.pathname + url.search }, credentials });
    if (this.fault === "denies" || this.#refuses(credentials)) {
      return await answer(client, "407 Proxy Authentication Required", ['Proxy-Authenticate: Basic realm="test"']);
    }
    if (how === "other") return await answer(client, "400 Bad Request");
    if (this.fault === "waits") return await untilClosed(client);
    const dying = this.fault === "dies";
    const upstream = await this.#connect(host, how === "connect");
    if (upstream === "no-host") {
      return await answer(client, "503 Service Unavailable", ["X-Squid-Error: ERR_DNS_FAIL 0"]);
    }
    if (upstream === "refused") return await answer(client, "502 Bad Gateway", ["X-Squid-Error: ERR_CONNECT_FAIL 111"]);
    if (url) await send(upstream, Buffer.concat([Buffer.from(forwarded(head, method, url), "latin1"), rest]));
    else await send(client, "HTTP/1.1 200 Connection established\r\n\r\n");
    await this.#join(client, upstream, dying);
  }

  async #socks(client: Deno.Conn, first: Buffer): Promise<void> {
    const wanted = this.#options.credentials;
    let credentials: string | undefined;
    if (wanted !== undefined || this.fault === "denies") {
      if (!first.subarray(2).includes(2)) return await send(client, Buffer.from([5, 255]));
      await send(client, Buffer.from([5, 2]));
      const said = await readSome(client);
      const user = said.subarray(2, 2 + said[1]!), password = said.subarray(3 + said[1]!);
      credentials = `${user}:${password}`;
      const denied = this.fault === "denies" || this.#refuses(credentials);
      await send(client, Buffer.from([1, denied ? 1 : 0]));
      if (denied) {
        this.asked.push({ how: "socks5", target: "", credentials });
        return;
      }
    } else {
      await send(client, Buffer.from([5, 0]));
    }
    const request = await readSome(client);
    const name = request[3] === 1 ? request.subarray(4, 8).join(".") : request.subarray(5, 5 + request[4]!).toString();
    const target = `${name}:${request.readUInt16BE(request.length - 2)}`;
    this.asked.push({ how: "socks5", target, credentials });
    if (this.fault === "waits") return await untilClosed(client);
    const upstream = await this.#connect(target, true);
    const reply = (code: number) => send(client, Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (upstream === "no-host") return await reply(4);
    if (upstream === "refused") return await reply(this.fault === "no-tunnel" ? 1 : 5);
    await reply(0);
    await this.#join(client, upstream, this.fault === "dies");
  }

  #refuses(credentials: string | undefined): boolean {
    return this.#options.credentials !== undefined && credentials !== this.#options.credentials;
  }

  async #connect(target: string, isTunnel: boolean): Promise<Deno.Conn | "no-host" | "refused"> {
    if (this.fault === "no-host") return "no-host";
    if (this.fault === "no-tunnel") return "refused";
    const own = /^(?:127\.0\.0\.1|localhost):\d+$/.test(target) ? target : undefined;
    const to = (isTunnel ? this.detour : undefined) ?? this.#options.routes?.[target] ?? own;
    if (to === undefined) return "no-host";
    try {
      const upstream = await Deno.connect({ hostname: "127.0.0.1", port: Number(to.split(":")[1]) });
      this.#open.add(upstream);
      return upstream;
    } catch {
      return "refused";
    }
  }

  /** Passes on what each side says until one of them is done. */
  async #join(client: Deno.Conn, upstream: Deno.Conn, dying: boolean): Promise<void> {
    try {
      await Promise.race([pass(client, upstream, Infinity), pass(upstream, client, dying ? dyingWords : Infinity)]);
    } finally {
      if (dying) this.fault = "hangs";
      this.#open.delete(upstream);
      close(upstream);
    }
  }
}

/** The request as its server wants it, with a word of the proxy's own; the connection ends with the answer. */
function forwarded(head: string, method: string, url: URL): string {
  const lines = head.trimEnd().split("\r\n").slice(1).filter((line) => !/^(?:proxy-|connection:)/i.test(line));
  const own = ["Via: 1.1 test", "Connection: close", "", ""];
  return [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...lines, ...own].join("\r\n");
}

async function pass(from: Deno.Conn, to: Deno.Conn, most: number): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  for (let passed = 0; passed < most;) {
    const length = await from.read(buffer.subarray(0, Math.min(buffer.length, most - passed)));
    if (length === null) return;
    await send(to, buffer.subarray(0, length));
    passed += length;
  }
}

async function readSome(connection: Deno.Conn): Promise<Buffer> {
  const buffer = new Uint8Array(16 * 1024);
  const length = await connection.read(buffer);
  if (length === null) throw new Error("the client has gone");
  return Buffer.from(buffer.subarray(0, length));
}

async function untilClosed(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection.read(buffer) !== null);
}

async function answer(client: Deno.Conn, status: string, headers: readonly string[] = []): Promise<void> {
  const body = `The proxy says ${status}`;
  const all = [...headers, `Content-Length: ${body.length}`, "Connection: close"];
  await send(client, `HTTP/1.1 ${status}\r\n${all.join("\r\n")}\r\n\r\n${body}`);
}
