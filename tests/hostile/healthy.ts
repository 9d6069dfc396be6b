/**
 * Hosts as they should be: pages that form a tree, each after some milliseconds.
 *
 * @module
 */

/** What the healthy hosts are like. */
export interface HealthyOptions {
  readonly hosts: number;
  /** Of each host. */
  readonly pages: number;
  /** The least and the most milliseconds until a page is answered. */
  readonly latency: readonly [least: number, most: number];
}

/** The healthy hosts while they are served. */
export interface Healthy extends AsyncDisposable {
  readonly starts: readonly string[];
  /** The URLs of all pages. */
  readonly urls: readonly string[];
  /** The pages that have been asked for, in the order in which they were answered, with the time by `performance.now()`. */
  readonly log: readonly { readonly url: string; readonly time: number }[];
  /** Forgets the log. */
  reset(): void;
}

/** Links of a page to the pages below it. */
const children = 10;
const words = "An ordinary page says what it has to say, and then it says it once more in other words. ";

export function startHealthy({ hosts, pages, latency: [least, most] }: HealthyOptions): Healthy {
  const log: { url: string; time: number }[] = [];
  const servers = Array.from(
    { length: hosts },
    (_, at) =>
      Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/robots.txt") return new Response("user-agent: *\ndisallow: /private/\n");
        const page = Number(pathname.slice(1));
        if (!(page < pages)) return new Response("There is no such page.", { status: 404 });
        // The same page always takes as long.
        await new Promise((resolve) => setTimeout(resolve, least + ((page * 7 + at * 3) % 11) / 10 * (most - least)));
        log.push({ url: request.url, time: performance.now() });
        return new Response(html(page, pages), { headers: { "content-type": "text/html; charset=utf-8" } });
      }),
  );
  const origins = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`);
  return {
    starts: origins.map((origin) => `${origin}/0`),
    urls: origins.flatMap((origin) => Array.from({ length: pages }, (_, page) => `${origin}/${page}`)),
    log,
    reset() {
      log.length = 0;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
}

function html(page: number, pages: number): string {
  const links = Array.from({ length: children }, (_, at) => page * children + 1 + at).filter((child) => child < pages)
    .map((child) => `<li><a href="/${child}">page ${child}</a></li>`).join("");
  const text = Array.from({ length: 20 }, (_, at) => `<p id="p${at}">${words.repeat(3)}</p>`).join("\n");
  return `<!doctype html><html lang="en"><head><title>Page ${page}</title></head><body><h1>Page ${page}</h1>` +
    `<ul>${links}<li><a href="/0">home</a></li></ul>${text}</body></html>`;
}
