import type { Counters } from "./counters.ts";

/** How many pages may fail: so many, or a share of all that ended. */
export type MaxFailed = number | `${number}%`;

/** Returns how many pages failed: what robots.txt forbids is no failure. */
export function failedPages({ failed, failures }: Pick<Counters, "failed" | "failures">): number {
  return failed - (failures["robots"]?.count ?? 0);
}

/**
 * Whether more pages were given up than may be. A share is one of all pages that have ended, read or given up.
 */
export function failsTooOften(counters: Counters, most: MaxFailed): boolean {
  const failed = failedPages(counters);
  if (typeof most === "number") return failed > most;
  // Multiplied, so that 7 of 100 are not more than 7%.
  return 100 * failed > parseFloat(most) * (counters.pages + failed);
}
