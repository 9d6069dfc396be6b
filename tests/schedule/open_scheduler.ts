/**
 * A scheduler over a frontier in memory and a clock that stands still, and what it gives.
 *
 * @module
 */

import { Frontier, hostOf } from "../../lib/frontier/frontier.ts";
import { Seen } from "../../lib/frontier/seen.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { Scheduler, type SchedulerOptions } from "../../lib/schedule/scheduler.ts";
import { ManualClock } from "../../lib/time/clock.ts";

/** When the clock begins, in milliseconds since 1970. */
export const epoch = 1_795_253_400_000;

/** An answer that slows nobody down. */
export const good = { latency: 0.1, status: 200 };

/** Opens a scheduler with neither delay nor throttle; `add` gives it requests to a host, numbered from 0. */
export function openScheduler(said: Partial<Omit<SchedulerOptions, "clock">> = {}, clock = new ManualClock(epoch)) {
  const frontier = said.frontier ?? new Frontier({ seen: new Seen() });
  const scheduler = new Scheduler({
    concurrency: 16,
    concurrencyPerHost: 8,
    delay: 0,
    randomizeDelay: false,
    throttle: false,
    maxRetryAfter: 600,
    ...said,
    frontier,
    clock,
  });
  let added = 0;
  const add = (host: string, count = 1, said: Partial<Request> = {}) => {
    for (let at = 0; at < count; at++) scheduler.add(createRequest(`http://${host}/${added++}`, said));
  };
  return { clock, scheduler, add };
}

/** Takes all that may be sent now. */
export function takeAll(scheduler: Scheduler): Request[] {
  const requests: Request[] = [];
  for (let next = scheduler.next(); next !== undefined; next = scheduler.next()) requests.push(next);
  return requests;
}

/** The host of each request. */
export function hostsOf(requests: readonly Request[]): string[] {
  return requests.map(({ url }) => hostOf(url));
}

/** How many of the requests go to a host. */
export function countOf(requests: readonly Request[], host: string): number {
  return requests.filter(({ url }) => hostOf(url) === host).length;
}
