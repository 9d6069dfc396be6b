import type { Counters } from "./counters.ts";

/** A test run is not stopped for fewer rejected items and failed callbacks than would fill this many, items included. */
const least = 10;

/** What counts towards the end of a test run, besides the items that were written. */
export function spoilt({ rejected, failures }: Pick<Counters, "rejected" | "failures">): number {
  return rejected + (failures["callback"]?.count ?? 0);
}

/**
 * Whether a test run has done its work: `limit` items are written, or with the rejected items and the pages that failed in
 * their callbacks there are as many, and ten at least.
 */
export function endsTest(counters: Pick<Counters, "items" | "rejected" | "failures">, limit: number): boolean {
  return counters.items >= limit || counters.items + spoilt(counters) >= Math.max(limit, least);
}
