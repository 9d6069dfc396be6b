/**
 * Serves the demo site on loopback.
 *
 * Every site has a port of its own, since `*.localhost` names do not resolve everywhere. Where they do, the name in the
 * `Host` header decides, whatever the port: `quotes.localhost`, `books.localhost`, `web.localhost`, `h1.web.localhost`
 * and so on.
 *
 * @module
 */
import { booksSite } from "./books.ts";
import { Dropped, errorOf, failing, type FaultKind, type Faults, latencyOf } from "./faults.ts";
import { markup, page } from "./markup.ts";
import { quotesSite } from "./quotes.ts";
import { pageUrl, webSite, type WebSpec } from "./web.ts";

/** Options of {@linkcode startDemo}. */
export interface DemoOptions extends Faults {
  /** Port of the index; the sites get the ports after it. 0: any that are free. @default {0} */
  readonly port?: number;
  /** Number of hosts for generated webs. @default {1} */
  readonly hosts?: number;
  /** What every host answers for `/robots.txt`; without it the answer is 404. */
  readonly robots?: string;
  /** Whether to keep a log; a very long crawl may not want one. @default {true} */
  readonly keepLog?: boolean;
}

/** A request that reached the demo site. */
export interface LogEntry {
  /** When it came, by `performance.now()`. */
  readonly time: number;
  /** `index`, `quotes`, `books`, `web`, `h1.web` and so on. */
  readonly site: string;
  /** The `Host` header. */
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly method: string;
  /** 0: not answered yet, or the connection was dropped. */
  status: number;
}

/** The demo site while it runs. */
export interface Demo extends AsyncDisposable {
  /** The index, which links to the sites. */
  readonly url: string;
  readonly port: number;
  /** Where the quotes site begins. */
  readonly quotes: string;
  /** Where the bookshop begins. */
  readonly books: string;
  /** The origins of the hosts of generated webs, for `expectedPages` and `expectedItems`. */
  readonly web: readonly string[];
  /** Every request, in the order they came. */
  readonly log: readonly LogEntry[];
  /** What goes wrong; may be set while it runs. */
  faults: Faults;
  /** Returns the URL of page 0 of a generated web. */
  webUrl(spec: WebSpec): string;
  /** Forgets the log and how often each page has failed. */
  reset(): void;
  /** Answers what has been asked, without further delay, and stops. */
  close(): Promise<void>;
}

/**
 * Starts the demo site.
 *
 * `await using demo = await startDemo({ latency: 20 })` also stops it. Throws where a port is taken.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { port = 0, hosts = 1, robots, keepLog = true } = options;
  if (!Number.isSafeInteger(hosts) || hosts < 1) {
    throw new RangeError(`Cannot serve ${hosts} hosts: at least 1 is needed`);
  }
  const webs = Array.from({ length: hosts }, (_, host) => host === 0 ? "web" : `h${host}.web`);
  const log: LogEntry[] = [];
  const failed = new Map<string, number>();
  const closing = new AbortController();

  async function answer(own: string, request: Request): Promise<Response> {
    const { method } = request;
    const url = new URL(request.url);
    const host = (request.headers.get("host") ?? url.host).toLowerCase();
    const site = siteNamed(host) ?? own;
    const entry = { time: performance.now(), site, host, path: url.pathname + url.search, method, status: 0 };
    if (keepLog) log.push(entry);
    const fault = url.pathname === "/robots.txt" ? undefined : await endure(site, url);
    const response = fault === undefined ? find(site, host, url, method) : failing(fault);
    if (fault !== "reset") entry.status = response.status;
    return response;
  }

  /** Waits as long as the page takes, and returns how it fails. Counts by page, not by spelling of its query. */
  async function endure(site: string, url: URL): Promise<FaultKind | undefined> {
    const query = new URLSearchParams(url.search);
    query.sort();
    const path = `${url.pathname}?${query}`;
    const before = failed.get(site + path) ?? 0;
    const fault = errorOf(demo.faults, site, path, before);
    if (fault !== undefined) failed.set(site + path, before + 1);
    await pause(latencyOf(demo.faults, site, path), closing.signal);
    return fault;
  }

  function find(site: string, host: string, url: URL, method: string): Response {
    if (method !== "GET" && method !== "HEAD") return plain("Only GET and HEAD are answered here.\n", 405);
    if (url.pathname === "/robots.txt" && robots !== undefined) return plain(robots, 200);
    return pageOf(site, host, url) ?? plain("There is no such page.\n", 404);
  }

  function pageOf(site: string, host: string, url: URL): Response | undefined {
    if (site === "quotes") return quotesSite(url);
    if (site === "books") return booksSite(url);
    if (site === "index") return url.pathname === "/" ? index(demo) : undefined;
    // A web that was asked for by name has its links by name, so that they can be followed the same way.
    const byName = siteNamed(host) !== undefined;
    const origins = byName ? webs.map((name) => `http://${name}${host.slice(site.length)}`) : demo.web;
    return webSite(url, origins, webs.indexOf(site));
  }

  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  const stop = async () => {
    closing.abort();
    await Promise.all(servers.map((server) => server.shutdown()));
  };
  try {
    for (const [at, site] of ["index", "quotes", "books", ...webs].entries()) {
      const place = { hostname: "127.0.0.1", port: port === 0 ? 0 : port + at, onListen() {}, onError };
      servers.push(Deno.serve(place, (request) => answer(site, request)));
    }
  } catch (error) {
    await stop();
    throw error;
  }

  const [url = "", quotes = "", books = "", ...web] = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`);
  let closed: Promise<void> | undefined;
  const close = () => closed ??= stop();
  const demo: Demo = {
    url: `${url}/`,
    port: Number(new URL(url).port),
    quotes: `${quotes}/`,
    books: `${books}/`,
    web,
    log,
    faults: options,
    webUrl: (spec) => pageUrl(spec, 0, web),
    reset() {
      log.length = 0;
      failed.clear();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return demo;
}

/** Returns the site that a `Host` header names; `undefined` for an address of digits or any other name. */
function siteNamed(host: string): string | undefined {
  return /^(quotes|books|web|h\d+\.web)\./.exec(host)?.[1];
}

function index(demo: Demo): Response {
  const links = [demo.quotes, demo.books, demo.webUrl({ seed: 1, pages: 1000, hosts: demo.web.length })];
  return page(markup`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Demo site</title></head>
<body><h1>Demo site</h1><ul>${links.map((link) => markup`<li><a href="${link}">${link}</a></li>`)}</ul></body>
</html>
`);
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

function pause(ms: number, stop: AbortSignal): Promise<void> | undefined {
  if (ms <= 0 || stop.aborted) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
  });
}

/** A connection that was dropped as told is no news; anything else is a mistake in the demo site, and is shown. */
function onError(error: unknown): Response {
  if (!(error instanceof Dropped)) console.error("The demo site failed:", error);
  return plain("The demo site failed.\n", 500);
}
