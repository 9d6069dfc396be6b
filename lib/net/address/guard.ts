/**
 * Where pages may lead: to the internet, and not into the machine and the networks that the crawler runs in.
 *
 * A page that is crawled can name any URL, have any name resolve to any address, and redirect to either. Only what the
 * user asked for shows that such addresses are meant: where a start URL is at a private address, pages may lead to
 * private ones; at a loopback address, to loopback ones; and so on.
 *
 * What a name resolves to is up to its owner, who may also write the pages. So a name that has a public address opens
 * nothing, whatever else it has, and no name opens the services that give secrets away: only their address in a start
 * URL does.
 *
 * A name may resolve to one address when it is checked and to another when it is connected to. So the addresses that
 * were checked are handed out to be connected to, and nobody looks up again. That cannot be done for https: there the
 * second layer is the certificate, which a server in a private network does not have for a name of somebody else; all
 * that it gets is the beginning of a handshake.
 *
 * @module
 */

import type { Failure } from "../../model/outcome.ts";
import { type Clock, systemClock } from "../../time/clock.ts";
import { type AddressKind, addressKind, addressOf, nameKind } from "./address.ts";
import { type Lookup, systemLookup } from "./lookup.ts";

export interface AddressGuardOptions {
  /** What {@linkcode AddressGuard.snapshot} returned. @default {[]} */
  readonly permitted?: readonly string[];
  /** @default {systemLookup} */
  readonly lookup?: Lookup;
  /** @default {systemClock} */
  readonly clock?: Clock;
}

/** What is known of a request besides its URL. */
export interface Circumstances {
  /** The user asked for it. @default {false} */
  readonly trusted?: boolean;
  /** A proxy looks the name up: only what a host is by itself can be judged. @default {false} */
  readonly proxied?: boolean;
}

/**
 * That a request may be sent, with the addresses of its host, best first; or why not. There are no addresses where
 * nothing was looked up.
 */
export type Verdict =
  | { readonly addresses: readonly string[]; readonly failure?: undefined }
  | { readonly failure: Failure };

/** A host, and what speaks against it: what it is itself, and what its addresses are, where that is not public. */
interface Known {
  readonly verdict: Verdict;
  readonly concerns: readonly Concern[];
  /** When it has to be looked up again. */
  readonly until: number;
}

interface Concern {
  readonly kind: AddressKind;
  readonly words: string;
  /** A trusted request lets pages lead there as well. */
  readonly opens: boolean;
}

/** How long an answer of the resolver counts, in milliseconds. */
const lifetime = 60_000;
/** Hosts that are remembered; the oldest is forgotten first. */
const mostHosts = 10_000;

/** Judges requests by the addresses that they would reach. */
export class AddressGuard {
  readonly #permitted: Set<string>;
  readonly #lookup: Lookup;
  readonly #clock: Clock;
  /** By scheme and authority. */
  readonly #known = new Map<string, Known | Promise<Known>>();

  constructor(options: AddressGuardOptions = {}) {
    this.#permitted = new Set(options.permitted);
    this.#lookup = options.lookup ?? systemLookup;
    this.#clock = options.clock ?? systemClock;
  }

  /** The kinds of addresses, besides public ones, that pages may lead to; to be kept with the crawl. */
  snapshot(): readonly string[] {
    return [...this.#permitted];
  }

  /**
   * Returns whether a request may be sent, at once where the host is known. A trusted one may, and from then on pages
   * may lead to where it goes; to a metadata address only where the URL has the address itself. Of a name with several
   * addresses only the public ones count where there are any; otherwise it is refused for any of them.
   *
   * Rejects with the resolver's error where the name cannot be looked up.
   */
  check(url: string, how: Circumstances = {}): Verdict | Promise<Verdict> {
    if (how.proxied === true) return this.#judge(itself(new URL(url)), how);
    // A cheap key: what comes before the path.
    const end = url.indexOf("/", 8);
    const key = end < 0 ? url : url.slice(0, end);
    const known = this.#known.get(key);
    if (known instanceof Promise) return known.then((known) => this.#judge(known, how));
    if (known !== undefined && known.until > this.#clock.now()) return this.#judge(known, how);
    const parsed = new URL(url);
    // It stands for the host where the URL is spelt as the parser spells it; nothing else is remembered.
    return this.#learn(parsed, parsed.href.startsWith(`${key}/`) ? key : undefined, how);
  }

  #judge({ verdict, concerns }: Known, how: Circumstances): Verdict {
    for (const { kind, words, opens } of concerns) {
      if (how.trusted !== true) {
        if (!this.#permitted.has(kind)) return refused(words);
      } else if (opens) this.#permitted.add(kind);
    }
    return verdict;
  }

  #learn(url: URL, key: string | undefined, how: Circumstances): Verdict | Promise<Verdict> {
    const host = itself(url);
    const verdict = this.#judge(host, how);
    if (addressOf(url.hostname) !== undefined) {
      this.#remember(key, host);
      return verdict;
    }
    if (verdict.failure !== undefined) return verdict;
    const found = this.#lookUp(url, host.concerns);
    this.#remember(key, found);
    found.then((known) => this.#replace(key, found, known), () => this.#replace(key, found, undefined));
    return found.then((known) => this.#judge(known, how));
  }

  async #lookUp({ hostname, host }: URL, concerns: readonly Concern[]): Promise<Known> {
    const all = await this.#lookup(hostname);
    if (all.length === 0) throw new Error(`getaddrinfo ENODATA ${hostname}`);
    // The owner of a public site could add addresses of our network to its name, to open that to the pages.
    const open = all.filter((address) => addressKind(address) === "public");
    const addresses = open.length > 0 ? open : all;
    const found = addresses.flatMap((address) =>
      concernsOf(addressKind(address), `${host} has the KIND address ${address}`)
    );
    return {
      // IPv4 first: where a machine has only half a connection, it is that half, and a refusal is quicker than silence.
      verdict: { addresses: addresses.toSorted((one, other) => family(one) - family(other)) },
      concerns: [...concerns, ...found],
      until: this.#clock.now() + lifetime,
    };
  }

  #remember(key: string | undefined, known: Known | Promise<Known>): void {
    if (key === undefined) return;
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > mostHosts) this.#known.delete(this.#known.keys().next().value!);
  }

  /** Puts what was found in the place of its promise, unless that was forgotten. */
  #replace(key: string | undefined, promise: Promise<Known>, known: Known | undefined): void {
    if (key === undefined || this.#known.get(key) !== promise) return;
    if (known === undefined) this.#known.delete(key);
    else this.#known.set(key, known);
  }
}

/** What is known of a host without asking anybody. */
function itself({ hostname, host }: URL): Known {
  const address = addressOf(hostname);
  const concerns = address === undefined
    ? concernsOf(nameKind(hostname) ?? "public", `${host} is the name of a KIND address`)
    : concernsOf(addressKind(address), `${host} is a KIND address`, true);
  return { verdict: { addresses: [] }, concerns, until: Infinity };
}

/** The concern that a kind gives; `isWritten` says that the URL has the address itself. */
function concernsOf(kind: AddressKind, words: string, isWritten = false): readonly Concern[] {
  if (kind === "public") return [];
  return [{ kind, words: words.replace("KIND", kind), opens: isWritten || kind !== "metadata" }];
}

function refused(words: string): Verdict {
  const message = `${words}: pages may lead there only with --allow-private`;
  return { failure: { kind: "address", message, final: true } };
}

function family(address: string): number {
  return address.includes(":") ? 6 : 4;
}
