/**
 * The ways to a host: direct, or through the proxies of a name.
 *
 * @module
 */

import type { KeyedLog } from "../../disk/keyed_log.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Clock } from "../../time/clock.ts";
import type { ProxyState } from "./ask_proxy.ts";
import type { Downloadable, Downloads, Sending } from "../download.ts";
import { Escalation, type ExileRecord } from "./escalation.ts";
import type { Proxies } from "./proxies.ts";
import { isSocks, type Proxy } from "./proxy.ts";
import { isRepeatable } from "../follow/retry.ts";
import { reach } from "../reach.ts";
import { EnvironmentProxies } from "./environment.ts";
import { downloadThrough } from "./through.ts";

/** The tier of requests that go through no proxy that has a name. */
export const direct = "direct";

export interface TiersOptions {
  readonly downloader: Downloads;
  readonly clock: Clock;
  /** Asks a proxy about the host of a URL. */
  readonly ask: (proxy: Proxy, url: string) => Promise<ProxyState>;
  /** Everything goes through these. */
  readonly always?: Proxies | undefined;
  /** What is blocked otherwise goes through these. */
  readonly paid?: Proxies | undefined;
  /** The hosts that are away, in a checkpoint of format 1 or 2. */
  readonly exiles?: readonly ExileRecord[] | undefined;
  /** Keeps the hosts that are away, and has those of the last process. @default {nothing is kept} */
  readonly log?: KeyedLog | undefined;
  /** Told when every proxy through which all must go refuses the user name and password. */
  readonly onDenied?: (message: string) => void;
  /** Where requests go that go through none of these, and which hosts are asked without any. @default {what it says} */
  readonly environment?: EnvironmentProxies;
}

/** How many proxies are asked at once whether there is a way. */
const askedAtOnce = 4;

/** The statuses with which a proxy says that it has no connection to a host. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/** Knows which tier a request goes through, and sends it there. A tier is called as the proxies are, or `direct`. */
export class Tiers {
  readonly #options: TiersOptions;
  readonly #environment: EnvironmentProxies;
  readonly #escalation: Escalation;

  constructor(options: TiersOptions) {
    this.#options = options;
    this.#environment = options.environment ?? new EnvironmentProxies(Deno.env.toObject());
    this.#escalation = new Escalation(options);
  }

  /**
   * Returns the tier of the next request to a host. With `mayProbe` it may be `direct` to see whether the host still
   * blocks us, and then `blocked` or `ended` must follow.
   */
  choose(host: string, mayProbe: boolean): string {
    const { always, paid } = this.#options;
    if (always !== undefined) return always.name;
    if (paid === undefined || paid.areDenied) return direct;
    const tier = mayProbe ? this.#escalation.choose(host) : this.#escalation.tierOf(host);
    return tier === "paid" ? paid.name : direct;
  }

  /** A host has blocked a request; returns the tier through which it may be sent again at once. */
  blocked(host: string, tier: string): string | undefined {
    const { always, paid } = this.#options;
    if (always !== undefined || paid === undefined || paid.areDenied) return undefined;
    return this.#escalation.blocked(host, tier === direct ? "direct" : "paid") ? paid.name : undefined;
  }

  /** A host has answered with something else than a block, or not at all. */
  ended(host: string, tier: string, hasAnswered: boolean): void {
    const kind = tier === direct ? "direct" : "paid";
    if (hasAnswered) this.#escalation.answered(host, kind);
    else this.#escalation.undecided(host, kind);
  }

  /**
   * Downloads through a tier; otherwise as `Downloader` does. `rest` returns after the delay of the host, for what goes
   * through a second proxy when the host may have had it already.
   */
  async download(
    request: Downloadable & { readonly repeatable?: boolean },
    tier: string,
    how: Omit<Sending, "proxy">,
    rest?: () => Promise<void>,
  ): Promise<Outcome> {
    const { downloader, clock, ask, always, onDenied } = this.#options;
    const proxies = this.#proxiesOf(tier);
    if (proxies === undefined) return await downloader.download(request, how);
    const outcome = await downloadThrough(request, proxies, how, {
      downloader,
      clock,
      ask,
      repeatable: isRepeatable(request),
      ...rest && { rest },
    });
    if (proxies === always && always.areDenied && outcome.failure !== undefined) onDenied?.(outcome.failure.message);
    return outcome;
  }

  /**
   * Returns whether a host can be reached on the way that requests to it go: through some of its tier's proxies, through
   * that of the environment, or directly. Undefined where this machine has nothing left to try it with.
   *
   * To a plain page the proxy of the environment is reached as well, as its answers pass for the page's; but not where
   * the URL is a guess (`isGuess`): requests may go to the host by https only, which a proxy cannot answer.
   */
  async reach(url: string, isGuess = false): Promise<boolean | undefined> {
    const proxies = this.#proxiesOf(this.choose(new URL(url).host, false));
    const given: readonly (Proxy | undefined)[] = proxies?.some(askedAtOnce) ?? [undefined];
    const ways = new Set(given.map((proxy) => this.#environment.proxyFor(url, proxy)));
    const reached = await Promise.all(Array.from(ways, (proxy) => this.#reachThrough(proxy, url, isGuess, proxies)));
    return reached.find((one) => one === true) ?? (reached.includes(undefined) ? undefined : false);
  }

  async #reachThrough(
    proxy: Proxy | undefined,
    url: string,
    isGuess: boolean,
    proxies: Proxies | undefined,
  ): Promise<boolean | undefined> {
    const { ask, clock } = this.#options;
    if (proxy === undefined) return await reach(url, clock);
    const state = await ask(proxy, url);
    if (state === "unknown") return undefined;
    // That it knows no such host says that it has looked, and that is more than the name of a host.
    const isReached = state === "works" || state === "no-host";
    if (isReached) proxies?.worked(proxy);
    return isReached || (state === "unable" && proxies === undefined && !isGuess && isPlain(url, proxy));
  }

  /**
   * Whether an answer is sure to be the host's: a proxy through which a plain page goes may have written it instead,
   * because it could not reach the host.
   */
  isOfHost({ url }: Pick<Downloadable, "url">, status: number, tier: string): boolean {
    if (!gatewayStatuses.has(status)) return true;
    const given: readonly (Proxy | undefined)[] = this.#proxiesOf(tier)?.all ?? [undefined];
    return given.every((proxy) => {
      const way = this.#environment.proxyFor(url, proxy);
      return way === undefined || !isPlain(url, way);
    });
  }

  /** Since when none of the proxies for what is blocked works, in the clock's milliseconds; undefined while one may. */
  get detourDownSince(): number | undefined {
    return this.#options.paid?.downSince;
  }

  /** Whether a tier is for what is blocked otherwise. */
  isDetour(tier: string): boolean {
    return tier !== direct && this.#options.always === undefined;
  }

  #proxiesOf(tier: string): Proxies | undefined {
    const { always, paid } = this.#options;
    return tier === direct ? undefined : always ?? paid;
  }
}

/** Whether a proxy sees a request to a URL, and can answer it itself. */
function isPlain(url: string, proxy: Proxy): boolean {
  return url.startsWith("http:") && !isSocks(proxy);
}
