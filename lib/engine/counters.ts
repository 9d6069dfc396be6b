/** What a crawl counts, its earlier processes included. */
export interface Counters {
  /** Pages whose callback has ended and that are committed. */
  pages: number;
  items: number;
  /** Items that `onItem` dropped. */
  dropped: number;
  /** Requests given up; each is a line of the failures file. */
  failed: number;
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
  /** Bytes of bodies, decompressed. */
  bytes: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

/** Returns counters that all stand at zero. */
export function createCounters(): Counters {
  return {
    pages: 0,
    items: 0,
    dropped: 0,
    failed: 0,
    downloads: 0,
    retries: 0,
    redirects: 0,
    duplicates: 0,
    offsite: 0,
    tooDeep: 0,
    bytes: 0,
    statuses: {},
  };
}
