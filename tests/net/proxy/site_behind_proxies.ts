/**
 * A site that is asked through proxies.
 *
 * @module
 */

import { type Downloadable, Downloader, type DownloaderOptions } from "../../../lib/net/download.ts";
import { askProxy } from "../../../lib/net/proxy/ask_proxy.ts";
import { Proxies } from "../../../lib/net/proxy/proxies.ts";
import { downloadThrough } from "../../../lib/net/proxy/through.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { get } from "../one_download.ts";
import { Certificates, hasOpenssl } from "../tls/certificates.ts";
import { ProxyServer, type ProxyServerOptions } from "./proxy_server.ts";

/** `user:password` of the proxies. */
export const secret = "user:p@ss/wörd 100%";
export const [username, password] = secret.split(":") as [string, string];

/** What is asked, when it is not the site's page, and how. */
interface Asking extends Partial<Downloadable> {
  readonly repeatable?: boolean;
  readonly through?: Proxies;
}

/**
 * A site, `count` proxies and a downloader: `ask` asks it through the proxies, `log` is what they say of themselves, `seen`
 * what reaches the site. With `tls` the site speaks it.
 */
export async function siteBehindProxies(
  count: number,
  said: ProxyServerOptions & { tls?: boolean } & Partial<DownloaderOptions> = {},
) {
  await using opened = new AsyncDisposableStack();
  const certificates = said.tls ? opened.use(await Certificates.make()) : undefined;
  const seen: string[] = [];
  const site = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    ...certificates && { cert: certificates.good.cert, key: certificates.good.key },
  }, async (request) => {
    seen.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`.trim());
    return new Response("hello ".repeat(10_000), { headers: { "x-own": "yes", "cache-control": "no-transform" } });
  });
  opened.defer(() => site.shutdown());
  const servers = Array.from({ length: count }, () => opened.use(new ProxyServer(said)));
  const log: string[] = [];
  const proxies = new Proxies({
    name: "house",
    proxies: servers.map(({ url }, at) => ({ name: `house ${at + 1}`, url, username, password })),
    clock: systemClock,
    onTrouble: (line) => log.push(line),
  });
  const caCerts = certificates ? [certificates.authority] : [];
  const downloader = opened.use(
    new Downloader({
      userAgent: "trawl/1",
      connectTimeout: 2,
      idleTimeout: 2,
      connectionsPerHost: 0,
      caCerts,
      ...said,
    }),
  );
  const url = `${certificates ? "https" : "http"}://localhost:${site.addr.port}/page`;
  const ask = ({ repeatable = true, through = proxies, ...request }: Asking = {}) =>
    downloadThrough(get(url, request), through, {}, {
      downloader,
      clock: systemClock,
      ask: (proxy, about) => askProxy(proxy, about, { clock: systemClock, patience: 2, caCerts }),
      repeatable,
    });
  const disposer = opened.move();
  return { url, seen, servers, proxies, log, ask, certificates, [Symbol.asyncDispose]: () => disposer.disposeAsync() };
}

/** Two tests: over http, and over https where there is openssl. */
export function httpAndHttps(name: string, test: (tls: boolean) => Promise<void>): void {
  Deno.test(`${name}, http`, () => test(false));
  Deno.test({ name: `${name}, https`, ignore: !hasOpenssl, fn: () => test(true) });
}
