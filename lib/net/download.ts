/**
 * From a request to what became of it.
 *
 * @module
 */

import { hasDescriptors } from "../disk/descriptors.ts";
import type { Failure, Outcome } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import { formatDuration } from "../text/duration.ts";
import { printable } from "../text/safe.ts";
import { formatSize } from "../text/size.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { originOf } from "../url/origin.ts";
import { readBody } from "./body/body.ts";
import type { BodyRoom } from "./body/body_room.ts";
import type { Garbage } from "./body/garbage.ts";
import { Clients, type Lent } from "./clients.ts";
import { EnvironmentProxies } from "./proxy/environment.ts";
import { failureOf, outOfFiles, type Phase } from "./failure.ts";
import { FetchTransport } from "./fetch_transport.ts";
import type { AddressGuard } from "./address/guard.ts";
import { loopbackOf } from "./address/lookup.ts";
import { askPinned } from "./address/pinned.ts";
import type { Proxy } from "./proxy/proxy.ts";
import type { Answer, Ask } from "./transport.ts";
import { connectChecked, connectUnchecked } from "./tls/node_connect.ts";
import { NodeTransport } from "./tls/node_transport.ts";
import { SelfSigned } from "./tls/self_signed.ts";
import { cannotUnpack, leavesPacked, packedWith, unpack } from "./body/unpack.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { contentLength } from "./single_header.ts";
import { type Late, Watch } from "./watch.ts";

/** What of a request the network sees, and what else a cache tells it by. */
export type Downloadable =
  & Pick<Request, "url" | "method" | "headers" | "body">
  & Partial<Pick<Request, "redirects" | "jar" | "cookies">>;

/** What goes with one download besides the request. */
export interface Sending {
  /** Ends the download. */
  readonly signal?: AbortSignal;
  /** The proxy it goes through. Without one, the environment's `HTTP_PROXY` and its kin count. */
  readonly proxy?: Proxy;
  /** The user asked for this very request: a start request, and not what a page led to. @default {false} */
  readonly trusted?: boolean;
  /** So many bytes of a longer answer are enough; the rest is not fetched. @default {the whole of it, or none} */
  readonly atMost?: number;
}

/** What downloads. */
export interface Downloads {
  download(request: Downloadable, how?: Sending): Promise<Outcome>;
  /** Lets go of the connections that no request uses, and keeps them for the next requests from now on, or does not. */
  keepConnections?(keeps: boolean): void;
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
  /** Where pages may lead. Without one, everywhere. */
  readonly guard?: AddressGuard;
  /** Certificates in PEM that are trusted besides the usual ones. @default {[]} */
  readonly caCerts?: readonly string[];
  /** Takes every certificate for a good one. @default {false} */
  readonly insecure?: boolean;
  /** The memory for bodies. Without it, only each body is limited. */
  readonly room?: BodyRoom;
  /** Learns of what was unpacked. */
  readonly garbage?: Garbage;
  /** @default {systemClock} */
  readonly clock?: Clock;
}

/** For so many milliseconds after there was no descriptor left, nobody is believed that a name does not exist. */
const doubted = 2000;

/** Downloads over connections that are kept and shared. */
export class Downloader implements Downloads {
  readonly #clients: Clients;
  /** For https, where certificates are not checked. */
  readonly #unchecked: Clients | undefined;
  /** For https to names of this machine, which no resolver knows. */
  readonly #local: Clients;
  readonly #selfSigned = new SelfSigned();
  readonly #guard: AddressGuard | undefined;
  readonly #environment = new EnvironmentProxies(Deno.env.toObject());
  readonly #headers: Readonly<Record<string, string>>;
  readonly #limits: Readonly<Record<Late, number>>;
  readonly #maxBodySize: number;
  readonly #room: BodyRoom | undefined;
  readonly #garbage: Garbage | undefined;
  readonly #clock: Clock;
  /** When there was no descriptor left, in the clock's milliseconds. */
  #shortAt = -Infinity;

  constructor(options: DownloaderOptions) {
    const { connectionsPerHost = 8, connectTimeout = 30, caCerts = [] } = options;
    this.#clients = new Clients((proxy, keeps) =>
      new FetchTransport({ connectionsPerHost: keeps ? connectionsPerHost : 0, caCerts }, proxy)
    );
    if (options.insecure === true) {
      this.#unchecked = new Clients((proxy, keeps) =>
        new NodeTransport(connectTimeout, (target, timeout) => connectUnchecked(target, timeout, proxy), keeps)
      );
    }
    this.#local = new Clients((_proxy, keeps) =>
      new NodeTransport(connectTimeout, (target, timeout) => connectChecked(target, timeout, caCerts), keeps)
    );
    this.#guard = options.guard;
    this.#headers = {
      "user-agent": options.userAgent,
      accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "accept-language": "en",
    };
    this.#limits = {
      connect: connectTimeout * 1000,
      idle: (options.idleTimeout ?? 30) * 1000,
      total: (options.timeout ?? 60) * 1000,
    };
    this.#maxBodySize = options.maxBodySize ?? 32_000_000;
    this.#room = options.room;
    this.#garbage = options.garbage;
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
    if (!isWeb(request.url)) return { failure: notWeb(request.url) };
    const stop = new AbortController();
    let late: Late | undefined;
    const watch = new Watch(this.#clock, this.#limits, (passed) => {
      late = passed;
      stop.abort();
    });
    const arrival = this.#room?.arrive();
    const abort = () => {
      stop.abort();
      arrival?.end();
    };
    signal?.addEventListener("abort", abort, { once: true });
    const proxy = this.#environment.proxyFor(request.url, how.proxy);
    const local = proxy === undefined ? localAddresses(request.url) : undefined;
    const clients = this.#clientsFor(request.url, local !== undefined);
    let phase: Phase = "answer", asked = request.url, lent: Lent | undefined;
    try {
      const checked = this.#guard?.check(asked, { trusted: how.trusted === true, proxied: proxy !== undefined });
      const verdict = checked instanceof Promise ? await unlessAborted(stop.signal, checked) : checked;
      if (verdict?.failure !== undefined) return { failure: verdict.failure };
      lent = clients.lend(proxy);
      const { transport } = lent;
      const ask = this.#ask(request, stop.signal);
      // Where nothing was looked up, the transport does that itself.
      const addresses = verdict !== undefined && verdict.addresses.length > 0 ? verdict.addresses : local ?? [];
      // Where `fetch` checks a certificate, an address cannot take the place of the name.
      const isPinned = addresses.length > 0 && (clients !== this.#clients || !isSecure(asked));
      const answer = isPinned
        ? await askPinned(transport, asked, ask, addresses, (url) => asked = url)
        : await transport.ask(asked, ask);
      const latency = watch.answered();
      lent.answered(originOf(request.url));
      phase = "body";
      const heard = (length: number) => {
        watch.heard();
        const wait = arrival?.grow(length);
        if (wait === undefined) return;
        watch.pause();
        return wait.then(() => {
          stop.signal.throwIfAborted();
          watch.goOn();
        });
      };
      let body: Uint8Array<ArrayBuffer> | Failure;
      try {
        body = await this.#body(answer, request, how.atMost, heard);
      } catch (error) {
        if (stop.signal.aborted || !isRedirect(answer)) throw error;
        body = new Uint8Array(0);
      }
      if (!(body instanceof Uint8Array)) return { failure: body };
      return { response: { url: request.url, status: answer.status, headers: answer.headers, body, latency } };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (late !== undefined) return { failure: this.#tooLate(request.url, late) };
      const isDirect = proxy === undefined && isSecure(request.url);
      const explained = isDirect ? await this.#selfSigned.explain(error, request.url, asked) : error;
      const said = failureOf(explained, request.url, phase, asked, proxy, how.proxy === undefined);
      const failure = this.#unlessShort(said, request.url);
      const isStale = failure.kind === "reset" && phase === "answer" &&
        lent?.mayHaveKept(originOf(request.url)) === true;
      return { failure: isStale ? { ...failure, stale: true } : failure };
    } finally {
      watch.stop();
      arrival?.end();
      lent?.giveBack();
      signal?.removeEventListener("abort", abort);
    }
  }

  keepConnections(keeps: boolean): void {
    for (const clients of [this.#clients, this.#local, this.#unchecked]) clients?.renew(keeps);
  }

  /** Closes the connections. Downloads still under way fail. */
  close(): void {
    this.#clients.close();
    this.#unchecked?.close();
    this.#local.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #clientsFor(url: string, isLocal: boolean): Clients {
    if (!isSecure(url)) return this.#clients;
    return this.#unchecked ?? (isLocal ? this.#local : this.#clients);
  }

  #ask({ method, headers: said, body }: Downloadable, signal: AbortSignal): Ask {
    let headers = this.#headers;
    for (const name in said) {
      // In lower case, because "Accept" and "accept" would both be sent.
      headers = { ...headers, [name.toLowerCase()]: said[name] ?? "" };
    }
    return { method, headers, body, signal };
  }

  async #body(
    answer: Answer,
    { url, method, headers }: Downloadable,
    atMost: number | undefined,
    heard: (length: number) => Promise<void> | void,
  ): Promise<Uint8Array<ArrayBuffer> | Failure> {
    const encoding = answer.headers.get("content-encoding");
    const untouched = encoding !== null && (answer.isPacked === true || leavesPacked(headers));
    const packed = packedWith(encoding, untouched);
    const cannot = method === "HEAD" ? undefined : cannotUnpack(packed);
    if (cannot !== undefined) {
      await answer.body?.cancel();
      return { kind: "protocol", message: `${host(url)} ${cannot}` };
    }
    const announced = encoding === null && method !== "HEAD" ? announcedLength(answer.headers) : undefined;
    // The beginning of a packed body cannot be unpacked.
    const cut = atMost !== undefined && packed.length === 0;
    const limit = cut ? atMost : this.#maxBodySize;
    const read = await readBody(answer, announced, limit, heard, cut);
    let body = read;
    if (read !== undefined && packed.length > 0 && read.length > 0) {
      // What comes of it is not known before: it needs the room of the longest body that there may be.
      await heard(limit);
      body = await unpack(read, packed, limit, untouched);
      // The pieces it was put together from, or what there was before it was given up.
      this.#garbage?.leave(body?.length ?? limit);
    }
    return body ?? { kind: "too-large", message: `The answer of ${host(url)} is larger than ${formatSize(limit)}` };
  }

  /**
   * Returns a failure, or what is behind it: a resolver that cannot open its own files and connections says that there is
   * no such name.
   */
  #unlessShort(failure: Failure, url: string): Failure {
    const now = this.#clock.now();
    if (failure.lacking === "files") this.#shortAt = now;
    if (failure.kind !== "dns" && failure.kind !== "proxy") return failure;
    // What was short a moment ago may be there again by now.
    if (now - this.#shortAt >= doubted && hasDescriptors()) return failure;
    this.#shortAt = now;
    return outOfFiles(host(url));
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
  return headers.has("transfer-encoding") ? undefined : contentLength(headers);
}

/**
 * Whether only the headers count. Some servers say of the empty body of a redirect that it is packed, and before 2.9
 * Deno takes that for one cut short.
 */
function isRedirect({ status, headers }: Answer): boolean {
  return status >= 300 && status < 400 && headers.has("location");
}

function host(url: string): string {
  return URL.parse(url)?.host ?? url;
}

function isSecure(url: string): boolean {
  return url.startsWith("https:");
}

function localAddresses(url: string): readonly string[] | undefined {
  // Nearly every URL ends here, without being taken apart.
  return url.includes(".localhost") ? loopbackOf(new URL(url).hostname) : undefined;
}

function isWeb(url: string): boolean {
  return url.startsWith("http://") || url.startsWith("https://");
}

/** `fetch` would open files and `data:` as well. */
function notWeb(url: string): Failure {
  return {
    kind: "address",
    message: `Cannot ask "${printable(url, 200)}": only http and https are opened`,
    final: true,
  };
}
