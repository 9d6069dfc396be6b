import { authorizationOf, type Proxy } from "./proxy/proxy.ts";
import type { Answer, Ask, Transport } from "./transport.ts";

export interface FetchOptions {
  /** How many idle connections to one host are kept for the next requests. */
  readonly connectionsPerHost: number;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly caCerts: readonly string[];
}

/**
 * How long an idle connection is kept, in milliseconds: less than the five seconds after which many servers close
 * theirs, so that a request is rarely sent into a connection that is just being closed; and a crawl of many hosts does
 * not collect open sockets.
 */
export const idleConnection = 4_000;

/**
 * What the headers of an answer may come to over HTTP/2, in bytes, each counted with 32 more. Before 2.9 Deno does not
 * know the setting and takes 16 KB. Over HTTP/1 it is 400 KB and 100 headers. Not more than this, because the time that
 * a `Headers` takes grows with the square of their number.
 */
const headerLimit = { http2MaxHeaderListSize: 100_000 };

/** Carries requests with Deno's own `fetch`. */
export class FetchTransport implements Transport {
  readonly #client: Deno.HttpClient;
  /** What a proxy that speaks https itself must be told with pages that do not: there Deno leaves it out. */
  readonly #authorization: string | undefined;

  constructor({ connectionsPerHost, caCerts }: FetchOptions, proxy: Proxy | undefined) {
    this.#client = Deno.createHttpClient({
      poolMaxIdlePerHost: connectionsPerHost,
      poolIdleTimeout: idleConnection,
      ...headerLimit,
      // A request to an address names its host there.
      allowHost: true,
      ...caCerts.length > 0 && { caCerts: [...caCerts] },
      ...proxy && {
        proxy: {
          url: proxy.url,
          ...proxy.username !== undefined &&
            { basicAuth: { username: proxy.username, password: proxy.password ?? "" } },
        },
      },
    });
    this.#authorization = proxy?.url.startsWith("https:") ? authorizationOf(proxy) : undefined;
  }

  ask(url: string, { method, headers: given, body, signal }: Ask): Promise<Answer> {
    const headers = this.#authorization !== undefined && url.startsWith("http:")
      ? { ...given, "proxy-authorization": this.#authorization }
      : given;
    const init = { client: this.#client, method, headers, redirect: "manual", signal } as const;
    return fetch(url, body === undefined ? init : { ...init, body });
  }

  close(): void {
    this.#client.close();
  }
}
