import type { Request } from "../model/request.ts";
import { hostOf } from "../frontier/frontier.ts";
import { inDomains } from "../url/domain.ts";

/** Which requests belong to a crawl. */
export interface ScopeOptions {
  /** The spider's domains; undefined allows all. */
  readonly allowedDomains: readonly string[] | undefined;
  /** The hosts of these are allowed too. */
  readonly startUrls: readonly string[];
  /** Links from a start URL. */
  readonly depthLimit: number;
  /** Whether a further page may be asked for. @default {always} */
  readonly hasRoom?: (() => boolean) | undefined;
}

/** Returns a function that says why a request does not belong to the crawl; nothing when it does. */
export function createScope(
  { allowedDomains, startUrls, depthLimit, hasRoom }: ScopeOptions,
): (request: Request) => "offsite" | "tooDeep" | "tooMany" | undefined {
  const domains = allowedDomains && [...allowedDomains, ...startUrls.map((url) => hostnameOf(url))];
  return (request) => {
    if (request.depth > depthLimit) return "tooDeep";
    if (domains !== undefined && !inDomains(hostnameOf(request.url), domains)) return "offsite";
    if (hasRoom?.() === false) return "tooMany";
    return undefined;
  };
}

function hostnameOf(url: string): string {
  return hostOf(url).replace(/:\d+$/, "");
}
