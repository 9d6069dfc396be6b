/**
 * Turns settings into the parts of a single fetch, as `wire.ts` does for a crawl.
 *
 * @module
 */

import { RobotsGate } from "../../engine/robots_gate.ts";
import { hostOf } from "../../frontier/frontier.ts";
import type { BlockRules } from "../../net/proxy/block.ts";
import { Cookies } from "../../net/cookies/cookies.ts";
import { Downloader, type Downloads } from "../../net/download.ts";
import { AddressGuard } from "../../net/address/guard.ts";
import { type Lookup, systemLookup } from "../../net/address/lookup.ts";
import { robotsSize } from "../../robots/text.ts";
import type { Clock } from "../../time/clock.ts";
import { withCache } from "../cache.ts";
import type { FetchAsked } from "./fetch_asked.ts";
import { openTiers } from "../tiers.ts";
import { insecureWarning } from "../trust.ts";

/** What a fetch needs. */
export interface FetchParts {
  readonly downloads: Downloads;
  readonly cookies: Cookies | undefined;
  readonly blocks: BlockRules;
  /** Returns the seconds that have gone into looking names up so far. */
  readonly lookedUp: () => number;
  /** Undefined where robots.txt is not to be obeyed. */
  readonly robots: RobotsGate | undefined;
}

/** Opens the parts; `warn` is told what does not keep a page from being fetched. */
export function wireFetch(
  { settings, proxies, cache, allowPrivate, insecure, caCerts }: FetchAsked,
  clock: Clock,
  warn: (message: string) => void,
): FetchParts {
  const cookies = settings.cookies ? new Cookies(clock) : undefined;
  const blocks = {
    statuses: settings.blockStatuses,
    pattern: settings.blockPattern,
    handled: settings.handleStatuses,
  };
  const warnOf = (message: string, url: string) => warn(`${url}: ${message}`);
  if (insecure) warn(insecureWarning);
  let lookupTime = 0;
  const lookup: Lookup = async (name) => {
    const beganAt = clock.now();
    try {
      return await systemLookup(name);
    } finally {
      lookupTime += (clock.now() - beganAt) / 1000;
    }
  };
  const guard = allowPrivate ? undefined : new AddressGuard({ clock, lookup });
  const network = new Downloader({ ...settings, ...guard && { guard }, insecure, caCerts, clock });
  const downloader = withCache(network, cache, {
    clock,
    cookies,
    blocks,
    trust: (url) => guard?.check(url, { trusted: true }),
    warn: warnOf,
  });
  const tiers = openTiers(proxies, { ...settings, downloader, clock, caCerts, warn });
  const downloads: Downloads = {
    download: (request, how = {}) => tiers.download(request, tiers.choose(hostOf(request.url), false), how),
    close: () => downloader.close(),
  };
  return {
    downloads,
    cookies,
    blocks,
    lookedUp: () => lookupTime,
    robots: settings.robots
      ? new RobotsGate({
        userAgent: settings.userAgent,
        clock,
        // Pages may lead to where it is by now: it is asked for when its page is there.
        download: (url) =>
          downloads.download({ url, method: "GET", headers: {}, body: undefined }, { atMost: robotsSize + 1 }),
        warn: warnOf,
      })
      : undefined,
  };
}
