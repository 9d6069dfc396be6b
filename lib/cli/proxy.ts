/**
 * The proxies that `--proxy-type` names, from the environment.
 *
 * No message here holds a value: it may be a password, or what was meant to be one.
 *
 * @module
 */

import { loginOf, type Proxy, unescaped } from "../net/proxy/proxy.ts";
import { suggest } from "../text/nearest.ts";
import type { OptionReader } from "./options.ts";

type Variables = Readonly<Record<string, string>>;

/** What a `--proxy-type` comes to. */
export interface ProxyChoice {
  /** What everything goes through. */
  readonly always?: NamedProxies;
  /** What is blocked otherwise goes through. */
  readonly paid?: NamedProxies;
}

/** Proxies under the name that the user has for them; there is at least one. */
export interface NamedProxies {
  readonly name: string;
  readonly proxies: readonly Proxy[];
}

/** The proxies that `auto` uses by itself. */
const paidName = "datacenter";

/** Returns the names of the proxies that the environment configures, in lower case. */
export function configuredProxies(variables: Variables): readonly string[] {
  const names = Object.keys(variables)
    .filter((key) => variables[key] !== "")
    .map((key) => /^([A-Z0-9_]+)_PROXY_(URL|HOST)$/.exec(key)?.[1]?.toLowerCase())
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/** Returns the variable that configures the proxies of a name. */
export function proxyVariable(name: string): string {
  return `${prefixOf(name)}URL`;
}

/**
 * Returns the proxies of a `--proxy-type`: for `none` none, for `auto` those that `datacenter` names, if any, and else
 * those of that name, from `NAME_PROXY_URL` (several, with commas or white space between them) or from
 * `NAME_PROXY_HOST`, `_PORT`, `_USERNAME` and `_PASSWORD`. Throws a `RangeError` that names the variable, or the
 * configured names.
 */
export function proxyChoice(type: string, variables: Variables): ProxyChoice {
  if (type === "none") return {};
  if (type === "auto") {
    const paid = proxiesOf(paidName, variables);
    return paid === undefined ? {} : { paid };
  }
  // "direct" is what the figures call requests that go through none.
  const always = type === "direct" ? undefined : proxiesOf(type, variables);
  if (always !== undefined) return { always };
  const names = ["auto", "none", ...configuredProxies(variables)];
  throw new RangeError(
    `no proxy of that name is configured; ${suggest(type, names)} (${names.join(", ")}). ` +
      `To configure it, set ${proxyVariable(type)}`,
  );
}

/** Returns what `--proxy-type` asks for; what is wrong with it goes to the other problems. */
export function readProxies(options: OptionReader): { readonly proxyType: string; readonly proxies: ProxyChoice } {
  const proxyType = (options.text("proxy-type") ?? "auto").toLowerCase();
  try {
    return { proxyType, proxies: proxyChoice(proxyType, options.variables) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    options.problems.push(`--proxy-type ${proxyType}: ${error.message}`);
    return { proxyType, proxies: {} };
  }
}

function prefixOf(name: string): string {
  return `${name.toUpperCase().replaceAll("-", "_")}_PROXY_`;
}

function proxiesOf(name: string, variables: Variables): NamedProxies | undefined {
  const prefix = prefixOf(name);
  const said = (part: string) => variables[prefix + part] || undefined;
  const host = said("HOST"), port = said("PORT");
  const urls = said("URL")?.split(/[\s,]+/).filter((each) => each !== "") ?? [];
  if (urls.length === 0 && host === undefined) return undefined;
  if (urls.length === 0 && port !== undefined && !/^\d{1,5}$/.test(port)) {
    throw new RangeError(`${prefix}PORT is not the number of a port`);
  }
  const [username = "", password = ""] = [said("USERNAME"), said("PASSWORD")];
  const given = urls.length > 0 ? urls : [`http://${host}:${port ?? "8080"}`];
  const proxies = given.map((text, at) => {
    const place = given.length > 1 ? at + 1 : undefined;
    const url = parse(text, urls.length === 0 ? `${prefix}HOST` : `${prefix}URL`, place);
    const login = loginOf(unescaped(url.username) || username, unescaped(url.password) || password);
    url.username = url.password = "";
    return { name: place === undefined ? name : `${name} ${place}`, url: url.href, ...login };
  });
  return { name, proxies };
}

/** Returns the URL of a proxy, its login in it; throws a `RangeError` that names its variable, and its place among several. */
function parse(text: string, variable: string, place: number | undefined): URL {
  const url = URL.parse(text);
  const isProxy = url !== null && /^(?:https?|socks5h?):$/.test(url.protocol) && url.hostname !== "" &&
    (url.pathname === "" || url.pathname === "/") && url.search === "" && url.hash === "";
  if (!isProxy) {
    throw new RangeError(
      `${variable} is not ${
        place === undefined ? "the address" : `a list of addresses: number ${place} is not one`
      } of ` +
        "an http, https or socks5 proxy, such as http://user:password@proxy.example:8080. " +
        "In a password, write %2F for /, %3A for :, %40 for @, %23 for # and %2C for a comma",
    );
  }
  return url;
}
