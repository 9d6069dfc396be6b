/**
 * The client of a hostile host, as the code that answers it sees it.
 *
 * @module
 */
import type { Scale } from "./case.ts";

const encoder = new TextEncoder();

/** One request, and the connection on which it came. */
export class Peer {
  /** The target of the request: `/page?x=1`. */
  readonly path: string;
  /** Of the host that was asked: `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly scale: Scale;
  readonly #connection: Deno.Conn;
  readonly #stop: AbortSignal;

  constructor(connection: Deno.Conn, path: string, origin: string, scale: Scale, stop: AbortSignal) {
    this.#connection = connection;
    this.path = path;
    this.origin = origin;
    this.scale = scale;
    this.#stop = stop;
  }

  /** Sends all of a text or of some bytes. Throws when the client has gone. */
  async send(what: string | Uint8Array): Promise<void> {
    let rest = typeof what === "string" ? encoder.encode(what) : what;
    while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** Sends the same again and again until the client goes. */
  async sendForEver(what: string | Uint8Array, everyMs = 0): Promise<void> {
    const bytes = typeof what === "string" ? encoder.encode(what) : what;
    while (!this.#stop.aborted) {
      await this.send(bytes);
      if (everyMs > 0) await this.wait(everyMs);
    }
  }

  /** Sends one byte after the other, and then the last for ever. */
  async drip(text: string, everyMs: number): Promise<void> {
    for (const character of text) {
      await this.send(character);
      await this.wait(everyMs);
    }
    await this.sendForEver(" ", everyMs);
  }

  /** Sends a head and a body as they are. */
  async sendAnswer(status: string, headers: readonly string[], body: string | Uint8Array = ""): Promise<void> {
    const head = `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`;
    await this.send(typeof body === "string" ? head + body : head);
    if (typeof body !== "string") await this.send(body);
  }

  /** Sends a proper page. */
  async sendPage(html: string | Uint8Array, headers: readonly string[] = []): Promise<void> {
    const body = typeof html === "string" ? encoder.encode(html) : html;
    const type = headers.some((header) => /^content-type:/i.test(header)) ? [] : ["content-type: text/html"];
    const all = [...type, ...headers, `content-length: ${body.length}`, "connection: close"];
    await this.sendAnswer("200 OK", all, body);
  }

  /** Sends a proper redirect. */
  async sendRedirect(location: string, status = "302 Found"): Promise<void> {
    await this.sendAnswer(status, [`location: ${location}`, "content-length: 0", "connection: close"]);
  }

  /** Waits, unless the server stops. */
  wait(ms: number): Promise<void> {
    if (this.#stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#stop.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stop.addEventListener("abort", done);
    });
  }

  /** Waits until the client goes, or the server stops. */
  async untilGone(): Promise<void> {
    const buffer = new Uint8Array(1024);
    while (await this.#connection.read(buffer) !== null);
  }
}
