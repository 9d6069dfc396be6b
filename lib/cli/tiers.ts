import type { KeyedLog } from "../disk/keyed_log.ts";
import { askProxy } from "../net/proxy/ask_proxy.ts";
import type { Downloads } from "../net/download.ts";
import type { ExileRecord } from "../net/proxy/escalation.ts";
import { Proxies } from "../net/proxy/proxies.ts";
import { Tiers } from "../net/proxy/tiers.ts";
import type { Clock } from "../time/clock.ts";
import type { NamedProxies, ProxyChoice } from "./proxy.ts";

export interface TiersParts {
  readonly downloader: Downloads;
  readonly clock: Clock;
  /** The longest wait for an answer to begin, in seconds. */
  readonly connectTimeout: number;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly caCerts?: readonly string[] | undefined;
  /** The hosts that an earlier process sent through the paid tier. */
  readonly exiles?: readonly ExileRecord[] | undefined;
  /** Keeps those hosts. @default {nothing is kept} */
  readonly log?: KeyedLog | undefined;
  readonly warn: (message: string) => void;
  /** Told when every proxy through which all must go refuses the user name and password. */
  readonly onDenied?: (message: string) => void;
}

/** How long a proxy has to answer what it is asked itself, in seconds, at most. */
const longestPatience = 5;

/** Opens the tiers that a `--proxy-type` asks for. */
export function openTiers({ always, paid }: ProxyChoice, parts: TiersParts): Tiers {
  const { clock, connectTimeout, caCerts, warn, ...rest } = parts;
  const patience = Math.min(longestPatience, connectTimeout);
  const open = (named: NamedProxies | undefined) => named && new Proxies({ ...named, clock, onTrouble: warn });
  return new Tiers({
    ...rest,
    clock,
    ask: (proxy, url) => askProxy(proxy, url, { clock, caCerts, patience }),
    always: open(always),
    paid: open(paid),
  });
}
