/**
 * One request on the wire: what goes with it, and what everybody learns from how it ended.
 *
 * @module
 */

import { hostOf } from "../frontier/frontier.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { retryAfterSeconds } from "../net/retry_after.ts";
import { pushesBack } from "../schedule/throttle.ts";
import type { EngineParts } from "./parts.ts";

/** The parts that a download goes through or tells. */
export type SendParts = Pick<
  EngineParts,
  "downloader" | "scheduler" | "cookies" | "outage" | "counters" | "active" | "clock"
>;

export interface SendOptions {
  /** Cancels the download. */
  readonly signal: AbortSignal;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
}

/**
 * Downloads a request with its cookies, and lets the scheduler, the jar, the counters and the watch for outages know
 * the outcome. Rejects only when `signal` aborts: then nothing is counted.
 */
export async function send(request: Request, parts: SendParts, options: SendOptions): Promise<Outcome> {
  const { signal } = options;
  const { downloader, scheduler, cookies, counters, clock } = parts;
  const { url, method, body } = request;
  const beganAt = clock.now();
  const cookie = cookies?.header(url);
  const headers = cookie === undefined ? request.headers : { cookie, ...request.headers };
  const outcome = await downloader.download({ url, method, headers, body }, { signal });
  // What ended together with the crawl did not happen.
  signal.throwIfAborted();
  counters.downloads += 1;
  if (outcome.response === undefined) {
    const status = outcome.failure.kind === "timeout" ? "timeout" : undefined;
    scheduler.ended(request, { latency: (clock.now() - beganAt) / 1000, status });
  } else {
    takeIn(request, outcome.response, parts, options);
  }
  return outcome;
}

function takeIn(request: Request, response: Response, parts: SendParts, { maxRetryAfter }: SendOptions): void {
  const { scheduler, cookies, outage, counters, active, clock } = parts;
  const { status, latency, headers, body } = response;
  counters.statuses[status] = (counters.statuses[status] ?? 0) + 1;
  counters.bytes += body.length;
  outage.answered(hostOf(request.url), request.url);
  cookies?.store(request.url, headers);
  const asked = pushesBack(status) ? retryAfterSeconds(headers.get("retry-after"), clock.wall()) : undefined;
  scheduler.ended(request, { latency, status }, Math.min(asked ?? 0, maxRetryAfter));
  active.open(request, body.length);
}
