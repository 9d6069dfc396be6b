/** What would make something else of it than a host when a URL is made of it. */
const notHost = /[\s/\\?#@]|^$/;

/**
 * Returns a host, or a domain, as URLs spell it: in lower case, in punycode, addresses in their usual form, without a dot
 * at either end and without `*.` before it; or `undefined` for what is none.
 *
 * @example
 * ```ts
 * import { canonicalHost } from "./canonical_host.ts";
 *
 * canonicalHost("*.Bücher.example."); // "xn--bcher-kva.example"
 * canonicalHost("example.com:80"); // undefined
 * ```
 */
export function canonicalHost(text: string): string | undefined {
  const name = text.replace(/^(?:\*\.|\.)/, "");
  if (notHost.test(name) || name.replace(/^\[[^\]]*\]/, "").includes(":")) return undefined;
  const host = URL.parse(`http://${name}/`)?.hostname.replace(/\.$/, "");
  // The parser lets a star pass, which no name of a host has, and names with nothing between two dots.
  return host === undefined || host.includes("*") || /^$|^\.|\.\./.test(host) ? undefined : host;
}
