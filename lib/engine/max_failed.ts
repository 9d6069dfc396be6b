import type { Counters } from "./counters.ts";

/** How many pages may fail: so many, or a share of all that ended. */
export type MaxFailed = number | `${number}%`;

/**
 * Whether more pages were given up than may be. A share is one of all pages that have ended, read or given up.
 */
export function failsTooOften({ failed, pages }: Counters, most: MaxFailed): boolean {
  if (typeof most === "number") return failed > most;
  // Multiplied, so that 7 of 100 are not more than 7%.
  return 100 * failed > parseFloat(most) * (pages + failed);
}
