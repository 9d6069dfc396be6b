import type { Failure } from "../model/outcome.ts";

/** What went through a tier: direct, or through the proxies of a name. What is asked of robots.txt counts here as well. */
export interface TierCounters {
  /** Requests sent, whatever became of them. */
  requests: number;
  /** Answers that were no block. */
  ok: number;
  /** Bytes of bodies, decompressed: more than went over the line, and without the headers. */
  bytes: number;
}

/** Requests given up for one reason, and the last of them. */
export interface FailureCounter {
  count: number;
  url: string;
  message: string;
}

/** What a crawl counts, its earlier processes included. */
export interface Counters {
  /** Pages whose callback has ended and that are committed. */
  pages: number;
  items: number;
  /** Items that `onItem` dropped. */
  dropped: number;
  /** Items that cannot be written, each for a value that its feed cannot carry. */
  rejected: number;
  /** Requests given up; each is a line of the failures file. */
  failed: number;
  /** The same by kind; those that failed for their status by that: `status 404`. */
  failures: Record<string, FailureCounter>;
  /** Requests that robots.txt forbids, and that were not sent; each is a line of the failures file, too. */
  forbidden: number;
  /** Answers and failures of the network, further attempts and redirects included. */
  downloads: number;
  /** Further attempts. */
  retries: number;
  redirects: number;
  /** Links to requests that were known. */
  duplicates: number;
  /** Links to other than the allowed domains. */
  offsite: number;
  /** Links beyond the depth limit. */
  tooDeep: number;
  /** Links of a retry beyond `maxPages`. */
  tooMany: number;
  /** Bytes of bodies, decompressed. */
  bytes: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  tiers: Record<string, TierCounters>;
  /** Pages given up because their host blocked them, by host; those of hosts beyond the first thousand under `""`. */
  blocked: Record<string, number>;
}

/** Returns counters that all stand at zero. */
export function createCounters(): Counters {
  return {
    pages: 0,
    items: 0,
    dropped: 0,
    rejected: 0,
    failed: 0,
    failures: {},
    forbidden: 0,
    downloads: 0,
    retries: 0,
    redirects: 0,
    duplicates: 0,
    offsite: 0,
    tooDeep: 0,
    tooMany: 0,
    bytes: 0,
    statuses: {},
    tiers: {},
    blocked: {},
  };
}

/** Counts a request that was given up. */
export function countFailure(counters: Counters, url: string, { kind, status, message }: Failure): void {
  counters.failed += 1;
  const { failures } = counters;
  const key = kind === "status" && status !== undefined ? `status ${status}` : kind;
  failures[key] = { count: (failures[key]?.count ?? 0) + 1, url, message: message.slice(0, 200) };
}

/** Hosts whose blocked pages are counted one by one. */
const mostHosts = 1000;

/** Counts a page that was given up because its host blocked it. */
export function countBlocked({ blocked }: Counters, host: string): void {
  const key = blocked[host] !== undefined || Object.keys(blocked).length < mostHosts ? host : "";
  blocked[key] = (blocked[key] ?? 0) + 1;
}

/** Counts a request that was sent through a tier, and the answer to it when there was one. */
export function countInTier(
  { tiers }: Counters,
  tier: string,
  answer: { readonly ok: boolean; readonly bytes: number } | undefined,
): void {
  const counts = tiers[tier] ??= { requests: 0, ok: 0, bytes: 0 };
  counts.requests += 1;
  if (answer === undefined) return;
  if (answer.ok) counts.ok += 1;
  counts.bytes += answer.bytes;
}
