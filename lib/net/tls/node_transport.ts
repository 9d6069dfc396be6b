/**
 * https over `node:tls`, for what `fetch` cannot be told: not to look at certificates (`--insecure`), or to go to an
 * address under the name of its host.
 *
 * These requests go through undici, which is loaded when the first of them is made.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { idleConnection } from "../fetch_transport.ts";
import type { Answer, Ask, Transport } from "../transport.ts";
import type { Target } from "./node_connect.ts";
import { unlessAborted } from "../unless_aborted.ts";

/** As much as `fetch` takes over HTTP/1, in bytes and in headers. */
const maxHeaderSize = 400_000, mostHeaders = 100;

/** Opens a connection with TLS, within so many milliseconds. */
export type Connect = (target: Target, timeout: number) => Promise<Socket>;

/** Carries requests over connections that are opened for it. */
export class NodeTransport implements Transport {
  readonly #undici = import("undici");
  readonly #agent: Promise<Dispatcher>;

  /**
   * A connection may take `connectTimeout` seconds: undici goes on with it when nobody waits any more. With `keeps` it is
   * kept for the next requests.
   */
  constructor(connectTimeout: number, connect: Connect, keeps = true) {
    this.#agent = this.#open(connectTimeout, connect, keeps);
    // Whoever asks hears of it.
    this.#agent.catch(() => {});
  }

  async ask(url: string, { method, headers: said, body, signal }: Ask): Promise<Answer> {
    const { request } = await this.#undici;
    try {
      const asked = request(url, {
        dispatcher: await this.#agent,
        method: method as Dispatcher.HttpMethod,
        headers: { "accept-encoding": "gzip", ...said },
        body: body ?? null,
        signal,
        // Whoever asks watches the time.
        headersTimeout: 0,
        bodyTimeout: 0,
        responseHeaders: "raw",
      });
      // By itself it would wait for the connection first.
      const answer = await unlessAborted(signal, asked);
      // Whoever reads hears of it; an error that nobody hears would end the process.
      answer.body.on("error", () => {});
      // "Raw" are names and values in turn, which its type does not know.
      const headers = headersOf(answer.headers as unknown as readonly string[]);
      if (headers === undefined) {
        answer.body.destroy();
        throw new Error("message head is too large");
      }
      const stream = streamOf(answer.body, signal);
      const bytes = () => new Response(stream).bytes();
      return { status: answer.statusCode, headers, body: stream, bytes, isPacked: true };
    } catch (error) {
      throw told(error);
    }
  }

  close(): void {
    // What could not be opened need not be closed.
    void this.#agent.then((agent) => agent.destroy(), () => {});
  }

  async #open(connectTimeout: number, connect: Connect, keeps: boolean): Promise<Dispatcher> {
    const { Agent } = await this.#undici;
    return new Agent({
      maxHeaderSize,
      // None: the connection ends with its answer.
      pipelining: keeps ? 1 : 0,
      keepAliveTimeout: idleConnection,
      keepAliveMaxTimeout: idleConnection,
      connect: (target, callback) => {
        connect(target, 1000 * connectTimeout).then(
          (socket) => callback(null, socket),
          (error) => callback(error, null),
        );
      },
    });
  }
}

function headersOf(raw: readonly string[]): Headers | undefined {
  if (raw.length > 2 * mostHeaders) return undefined;
  const headers = new Headers();
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  return headers;
}

/** A stream that its reader may give buffers to, as that of `fetch` is. */
function streamOf(
  body: AsyncIterable<Uint8Array> & { destroy(): void },
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
    },
    async pull(controller) {
      // Without its cause, whose words are about an answer that never came.
      const { done, value } = await pieces.next().catch(() => {
        throw new Error("error reading a body");
      });
      if (done !== true) return controller.enqueue(new Uint8Array(value));
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel() {
      body.destroy();
    },
  });
}

/** As `fetch` does, a `TypeError` where no such request can be made; and always words. */
function told(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "UND_ERR_INVALID_ARG") return new TypeError(error.message, { cause: error });
  // Of several addresses each has its own error, and all of them together have only a code.
  return error.message === "" ? new Error(String(error.code), { cause: error }) : error;
}
