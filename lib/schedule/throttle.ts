/**
 * How long to wait between two requests to a host that pushes back.
 *
 * Pure functions of what was observed. A host that answers well keeps its configured delay. Pushing back (429, 503, a
 * timeout) doubles the delay, from one second up. A latency that grows to several times the best one seen makes the
 * delay that latency divided by the concurrency. Every good answer then brings the delay halfway back, by Scrapy's
 * AutoThrottle rule; and so does time in which the host might be asked and is not.
 *
 * @module
 */

/** What one answer, or its absence, tells about a host. */
export interface Observation {
  /** Seconds to the answer's headers. */
  readonly latency: number;
  /** The answer's status, or that none came in time; undefined when the failure says nothing about the host's load. */
  readonly status: number | "timeout" | undefined;
}

/** What is remembered of a host. Times in seconds. */
export interface Pace {
  /** Added to nothing, multiplied by nothing: the wait between two requests. 0: none but the configured delay. */
  readonly delay: number;
  /** The best latency seen; undefined before the first answer. */
  readonly best: number | undefined;
  /** The latency of the last answers, the newer ones counting more. */
  readonly recent: number | undefined;
}

export const initialPace: Pace = { delay: 0, best: undefined, recent: undefined };

const longest = 60;
const firstPenalty = 1;
/** A delay below this is none: it returns to the configured one. */
const negligible = 0.02;

/** Whether a host asks for a slower pace. */
export function pushesBack(status: Observation["status"]): status is "timeout" | 429 | 503 {
  return status === "timeout" || status === 429 || status === 503;
}

/** Returns the pace after one more observation of a host to which `concurrency` requests may be in flight. */
export function adjust(pace: Pace, { latency, status }: Observation, concurrency: number): Pace {
  if (status === undefined) return pace;
  if (pushesBack(status)) {
    return { ...pace, delay: Math.min(longest, Math.max(firstPenalty, pace.delay * 2)) };
  }
  const best = Math.min(pace.best ?? latency, latency);
  const recent = pace.recent === undefined ? latency : pace.recent * 0.8 + latency * 0.2;
  const target = latency / concurrency;
  if (pace.delay > 0) {
    const delay = autoThrottle(pace.delay, target, status);
    return { delay: delay < negligible ? 0 : Math.min(longest, delay), best, recent };
  }
  const strained = recent > 4 * best + 0.5;
  return { delay: strained ? Math.min(longest, target) : 0, best, recent };
}

/**
 * Returns the pace after so many seconds in which nothing was sent although the delay was over: each further delay that
 * passes halves it, as a good answer would.
 */
export function recover(pace: Pace, seconds: number): Pace {
  let { delay } = pace, left = seconds;
  while (delay > 0 && left >= delay) {
    left -= delay;
    delay = delay / 2 < negligible ? 0 : delay / 2;
  }
  return delay === pace.delay ? pace : { ...pace, delay };
}

/**
 * Scrapy's AutoThrottle rule: halfway from the delay to the target, never below the target; only a 200 may shorten the
 * delay.
 */
export function autoThrottle(delay: number, target: number, status: number): number {
  const next = Math.max(target, (delay + target) / 2);
  return status !== 200 && next <= delay ? delay : next;
}
