/**
 * What an address is: one that everybody can reach, or one of a machine or a network of our own.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/**
 * `loopback` is this machine, `private` a network that is not the internet, `link-local` the wire, `metadata` a service
 * that gives secrets to the machines of a cloud, `reserved` what no web server has.
 */
export type AddressKind = "public" | "loopback" | "private" | "link-local" | "metadata" | "reserved";

/** Of Amazon (its containers too), Google, Azure, Alibaba and those that follow them. */
const metadata: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "168.63.129.16",
  "fd00:ec2::254",
  "fd20:ce::254",
]);

/** By the names that `ipaddr.js` gives to the ranges of the registries; what is not here is `reserved`. */
const kinds: Readonly<Record<string, AddressKind>> = {
  unicast: "public",
  as112: "public",
  as112v6: "public",
  amt: "public",
  loopback: "loopback",
  private: "private",
  carrierGradeNat: "private",
  uniqueLocal: "private",
  deprecatedSiteLocal: "private",
  linkLocal: "link-local",
};

/**
 * Returns the kind of an IPv4 or IPv6 address; one that has an IPv4 address inside is what that is. Throws for what is
 * no address.
 */
export function addressKind(address: string): AddressKind {
  const parsed = ipaddr.parse(address);
  const ip = parsed instanceof ipaddr.IPv6 ? inside(parsed) ?? parsed : parsed;
  const text = ip.toString();
  if (metadata.has(text.replace(/%.*$/, ""))) return "metadata";
  // What connects to "any address" reaches this machine.
  if (text === "0.0.0.0" || text === "::") return "loopback";
  const kind = kinds[ip.range()] ?? "reserved";
  // All that is given out lies in 2000::/3.
  return kind === "public" && ip instanceof ipaddr.IPv6 && (ip.parts[0]! & 0xe000) !== 0x2000 ? "reserved" : kind;
}

/** Returns the IPv4 address that an IPv6 address leads to, where it does. */
function inside({ parts }: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = parts;
  // 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC 6052).
  if (a === 0x2002) return ipv4(b, c);
  if (a === 0x2001 && b === 0) return ipv4(g ^ 0xffff, h ^ 0xffff);
  if (a === 0x64 && b === 0xff9b && (c | d | e | f) === 0) return ipv4(g, h);
  if ((a | b | c | d) !== 0) return undefined;
  // Mapped and compatible (RFC 4291), translated (RFC 7915); but not :: and ::1.
  const prefixed = (e === 0 && f === 0xffff) || (e === 0xffff && f === 0) || ((e | f) === 0 && (g !== 0 || h > 1));
  return prefixed ? ipv4(g, h) : undefined;
}

function ipv4(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

/** Names that mean the same everywhere, and names that no public host can have. The first that fits counts. */
const names: readonly (readonly [RegExp, AddressKind])[] = [
  [/^(?:.+\.)?localhost$|^localhost\.localdomain$/, "loopback"],
  [/^metadata(?:\.google\.internal|\.goog)?$|^instance-data(?:\.ec2\.internal)?$/, "metadata"],
  // RFC 6762, ICANN's resolution of 2024, RFC 8375; and a name without a dot.
  [/\.(?:local|internal|home\.arpa)$|^[^.]+$/, "private"],
];

/** Returns the kind that a name has wherever it is looked up; `undefined` for all others. */
export function nameKind(hostname: string): AddressKind | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  return names.find(([pattern]) => pattern.test(name))?.[1];
}

/** Returns the address that a URL's host is, without brackets; `undefined` for a name. */
export function addressOf(hostname: string): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(address) ? address : undefined;
}
