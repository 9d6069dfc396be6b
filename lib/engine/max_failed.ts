import type { Counters } from "./counters.ts";

/** How many pages may fail: so many, or a share of all that ended. */
export type MaxFailed = number | `${number}%`;

/**
 * Whether more pages were given up than may be. A share is one of all pages that have ended, read or given up; what
 * robots.txt forbids is no failure.
 */
export function failsTooOften({ pages, failed, failures }: Counters, most: MaxFailed): boolean {
  const counted = failed - (failures["robots"]?.count ?? 0);
  if (typeof most === "number") return counted > most;
  // Multiplied, so that 7 of 100 are not more than 7%.
  return 100 * counted > parseFloat(most) * (pages + counted);
}
