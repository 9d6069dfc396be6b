/**
 * A short conversation with a proxy, byte by byte.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Clock } from "../../time/clock.ts";
import { shortageIn } from "../shortage.ts";
import type { Proxy } from "./proxy.ts";

export interface TalkOptions {
  readonly clock: Clock;
  /** Certificates that are trusted besides those that Deno knows, in PEM. */
  readonly caCerts?: readonly string[] | undefined;
  /** How long an answer is waited for, in seconds. @default {5} */
  readonly patience?: number;
}

/** A connection, and what it has said so far. */
export interface Line {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns bytes as soon as there are `count`; throws where the connection ends before. */
  read(count: number): Promise<Uint8Array>;
  /** Returns all text up to an empty line. */
  readHead(): Promise<string>;
}

/**
 * Connects to a proxy and returns what a conversation with it comes to: `dead` where it takes no connection or breaks
 * off, undefined where it falls silent, `unknown` where there is nothing left to connect with.
 */
export async function talk<State>(
  { url }: Proxy,
  { clock, caCerts, patience = 5 }: TalkOptions,
  about: (line: Line) => Promise<State>,
): Promise<State | "dead" | "unknown" | undefined> {
  const silence = new AbortController();
  const cancel = clock.after(1000 * patience, () => silence.abort());
  let connection: Deno.Conn | undefined, isOpen = false;
  silence.signal.addEventListener("abort", () => {
    if (isOpen) connection?.close();
  });
  try {
    connection = await connect(new URL(url), silence.signal, caCerts);
    isOpen = true;
    const state = await about(lineOf(connection));
    return silence.signal.aborted ? undefined : state;
  } catch (error) {
    if (!isOpen && shortageIn(String(error)) !== undefined) return "unknown";
    // For any other reason there is no proxy to talk to, or it has broken off. Silence is told apart: a proxy that takes
    // a connection is there.
    return silence.signal.aborted && isOpen ? undefined : "dead";
  } finally {
    cancel();
    if (isOpen && !silence.signal.aborted) connection?.close();
  }
}

async function connect(
  { protocol, hostname, port }: URL,
  signal: AbortSignal,
  caCerts: readonly string[] = [],
): Promise<Deno.Conn> {
  const name = hostname.replace(/^\[|\]$/g, "");
  const plain = await Deno.connect({ hostname: name, port: Number(port) || defaultPort(protocol), signal });
  return protocol === "https:" ? await Deno.startTls(plain, { hostname: name, caCerts: [...caCerts] }) : plain;
}

function defaultPort(protocol: string): number {
  return protocol === "https:" ? 443 : protocol === "http:" ? 80 : 1080;
}

/** The longest head that is read, in bytes: a proxy that says more is none. */
const longestHead = 16 * 1024;

function lineOf(connection: Deno.Conn): Line {
  let heard = new Uint8Array(0);
  const hear = async () => {
    const piece = new Uint8Array(4096);
    const length = await connection.read(piece);
    if (length === null) throw new Error("the proxy closed the connection");
    heard = Buffer.concat([heard, piece.subarray(0, length)]);
  };
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    },
    async read(count) {
      while (heard.length < count) await hear();
      const read = heard.slice(0, count);
      heard = heard.slice(count);
      return read;
    },
    async readHead() {
      const text = () => Buffer.from(heard).toString("latin1");
      while (!text().includes("\r\n\r\n")) {
        if (heard.length > longestHead) throw new Error("the proxy does not end its answer");
        await hear();
      }
      return text();
    },
  };
}
