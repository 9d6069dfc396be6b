/**
 * The commit: the moment in which a page happens.
 *
 * @module
 */

import { keyOf } from "../frontier/fingerprint.ts";
import { hostOf } from "../frontier/frontier.ts";
import type { Failure } from "../model/outcome.ts";
import type { Request } from "../model/request.ts";
import { countBlocked, countFailure } from "./counters.ts";
import type { EngineParts } from "./parts.ts";
import { withoutLogins } from "../url/userinfo.ts";
import { callbackFailure, type Commit } from "./visit.ts";

/** What a commit changes. */
export type CommitParts = Pick<
  EngineParts,
  | "clock"
  | "scheduler"
  | "frontier"
  | "state"
  | "items"
  | "failures"
  | "counters"
  | "blocks"
  | "inScope"
  | "limit"
  | "locate"
  | "emit"
>;

/**
 * Makes what a visit came to happen: items to the feed, requests to the frontier, changes to the state, the request
 * done.
 *
 * Keeps C2: it is one synchronous step, and saves fall between steps. No more than `limit` items are written in all. An
 * error in the spider's changes of the state fails the page and is returned; any other is thrown, and then what is in
 * memory is not to be saved.
 */
export function makeCommit(commit: Commit, parts: CommitParts, limit: number): Error | undefined {
  const { request } = commit;
  if (commit.outage !== undefined) {
    parts.scheduler.putBack(request);
    return undefined;
  }
  let { page, failure } = commit;
  let error: Error | undefined;
  try {
    const { updates = [] } = page ?? {};
    if (updates.length > 0) {
      const called = { name: "page.update", url: request.url, key: keyOf(request) };
      parts.limit.run(called, () => parts.state.change(updates));
    }
  } catch (thrown) {
    failure = callbackFailure(thrown, parts.locate);
    ({ error } = failure);
    page = undefined;
  }
  if (page !== undefined) commitPage(request, page, parts, limit);
  if (commit.links !== undefined) addLinks(commit.links, parts);
  if (commit.next !== undefined) failure = commitNext(request, commit.next, parts);
  if (failure !== undefined) commitFailure(request, failure, parts);
  if (commit.forbidden !== undefined) commitForbidden(request, commit.forbidden, parts);
  parts.scheduler.done(request);
  return error;
}

function commitPage(
  request: Request,
  page: NonNullable<Commit["page"]>,
  parts: CommitParts,
  limit: number,
): void {
  const { items, counters, emit } = parts;
  const written = page.items.slice(0, limit - counters.items);
  items.write(written);
  addLinks(page.requests, parts);
  counters.pages += 1;
  counters.items += written.length;
  counters.dropped += page.dropped;
  counters.rejected += page.rejected.length;
  for (const message of page.rejected) emit({ type: "rejected", url: request.url, message });
  const { status } = page.response;
  emit({ type: "page", url: request.url, status, items: written.length, links: page.requests.length });
}

function addLinks(links: readonly Request[], { counters, inScope, scheduler }: CommitParts): void {
  for (const link of links) {
    const outside = inScope(link);
    if (outside !== undefined) counters[outside] += 1;
    else if (!scheduler.add(link)) counters.duplicates += 1;
  }
}

/** Lets a request go on as another; returns a failure when it may not. */
function commitNext(
  request: Request,
  { request: next, failure, seconds }: NonNullable<Commit["next"]>,
  { inScope, scheduler, counters, emit }: CommitParts,
): Failure | undefined {
  if (failure !== undefined) {
    counters.retries += 1;
    scheduler.addAgain(next);
    emit({ type: "retry", url: request.url, failure, attempt: next.attempt + next.waits, seconds });
    return undefined;
  }
  if (inScope(next) === "offsite") {
    return { kind: "redirect", message: `it redirects to ${next.url}, which is outside of the allowed domains` };
  }
  counters.redirects += 1;
  if (!scheduler.add(next)) counters.duplicates += 1;
  emit({ type: "redirect", url: request.url, to: next.url });
  return undefined;
}

/**
 * Whether a failure is a block, against which another way may help. A server that is not there for anybody (503), or that
 * says when it will be, blocks nobody; nor does one that might have answered if it had been asked again.
 */
function isBlock({ kind, status = 0, busy = false, sentOnce = false }: Failure, statuses: readonly number[]): boolean {
  return kind === "blocked" || (statuses.includes(status) && status !== 503 && !busy && !sentOnce);
}

function commitFailure(
  request: Request,
  failure: Failure,
  { clock, frontier, failures, counters, blocks, emit }: CommitParts,
): void {
  const { kind, status, at } = failure;
  // An error of the spider's may name any URL, and is itself no data.
  const message = withoutLogins(failure.message), stack = failure.stack && withoutLogins(failure.stack);
  const told: Failure = {
    kind,
    message,
    ...status !== undefined && { status },
    ...at !== undefined && { at },
    ...stack && { stack },
  };
  const attempts = request.attempt + request.waits + 1;
  list(request, told, attempts, { clock, failures });
  frontier.giveUp(request);
  countFailure(counters, request.url, told);
  if (isBlock(failure, blocks.statuses)) countBlocked(counters, hostOf(request.url));
  emit({ type: "given-up", url: request.url, failure: told, attempts });
}

/** Lists a request that is not to be sent, so that it is not forgotten; a retry of what failed leaves it out. */
function commitForbidden(
  request: Request,
  forbidden: Failure,
  { clock, failures, counters, emit }: CommitParts,
): void {
  list(request, forbidden, request.attempt + request.waits, { clock, failures });
  counters.forbidden += 1;
  emit({ type: "forbidden", url: request.url, message: forbidden.message });
}

/** Writes a line about a request that brought no page. */
function list(
  request: Request,
  { kind, message, status, at, stack }: Failure,
  attempts: number,
  { clock, failures }: Pick<CommitParts, "clock" | "failures">,
): void {
  const { url, method, callback, depth } = request;
  const time = new Date(clock.wall()).toISOString();
  const referrer = request.referrer || undefined;
  const redirects = request.redirects.length > 0 ? request.redirects : undefined;
  const what = { url, kind, message, status, attempts, time, referrer, redirects, method, callback, depth, at, stack };
  failures.write([failures.encode(what)]);
}
