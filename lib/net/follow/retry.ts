/**
 * When a request that failed is tried again.
 *
 * Bookkeeping only: it neither waits nor sends.
 *
 * @module
 */

import type { Failure, FailureKind } from "../../model/outcome.ts";
import { retryAfterSeconds } from "./retry_after.ts";

/** Answers that say "not now": the last two are from the networks in front of a server. */
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504, 522, 524]);

/** Failures that the next attempt may not meet. The others would be the same again. */
const transient: ReadonlySet<FailureKind> = new Set([
  "dns",
  "connect",
  "timeout",
  "reset",
  "cut-short",
  "proxy",
  "blocked",
  "shortage",
]);

/** Methods that mean the same when they arrive twice (RFC 9110, section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Failures before anything of a request was sent to its host. */
export const unsent: ReadonlySet<FailureKind> = new Set(["dns", "connect", "proxy", "tls", "shortage"]);

/** Our own first wait, and the longest, in seconds; it doubles in between. */
const first = 1, longest = 60;

/** Answers whose `Retry-After` is a request to wait and no failure. */
const asking: ReadonlySet<number> = new Set([429, 503]);

/** How often one request waits because a server asks for it; from then on it counts as a failed attempt. */
const mostWaits = 5;

/** How often one request is sent again at once because a kept connection may have been closed under it. */
const mostStale = 2;

/**
 * How often one request waits until this machine has a port for it: a second, then twice as long each time, more than the
 * minute in which ports come free. After that there is none for its host, and it counts as a failed attempt.
 */
export const mostPortWaits = 6;

/** A request that did not bring a page, and what we know about it. */
export interface Attempt {
  /** Why there was no answer; leave it out where there was one. */
  readonly failure?: Failure | undefined;
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  readonly method: string;
  /** It may be sent twice whatever its method. @default {false} */
  readonly repeatable?: boolean;
  /** Attempts that had failed before this one. */
  readonly attempt: number;
  /** How often the server had asked to wait before. @default {0} */
  readonly waits?: number;
  /** How many further attempts a request gets. */
  readonly retries: number;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
  /** From 0 to just under 1. @default {Math.random()} */
  readonly random?: number;
  /** In milliseconds since 1970; `Retry-After` may be a date. */
  readonly now: number;
}

/** When a request is tried again. */
export interface NextAttempt {
  /** Seconds to wait. */
  readonly seconds: number;
  /** It costs no attempt: the server asked to wait, or perhaps never saw the request. */
  readonly free: boolean;
}

/**
 * Returns when to try again, or `undefined` to give up.
 *
 * A `Retry-After` from the server beats our own back-off (1 s, 2 s, 4 s ... 60 s, less a random part of up to a half),
 * up to `maxRetryAfter`. With 429 and 503 it costs no attempt, five times; nor does a kept connection that was closed
 * under the request, twice. A request that is not safe to repeat gets another attempt only where nothing of it was sent,
 * or where the server turned it away and asks for it again: with a 429 or 503 that has a `Retry-After`.
 */
export function nextAttempt(tried: Attempt): NextAttempt | undefined {
  if (!mayPass(tried)) return undefined;
  const wish = retryAfterSeconds(tried.headers?.get("retry-after") ?? null, tried.now);
  const isAsked = wish !== undefined && asking.has(tried.status ?? 0);
  if (!isAsked && !mayGoOutAgain(tried)) return undefined;
  const { waits = 0 } = tried;
  if (tried.failure?.stale === true && waits < mostStale) return { seconds: 0, free: true };
  if (tried.failure?.lacking === "ports" && waits < mostPortWaits) return { seconds: first * 2 ** waits, free: true };
  const free = isAsked && waits < mostWaits;
  if (!free && tried.attempt >= tried.retries) return undefined;
  if (wish !== undefined) return { seconds: Math.min(wish, tried.maxRetryAfter), free };
  const wait = Math.min(first * 2 ** tried.attempt, longest);
  return { seconds: wait * (1 - (tried.random ?? Math.random()) / 2), free };
}

/** Whether a request is given up for no other reason than that it may not be sent twice. */
export function wantsRepeatable(tried: Attempt): boolean {
  return nextAttempt(tried) === undefined && nextAttempt({ ...tried, repeatable: true }) !== undefined;
}

/** Whether a request may be sent twice. */
export function isRepeatable({ method, repeatable }: Pick<Attempt, "method" | "repeatable">): boolean {
  return repeatable === true || idempotent.has(method.toUpperCase());
}

/** Whether a request may go out again after it failed like this: where it may have reached the server, not all may. */
export function isSafeAfter({ kind }: Failure, request: Pick<Attempt, "method" | "repeatable">): boolean {
  return isRepeatable(request) || unsent.has(kind);
}

function mayGoOutAgain(tried: Attempt): boolean {
  return tried.failure === undefined ? isRepeatable(tried) : isSafeAfter(tried.failure, tried);
}

function mayPass({ failure, status }: Attempt): boolean {
  if (failure === undefined || failure.kind === "status") return passing.has(status ?? failure?.status ?? 0);
  return transient.has(failure.kind) && failure.final !== true;
}
