/**
 * What is said of pages that robots.txt forbids: they have not failed, and are not forgotten.
 *
 * @module
 */

import type { Counters } from "../engine/counters.ts";
import { formatCount } from "../text/count.ts";

/** Returns how many there are, to go behind the number of those that failed; nothing where there are none. */
export function forbiddenWords({ forbidden = 0 }: Partial<Pick<Counters, "forbidden">>): string {
  return forbidden === 0 ? "" : `, ${formatCount(forbidden)} forbidden by robots.txt`;
}

/** Returns the lines of a crawl that has finished; `listed` is the file with all of them, where there is one. */
export function forbiddenLines({ forbidden, pages }: Counters, listed: string | undefined): string[] {
  if (forbidden === 0) return [];
  const lines = listed === undefined ? [] : [`Forbidden: ${listed}, of the kind "robots"`];
  if (pages === 0) lines.push("No page was fetched, robots.txt forbids it; -s robots=false is your decision");
  return lines;
}
