/**
 * What the environment says about proxies, read exactly as Deno reads it: whether a request goes through a proxy
 * decides who looks its host up.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { addressOf } from "../address/address.ts";
import { loginOf, type Proxy, unescaped } from "./proxy.ts";

/** The variables, with the scheme that each is for. The first that fits a request counts. */
const variables: readonly (readonly [names: readonly string[], protocol: string | undefined])[] = [
  [["ALL_PROXY", "all_proxy"], undefined],
  [["HTTPS_PROXY", "https_proxy"], "https:"],
  [["HTTP_PROXY", "http_proxy"], "http:"],
];

/** A little stricter than Deno is, but for a login without a password; what does not fit is no proxy. */
const full =
  /^(https?|socks5h?):\/\/(?:([^:@/\s]*)(?::([^@/\s]*))?@)?((?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?)(?:\/\S*)?$/i;
const bare = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/;

/** The proxies of an environment, and the hosts that are asked without one. */
export class EnvironmentProxies {
  readonly #proxies: readonly { readonly protocol: string | undefined; readonly proxy: Proxy }[];
  readonly #exempt: readonly string[];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#proxies = variables.flatMap(([names, protocol]) => {
      // A web server that runs programs puts its clients' headers into their environment, "Proxy:" as HTTP_PROXY.
      if (protocol === "http:" && environment["REQUEST_METHOD"] !== undefined) return [];
      const proxy = names.map((name) => proxyOf(name, environment[name])).find((proxy) => proxy !== undefined);
      return proxy === undefined ? [] : [{ protocol, proxy }];
    });
    const list = environment["NO_PROXY"] ?? environment["no_proxy"] ?? "";
    this.#exempt = list === "" ? [] : list.split(",").map((entry) => entry.trim());
  }

  /**
   * Returns the proxy that a request goes through: the one that was given, or else one of the environment; but none for
   * the hosts of `NO_PROXY`, whichever it is.
   */
  proxyFor(url: string, given: Proxy | undefined): Proxy | undefined {
    if (given === undefined ? this.#proxies.length === 0 : this.#exempt.length === 0) return given;
    const { hostname, protocol } = new URL(url);
    if (this.#exempt.length > 0 && this.#isExempt(hostname)) return undefined;
    return given ?? this.#proxies.find((entry) => (entry.protocol ?? protocol) === protocol)?.proxy;
  }

  #isExempt(hostname: string): boolean {
    const ip = addressOf(hostname);
    if (ip === undefined) return this.#exempt.some((entry) => coversName(entry, hostname));
    const parsed = ipaddr.parse(ip);
    return this.#exempt.some((entry) => coversAddress(entry, parsed));
  }
}

function proxyOf(name: string, value = ""): Proxy | undefined {
  if (bare.test(value)) return { name, url: `http://${value}` };
  const parts = full.exec(value);
  if (parts === null) return undefined;
  const [, scheme = "", username = "", password = "", host] = parts;
  return { name, url: `${scheme.toLowerCase()}://${host}`, ...loginOf(unescaped(username), unescaped(password)) };
}

/** `a.test` and `.a.test` both cover the name and all below it; `*` covers every name, but no address. */
function coversName(entry: string, name: string): boolean {
  const domain = entry.startsWith(".") ? entry.slice(1) : entry;
  return entry === "*" || name === domain || name.endsWith(`.${domain}`);
}

function coversAddress(entry: string, ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const range = ipaddr.isValidCIDR(entry)
    ? ipaddr.parseCIDR(entry)
    : ipaddr.isValid(entry)
    ? [ipaddr.parse(entry), 128] as const
    : undefined;
  if (range === undefined || range[0].kind() !== ip.kind()) return false;
  // The type of match() does not see that both are of one kind.
  return (ip as ipaddr.IPv6).match(range[0] as ipaddr.IPv6, Math.min(range[1], ip.kind() === "ipv4" ? 32 : 128));
}
