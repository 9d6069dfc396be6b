/**
 * One request on the wire: what goes with it, and what everybody learns from how it ended.
 *
 * @module
 */

import { hostOf } from "../frontier/frontier.ts";
import type { Outcome } from "../model/outcome.ts";
import { createRequest, type Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { type Block, blockOf } from "../net/proxy/block.ts";
import { isRepeatable } from "../net/follow/retry.ts";
import { retryAfterSeconds } from "../net/follow/retry_after.ts";
import { robotsSize } from "../robots/text.ts";
import { pushesBack } from "../schedule/throttle.ts";
import { countInTier } from "./counters.ts";
import { proxyWait } from "./outage.ts";
import type { EngineParts } from "./parts.ts";
import { rest } from "./rest.ts";
import { headersOf } from "./request_headers.ts";
import { isTrusted } from "./trusted.ts";

/** The parts that a download goes through or tells. */
export type SendParts = Pick<
  EngineParts,
  "tiers" | "blocks" | "scheduler" | "cookies" | "outage" | "counters" | "room" | "clock"
>;

export interface SendOptions {
  /** Cancels the download. */
  readonly signal: AbortSignal;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
}

/** After how many seconds a host is asked again for which this machine has no port left. */
const portWait = 1;

/** What came of one download, and whether it is a block. */
interface Sent {
  readonly outcome: Outcome;
  readonly block: Block | undefined;
  /** Seconds that it took. */
  readonly seconds: number;
}

/**
 * Downloads a request with its cookies, and lets the scheduler, the jar, the counters and the watch for outages know
 * the outcome. Rejects only when `signal` aborts: then nothing is counted.
 *
 * What is blocked goes once more, through the tier that is for this, as soon as the delay of the host allows: neither
 * `Retry-After` nor the back-off counts there, and of the first answer nothing is kept, its cookies included.
 */
export async function send(request: Request, parts: SendParts, options: SendOptions): Promise<Outcome> {
  const { tiers, scheduler, clock } = parts;
  const host = hostOf(request.url);
  const mayRepeat = isRepeatable(request);
  let tier = tiers.choose(host, mayRepeat);
  let sent = await sendThrough(tier, request, parts, options);
  const other = sent.block && tiers.blocked(host, tier);
  if (other !== undefined && mayRepeat) {
    await rest(1000 * scheduler.delayOf(host), clock, options.signal);
    tier = other;
    sent = await sendThrough(tier, request, parts, options);
    if (sent.block !== undefined) tiers.blocked(host, tier);
  }
  const { outcome, block, seconds } = sent;
  if (block === undefined) tiers.ended(host, tier, outcome.response !== undefined && !outcome.response.cached);
  if (outcome.response !== undefined) {
    return { response: takeIn(request, outcome.response, tier, block, parts, options) };
  }
  const { kind, lacking, final = false } = outcome.failure;
  if (kind === "shortage") {
    // It was never sent: that teaches nothing about the host.
    scheduler.ended(request, undefined, lacking === "ports" ? portWait : 0);
    return outcome;
  }
  const wait = kind === "proxy" && tiers.isDetour(tier) && !final ? proxyWait : 0;
  scheduler.ended(request, { latency: seconds, status: kind === "timeout" ? "timeout" : undefined }, wait);
  return outcome;
}

/** Downloads a request through a tier and counts it. */
async function sendThrough(tier: string, request: Request, parts: SendParts, options: SendOptions): Promise<Sent> {
  const { tiers, scheduler, blocks, cookies, counters, clock } = parts;
  const beganAt = clock.now();
  const headers = headersOf(request, cookies, clock);
  const how = { signal: options.signal, trusted: isTrusted(request) };
  const again = () => rest(1000 * scheduler.delayOf(hostOf(request.url)), clock, options.signal);
  const outcome = await tiers.download({ ...request, headers }, tier, how, again);
  // What ended together with the crawl did not happen.
  options.signal.throwIfAborted();
  const { response, failure } = outcome;
  const block = response && !response.cached && !request.handleStatuses.includes(response.status)
    ? blockOf(response, blocks)
    : undefined;
  // For want of a connection nothing was sent.
  if (failure?.kind === "shortage") return { outcome, block: undefined, seconds: 0 };
  counters.downloads += 1;
  if (response !== undefined) {
    counters.statuses[response.status] = (counters.statuses[response.status] ?? 0) + 1;
    counters.bytes += response.body.length;
  }
  if (!response?.cached && failure?.kind !== "proxy") {
    countInTier(counters, tier, response && { ok: block === undefined, bytes: response.body.length });
  }
  return { outcome, block, seconds: (clock.now() - beganAt) / 1000 };
}

/** Lets everybody know an answer, and returns it; a challenge says that it is one. */
function takeIn(
  request: Request,
  response: Response,
  tier: string,
  block: Block | undefined,
  { tiers, scheduler, cookies, outage, room, clock }: SendParts,
  { maxRetryAfter }: SendOptions,
): Response {
  const { status, latency, headers, body } = response;
  if (request.cookies !== false) cookies?.store(request.url, headers, request.jar);
  room.open(request, body.length);
  if (response.cached) {
    // No server was asked: it has not shown that it is there, and the next request to it need not wait.
    scheduler.ended(request, undefined);
    return response;
  }
  const host = hostOf(request.url);
  if (tiers.isOfHost(request, status, tier)) outage.answered(host, request.url);
  const asked = pushesBack(status) ? retryAfterSeconds(headers.get("retry-after"), clock.wall()) : undefined;
  scheduler.ended(request, { latency, status }, Math.min(asked ?? 0, maxRetryAfter));
  return block?.by === undefined ? response : { ...response, blocked: `${host} ${block.words}` };
}

/** Downloads a robots.txt through the tier that its host is known to need. What comes of it teaches nothing about that. */
export async function sendForRobots(
  url: string,
  trusted: boolean,
  { tiers, counters, outage }: Pick<EngineParts, "tiers" | "counters" | "outage">,
): Promise<Outcome> {
  const tier = tiers.choose(hostOf(url), false);
  // One byte more shows that there is more.
  const outcome = await tiers.download(createRequest(url), tier, { trusted, atMost: robotsSize + 1 });
  const { response, failure } = outcome;
  if (!response?.cached && failure?.kind !== "proxy" && failure?.kind !== "shortage") {
    countInTier(counters, tier, response && { ok: response.status < 400, bytes: response.body.length });
  }
  if (response !== undefined && !response.cached && tiers.isOfHost({ url }, response.status, tier)) {
    outage.answered(hostOf(url), url);
  }
  return outcome;
}
