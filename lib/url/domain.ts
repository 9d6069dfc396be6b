import { canonicalHost } from "./canonical_host.ts";

/** Domains are asked for once a link, always with the same few lists. */
const known = new WeakMap<readonly string[], readonly string[]>();

/**
 * Returns whether a host is one of these domains or below one of them.
 *
 * Every spelling of a host is the same, Unicode and punycode among them; userinfo, a port, a leading and a trailing dot
 * count for nothing, on either side. `*.` before a domain says nothing more: what is below it is always meant.
 * An empty list holds no host. A list is read once: changing it afterwards has no effect.
 *
 * @example
 * ```ts
 * import { inDomains } from "./domain.ts";
 *
 * inDomains("www.example.com", ["example.com"]); // true
 * inDomains("badexample.com", ["example.com"]); // false
 * ```
 */
export function inDomains(hostname: string, domains: readonly string[]): boolean {
  let bare = known.get(domains);
  if (bare === undefined) known.set(domains, bare = domains.map(bareHost).filter((domain) => domain !== ""));
  const host = isBare.test(hostname) ? hostname : bareHost(hostname);
  return bare.some((domain) =>
    host === domain || (host.endsWith(domain) && host.charCodeAt(host.length - domain.length - 1) === 0x2e)
  );
}

/** A host that needs nothing taken off, as `URL.hostname` gives it. */
const isBare = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function bareHost(text: string): string {
  return canonicalHost(text.trim().replace(/^.*@/, "").replace(/(?<=^[^:]*|\]):\d*$/, "")) ?? "";
}
