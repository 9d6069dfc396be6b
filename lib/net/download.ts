/**
 * From a request to what became of it.
 *
 * @module
 */

import type { Failure, Outcome } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import { formatDuration } from "../text/duration.ts";
import { formatSize } from "../text/size.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { readBody } from "./body.ts";
import { Clients } from "./clients.ts";
import { failureOf, type Phase } from "./failure.ts";
import type { Proxy } from "./proxy.ts";
import { canUnpack, packedWith, unpack } from "./unpack.ts";
import { type Late, Watch } from "./watch.ts";

/** What of a request the network sees, and the URLs that led to it, by which a cache tells the rounds of a redirect. */
export type Downloadable =
  & Pick<Request, "url" | "method" | "headers" | "body">
  & Partial<Pick<Request, "redirects">>;

/** What goes with one download besides the request. */
export interface Sending {
  /** Ends the download. */
  readonly signal?: AbortSignal;
  /** The proxy it goes through. Without one, the environment's `HTTP_PROXY` and its kin count. */
  readonly proxy?: Proxy;
  /** The user asked for this very request: a start request, and not what a page led to. @default {false} */
  readonly trusted?: boolean;
}

/** What downloads. */
export interface Downloads {
  download(request: Downloadable, how?: Sending): Promise<Outcome>;
  /** Downloads still under way fail. */
  close(): void;
}

/** How to download. Times are seconds. */
export interface DownloaderOptions {
  /** What we call ourselves, unless a request says otherwise. */
  readonly userAgent: string;
  /**
   * Longest wait for the answer's headers. Looking up, connecting and waiting are one here: `fetch` does not tell them
   * apart. @default {30}
   */
  readonly connectTimeout?: number;
  /** Longest silence within a body. A body announced with at most 64 KB counts as one piece. @default {30} */
  readonly idleTimeout?: number;
  /** Longest time for one answer, from the start of the request to the end of the body. @default {60} */
  readonly timeout?: number;
  /** Longest body, decompressed, in bytes. @default {32_000_000} */
  readonly maxBodySize?: number;
  /**
   * How many idle connections to one host are kept for the next requests; as many as there are requests at a time.
   * @default {8}
   */
  readonly connectionsPerHost?: number;
  /** What goes through no other proxy goes through this one. */
  readonly proxy?: Omit<Proxy, "name">;
  /** @default {systemClock} */
  readonly clock?: Clock;
}

/**
 * How long an idle connection is kept, in milliseconds: less than the five seconds after which many servers close
 * theirs, so that a request is rarely sent into a connection that is just being closed; and a crawl of many hosts does
 * not collect open sockets.
 */
const idleConnection = 4_000;

/** Downloads over connections that are kept and shared. */
export class Downloader implements Downloads {
  readonly #clients: Clients;
  readonly #proxy: Proxy | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #limits: Readonly<Record<Late, number>>;
  readonly #maxBodySize: number;
  readonly #clock: Clock;

  constructor(options: DownloaderOptions) {
    const { proxy } = options;
    this.#clients = new Clients((proxy) => this.#client(proxy, options.connectionsPerHost ?? 8));
    this.#proxy = proxy && { name: "proxy", ...proxy };
    this.#headers = {
      "user-agent": options.userAgent,
      accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "accept-language": "en",
    };
    this.#limits = {
      connect: (options.connectTimeout ?? 30) * 1000,
      idle: (options.idleTimeout ?? 30) * 1000,
      total: (options.timeout ?? 60) * 1000,
    };
    this.#maxBodySize = options.maxBodySize ?? 32_000_000;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Returns the answer with its whole body, or why there is none.
   *
   * Redirects are answers and are not followed; so is every status. A body that is cut short or too large is a failure,
   * never a page. The only error is an abort through `how.signal`, which rejects with the signal's reason: nothing is known
   * about that page then, so there is nothing to count or to store.
   */
  async download(request: Downloadable, how: Sending = {}): Promise<Outcome> {
    const { signal } = how;
    signal?.throwIfAborted();
    const stop = new AbortController();
    let late: Late | undefined;
    const watch = new Watch(this.#clock, this.#limits, (passed) => {
      late = passed;
      stop.abort();
    });
    const abort = () => stop.abort();
    signal?.addEventListener("abort", abort, { once: true });
    const lent = this.#clients.lend(how.proxy ?? this.#proxy);
    let phase: Phase = "answer";
    try {
      const answer = await fetch(request.url, this.#init(request, lent.client, stop.signal));
      const latency = watch.answered();
      phase = "body";
      const body = await this.#body(answer, request, () => watch.heard());
      if (!(body instanceof Uint8Array)) return { failure: body };
      return { response: { url: request.url, status: answer.status, headers: answer.headers, body, latency } };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      return { failure: late === undefined ? failureOf(error, request.url, phase) : this.#tooLate(request.url, late) };
    } finally {
      watch.stop();
      lent.giveBack();
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Closes the connections. Downloads still under way fail. */
  close(): void {
    this.#clients.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #client(proxy: Proxy | undefined, connectionsPerHost: number): Deno.HttpClient {
    return Deno.createHttpClient({
      poolMaxIdlePerHost: connectionsPerHost,
      poolIdleTimeout: idleConnection,
      ...proxy && {
        proxy: {
          url: proxy.url,
          ...proxy.username !== undefined &&
            { basicAuth: { username: proxy.username, password: proxy.password ?? "" } },
        },
      },
    });
  }

  #init(
    request: Downloadable,
    client: Deno.HttpClient,
    signal: AbortSignal,
  ): RequestInit & { client: Deno.HttpClient } {
    let headers = this.#headers;
    for (const name in request.headers) {
      // In lower case, because "Accept" and "accept" would both be sent.
      headers = { ...headers, [name.toLowerCase()]: request.headers[name] ?? "" };
    }
    const init = { client, method: request.method, headers, redirect: "manual", signal } as const;
    return request.body === undefined ? init : { ...init, body: request.body };
  }

  async #body(
    answer: globalThis.Response,
    { url, method }: Downloadable,
    heard: () => void,
  ): Promise<Uint8Array<ArrayBuffer> | Failure> {
    const limit = this.#maxBodySize;
    const encoding = answer.headers.get("content-encoding");
    const packed = packedWith(encoding);
    if (method !== "HEAD" && !canUnpack(packed)) {
      await answer.body?.cancel();
      return {
        kind: "protocol",
        message: `${host(url)} compressed its answer with ${packed.join(", ")}, which was not asked for`,
      };
    }
    const announced = encoding === null && method !== "HEAD" ? announcedLength(answer.headers) : undefined;
    const read = await readBody(answer, announced, limit, heard);
    const body = read === undefined || packed.length === 0 || read.length === 0 ? read : unpack(read, packed, limit);
    return body ?? { kind: "too-large", message: `The answer of ${host(url)} is larger than ${formatSize(limit)}` };
  }

  #tooLate(url: string, late: Late): Failure {
    const time = formatDuration(this.#limits[late] / 1000);
    const message = late === "connect"
      ? `${host(url)} sent no answer within ${time}`
      : late === "idle"
      ? `${host(url)} stopped in the middle of its answer: nothing came for ${time}`
      : `${host(url)} had not finished its answer after ${time}`;
    return { kind: "timeout", message };
  }
}

/**
 * The length of what will be read, where the server gave it and it can be relied on: an encoding is taken off on the
 * way, and a chunked body ends where it wants whatever else the headers say.
 */
function announcedLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("transfer-encoding") || !/^\d+$/.test(length) ? undefined : Number(length);
}

function host(url: string): string {
  return URL.parse(url)?.host ?? url;
}
