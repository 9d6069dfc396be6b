/**
 * A site with a guard at the door, a proxy that leads there, and a spider for it.
 *
 * @module
 */
import type { Certificate } from "../net/tls/certificates.ts";
import { ProxyServer, type ProxyServerOptions } from "../net/proxy/proxy_server.ts";
import { Workplace } from "./workplace.ts";

/** One request, as the site saw it. */
export interface Visit {
  readonly path: string;
  /** It came through a proxy. */
  readonly proxied: boolean;
  readonly status: number;
  /** By the clock of the machine. */
  readonly at: number;
}

/** What the guard answers; undefined lets a request pass. `count`: the requests for pages so far, this one included. */
export type Guard = (visit: { readonly path: string; readonly proxied: boolean; readonly count: number }) =>
  | Response
  | undefined;

export class GuardedSite implements AsyncDisposable {
  readonly place: Workplace;
  readonly proxy: ProxyServer;
  readonly pages: number;
  readonly visits: Visit[] = [];
  /** The time that a page takes, in milliseconds. */
  latency = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #spider: string;

  readonly #scheme: string;

  private constructor(place: Workplace, proxy: ProxyServer, pages: number, guard: Guard, certificate?: Certificate) {
    this.place = place;
    this.proxy = proxy;
    this.pages = pages;
    this.#scheme = certificate === undefined ? "http" : "https";
    const { cert, key } = certificate ?? {};
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {}, ...cert !== undefined && key !== undefined && { cert, key } },
      (request) => this.#answer(request, guard),
    );
    this.#spider = place.write("guarded.ts", spiderText);
  }

  /** Opens a site with an index that links to all its other pages. */
  static async open(
    pages: number,
    guard: Guard,
    proxy: ProxyServerOptions = {},
    certificate?: Certificate,
  ): Promise<GuardedSite> {
    return new GuardedSite(await Workplace.open(), new ProxyServer(proxy), pages, guard, certificate);
  }

  get host(): string {
    return `localhost:${this.#server.addr.port}`;
  }

  /** The command line that crawls it. */
  get crawl(): string[] {
    return ["crawl", this.#spider, "--start-url", `${this.#scheme}://${this.host}/0`];
  }

  /** An environment in which proxies are asked for what is on this machine. */
  env(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { NO_PROXY: "", ...variables };
  }

  /** The paths that were asked for, robots.txt left out. */
  asked(which: (visit: Visit) => boolean = () => true): string[] {
    return this.visits.filter((visit) => visit.path !== "/robots.txt" && which(visit)).map(({ path }) => path);
  }

  /** What the output holds when every page has been fetched. */
  get wanted(): string[] {
    return Array.from({ length: this.pages }, (_, n) => JSON.stringify({ path: `/${n}` })).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.proxy[Symbol.asyncDispose]();
    await this.place[Symbol.asyncDispose]();
  }

  async #answer(request: Request, guard: Guard): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    const proxied = request.headers.has("via");
    const count = this.asked().length + (path === "/robots.txt" ? 0 : 1);
    const answer = guard({ path, proxied, count }) ?? this.#page(path);
    this.visits.push({ path, proxied, status: answer.status, at: performance.now() });
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
    return answer;
  }

  #page(path: string): Response {
    if (path === "/robots.txt") return new Response("", { status: 404 });
    const links = path === "/0" ? Array.from({ length: this.pages - 1 }, (_, n) => `<a href="/${n + 1}">next</a>`) : [];
    const html = `<title>page</title><h1>${path}</h1>${links.join("\n")}`;
    return new Response(html, { headers: { "content-type": "text/html", "cache-control": "no-transform" } });
  }
}

const spiderText = `export default {
  name: "guarded",
  *parse(page) {
    yield { path: new URL(page.url).pathname };
    yield* page.follow("a");
  },
};
`;
