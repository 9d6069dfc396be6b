/**
 * One page from its request to what there is to commit.
 *
 * Nothing is changed here: a visit ends in a {@linkcode Commit}, and until that is made the page did not happen.
 *
 * @module
 */

import { TooManyElementsError } from "../html/parse.ts";
import { keyOf } from "../frontier/fingerprint.ts";
import type { Item } from "../model/item.ts";
import type { Failure, Outcome } from "../model/outcome.ts";
import { createRequest, type Request } from "../model/request.ts";
import type { Response } from "../model/response.ts";
import { redirectOf, type RedirectRules } from "../net/follow/redirect.ts";
import { refreshOf } from "../net/follow/refresh.ts";
import { type Attempt, isSafeAfter, nextAttempt, wantsRepeatable } from "../net/follow/retry.ts";
import { retryAfterSeconds } from "../net/follow/retry_after.ts";
import { pushesBack } from "../schedule/throttle.ts";
import { Page, type PageLog, type State } from "../spider/page.ts";
import type { Spider } from "../spider/spider.ts";
import { isInstance, readThrown } from "../text/thrown.ts";
import type { Clock } from "../time/clock.ts";
import { currentName, type Renamed } from "./renamed.ts";
import { runCallback, TooMuchYieldedError, type Yielded } from "./run_callback.ts";
import { isSitemap, readSitemap } from "./sitemaps.ts";
import { type TimeLimit, TimeLimitError } from "./time_limit.ts";

/** Finds in a stack where the spider's own code is: `./spider.ts:12:9`; nothing where it has no part in it. */
export type Locate = (stack: string) => string | undefined;

/** What a visit needs from above. */
export interface VisitParts {
  readonly spider: Spider;
  readonly callbacks: readonly string[];
  /** What callbacks are called now that requests know by an old name. */
  readonly renamed: Renamed;
  readonly limit: TimeLimit;
  readonly locate: Locate;
  readonly download: (request: Request) => Promise<Outcome>;
  /** Whether a failure that began at a time of the clock is the network's and not the host's. */
  readonly isOutage: (request: Request, failure: Failure, beganAt: number) => Promise<boolean>;
  /** Told of a failure for which this machine is to blame, and of when its attempt began. */
  readonly onShortage?: (failure: Failure, beganAt: number) => void;
  /** Further attempts after a failed one. */
  readonly retries: number;
  /** The longest wait that a server gets with `Retry-After`, in seconds. */
  readonly maxRetryAfter: number;
  /** Statuses outside 200 to 299 that every callback sees; 200: also pages that only send elsewhere. */
  readonly handleStatuses: readonly number[];
  readonly redirects: RedirectRules;
  /** Bytes of one decompressed body. */
  readonly maxBodySize: number;
  /** Elements of one page. */
  readonly maxElements: number;
  readonly state: () => Readonly<State>;
  /** Puts an item into the form its feed writes, or throws. */
  readonly encode: (item: Item) => unknown;
  readonly clock: Clock;
  readonly logOf: (url: string) => PageLog;
}

/** What a visit came to. Exactly one of `page`, `links`, `failure`, `forbidden`, `next` and `outage` says how it ended. */
export interface Commit {
  readonly request: Request;
  /** The callback has ended, and this is what it yielded. */
  readonly page?: Yielded & {
    readonly response: Response;
    readonly updates: readonly ((state: State) => void)[];
  };
  /** It was a sitemap, and names these. */
  readonly links?: readonly Request[];
  /** The request is given up. */
  readonly failure?: Failure & { readonly error?: Error };
  /** It was never sent, because robots.txt forbids it: nobody has failed, and another attempt would end the same way. */
  readonly forbidden?: Failure;
  /** The request goes on as this one: another attempt, or where it was redirected to. */
  readonly next?: { readonly request: Request; readonly failure: Failure | undefined; readonly seconds: number };
  /** The network or this machine failed: the request waits as if it had not been tried. */
  readonly outage?: Failure;
}

/**
 * Downloads a request, judges the answer, and runs the callback on it. Never throws for what a server or a spider does.
 */
export async function visit(request: Request, parts: VisitParts): Promise<Commit> {
  const beganAt = parts.clock.now();
  const outcome = await parts.download(request);
  const { failure } = outcome;
  if (failure?.kind === "shortage") {
    parts.onShortage?.(failure, beganAt);
    if (failure.lacking !== "ports") return { request, outage: failure };
  }
  if (failure !== undefined && await parts.isOutage(request, failure, beganAt) && isSafeAfter(failure, request)) {
    return { request, outage: failure };
  }
  const again = anotherAttempt(request, outcome, parts);
  if (again !== undefined) return again;
  if (outcome.response === undefined) return { request, failure: outcome.failure };
  const { response } = outcome;
  const wanted = isWanted(response, request, parts.handleStatuses);
  const follow = wanted ? refreshOf : redirectOf;
  const redirect = parts.handleStatuses.includes(response.status)
    ? undefined
    : follow(request, response, parts.redirects);
  if (redirect !== undefined) {
    if (redirect.failure !== undefined) return { request, failure: redirect.failure };
    return { request, next: { request: redirect.request, failure: undefined, seconds: 0 } };
  }
  if (!wanted) return { request, failure: unwanted(response, parts.clock.wall()) };
  if (!isSitemap(request)) return await readPage(request, response, parts);
  const { maxBodySize, logOf } = parts;
  const read = await readSitemap(request, response, { maxBodySize, log: logOf(request.url) });
  return "kind" in read ? { request, failure: read } : { request, links: read };
}

function isWanted({ status, blocked }: Response, request: Request, handleStatuses: readonly number[]): boolean {
  if (blocked !== undefined) return false;
  return (status >= 200 && status <= 299) || request.handleStatuses.includes(status) || handleStatuses.includes(status);
}

function unwanted({ status, blocked, headers }: Response, now: number): Failure {
  if (blocked !== undefined) return { kind: "blocked", status, message: blocked };
  const isBusy = pushesBack(status) && retryAfterSeconds(headers.get("retry-after"), now) !== undefined;
  return { kind: "status", status, message: `status ${status}`, ...isBusy && { busy: true } };
}

function anotherAttempt(request: Request, { response, failure }: Outcome, parts: VisitParts): Commit | undefined {
  if (response !== undefined && isWanted(response, request, parts.handleStatuses)) return undefined;
  const now = parts.clock.wall();
  const reason = failure ?? unwanted(response, now);
  const tried: Attempt = {
    ...request,
    failure: reason,
    status: response?.status,
    headers: response?.headers,
    retries: parts.retries,
    maxRetryAfter: parts.maxRetryAfter,
    now,
  };
  const again = nextAttempt(tried);
  if (again === undefined) {
    return wantsRepeatable(tried) ? { request, failure: sentOnce(request, reason) } : undefined;
  }
  const { seconds, free } = again;
  const next = createRequest(request.url, {
    ...request,
    ...(free ? { waits: request.waits + 1 } : { attempt: request.attempt + 1 }),
    priority: Math.max(-100, request.priority - 1),
    notBefore: now + 1000 * seconds,
    wait: seconds,
  });
  return { request, next: { request: next, failure: reason, seconds } };
}

function sentOnce({ method }: Request, failure: Failure): Failure {
  const words = `a ${method} is not sent twice, unless it is made with repeatable: true`;
  return { ...failure, message: `${failure.message}; ${words}`, sentOnce: true };
}

async function readPage(request: Request, response: Response, parts: VisitParts): Promise<Commit> {
  const { spider, callbacks, maxElements, encode, limit } = parts;
  const { referrerPolicy } = parts.redirects;
  const { url } = request;
  const log = parts.logOf(url);
  const page = new Page({ request, response, callbacks, state: parts.state, log, maxElements, referrerPolicy });
  try {
    const name = callbackOf(request, parts);
    const yielded = await limit.call(
      { name, url, key: keyOf(request) },
      (call) => runCallback(name, spider, page, { call, encode }),
    );
    return { request, page: { response, ...yielded, updates: page.end() } };
  } catch (thrown) {
    // From here on the page takes nothing more from a callback that goes on all the same.
    page.end();
    return { request, failure: callbackFailure(thrown, parts.locate, page.lastAsked) };
  }
}

/** Returns the name of the callback that a request goes to: its own, or what that is called now. */
function callbackOf({ callback }: Request, { callbacks, renamed }: VisitParts): string {
  const name = currentName(callback, callbacks, renamed);
  if (name !== undefined) return name;
  throw new RangeError(`the spider has no callback "${callback}" any more: name the new one with --callback`);
}

/**
 * Returns the failure of a page whose callback, or pipeline, threw. `locate` finds the spider's own line in a stack;
 * `lastAsked` is one from before, where this one shows nothing of the spider: it was interrupted, or yielded what it may
 * not.
 */
export function callbackFailure(
  thrown: unknown,
  locate: Locate = () => undefined,
  lastAsked = "",
): Failure & { readonly error?: Error } {
  const { name, message, stack, error } = readThrown(thrown);
  if (isInstance(thrown, TooManyElementsError) || isInstance(thrown, TooMuchYieldedError)) {
    return { kind: "too-large", message };
  }
  const where = isInstance(thrown, TimeLimitError) && lastAsked !== ""
    ? `${stack}\nThe page was last asked for something here:\n${lastAsked.split("\n").slice(1).join("\n")}`
    : stack;
  const at = locate(where) ?? locate(lastAsked);
  // Without a place in it the stack of a call that took too long would be its message once more.
  const isShown = !(isInstance(thrown, TimeLimitError) && lastAsked === "");
  return {
    kind: "callback",
    message: `${name}: ${message}`,
    ...isShown && { stack: where },
    ...at !== undefined && { at },
    error,
  };
}
