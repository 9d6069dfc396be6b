import type { Counters } from "./counters.ts";
import type { Ending } from "./engine.ts";

/** Why a crawl has finished. */
type Reason = Extract<Ending, { outcome: "finished" }>["reason"];

/** Whether a crawl has lost every item: some were rejected, and none was written. */
export function rejectsAll({ items, rejected }: Pick<Counters, "items" | "rejected">): boolean {
  return items === 0 && rejected > 0;
}

/** Returns for what reason a crawl ends that has finished for `reason`: one that is poor says why. */
export function finishReason(reason: Reason, counters: Counters, failsTooOften: boolean): Reason {
  if (failsTooOften) return "maxFailed";
  return rejectsAll(counters) ? "rejected" : reason;
}
