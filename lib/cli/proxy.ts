import type { DownloaderOptions } from "../net/download.ts";
import { suggest } from "../text/nearest.ts";

/** Returns the names of the proxies that the environment configures, in lower case. */
export function configuredProxies(environment: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.keys(environment)
    .map((key) => /^([A-Z0-9_]+)_PROXY_(URL|HOST)$/.exec(key)?.[1]?.toLowerCase())
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/**
 * Returns the proxy of a `--proxy-type`: none for `none` and `auto`, else the one of that name from `NAME_PROXY_URL`,
 * or from `NAME_PROXY_HOST`, `_PORT`, `_USERNAME` and `_PASSWORD`. Throws a `RangeError` that names the configured
 * ones.
 */
export function proxyOf(type: string, environment: Readonly<Record<string, string>>): DownloaderOptions["proxy"] {
  if (type === "none" || type === "auto") return undefined;
  const configured = configuredProxies(environment);
  const prefix = `${type.toUpperCase().replaceAll("-", "_")}_PROXY_`;
  const [given, host] = [environment[`${prefix}URL`], environment[`${prefix}HOST`]];
  if (given === undefined && host === undefined) {
    const names = ["auto", "none", ...configured];
    throw new RangeError(
      `no proxy of that name is configured; ${suggest(type, names)} (${names.join(", ")}). ` +
        `To configure it, set ${prefix}URL`,
    );
  }
  const url = URL.parse(given ?? `http://${host}:${environment[`${prefix}PORT`] ?? "8080"}`);
  if (url === null || !["http:", "https:", "socks5:"].includes(url.protocol)) {
    throw new RangeError(
      `${prefix}${given === undefined ? "HOST" : "URL"} is not the address of an http, https or socks5 proxy`,
    );
  }
  const username = decodeURIComponent(url.username) || environment[`${prefix}USERNAME`];
  const password = decodeURIComponent(url.password) || environment[`${prefix}PASSWORD`];
  url.username = url.password = "";
  return {
    url: url.href,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}
