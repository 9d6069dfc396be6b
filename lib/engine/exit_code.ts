import type { Ending } from "./engine.ts";

const pauses: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Returns the exit code for how a crawl ended: 0 finished, 1 failed or finished with too many pages given up or every
 * item rejected, 130 or 143
 * paused by a signal, 4 paused by anything else.
 */
export function exitCodeOf(ending: Ending): number {
  if (ending.outcome === "finished") return ending.reason === "maxFailed" || ending.reason === "rejected" ? 1 : 0;
  return ending.outcome === "failed" ? 1 : pauses[ending.reason] ?? 4;
}
