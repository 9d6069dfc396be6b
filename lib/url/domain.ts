/** Domains are asked for once a link, always with the same few lists. */
const known = new WeakMap<readonly string[], readonly string[]>();

/**
 * Returns whether a host is one of these domains or below one of them.
 *
 * Upper and lower case are the same; userinfo, a port, a leading and a trailing dot count for nothing, on either side.
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
  const host = bareHost(hostname);
  return bare.some((domain) =>
    host === domain || (host.endsWith(domain) && host.charCodeAt(host.length - domain.length - 1) === 0x2e)
  );
}

/** A host that needs nothing taken off, as `URL.hostname` gives it. */
const isBare = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

function bareHost(text: string): string {
  if (isBare.test(text)) return text;
  return text.trim().toLowerCase().replace(/^.*@/, "").replace(/(?<=^[^:]*|\]):\d*$/, "").replace(/^\.|\.$/g, "");
}
