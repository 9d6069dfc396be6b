/**
 * Visits of one page, without an engine.
 *
 * @module
 */

import { TimeLimit } from "../../lib/engine/time_limit.ts";
import { type Commit, visit, type VisitParts } from "../../lib/engine/visit.ts";
import { checkItem } from "../../lib/feed/writable.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { callbacksOf } from "../../lib/spider/check.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { ManualClock } from "../../lib/time/clock.ts";
import { epoch } from "./parts.ts";

export const url = "http://a.com/";
export const html = '<title>T</title><a href="/1">1</a><a href="/2">2</a>';

const spider: Spider = {
  name: "test",
  *parse(page: Page) {
    yield { title: page.css("title::text").get() };
    yield* page.follow("a");
  },
};

interface Said extends Partial<VisitParts> {
  readonly request?: Partial<Request>;
}

/** Visits a page whose download ends so, and returns what there is to commit. */
export async function visited(outcome: Outcome, said: Said = {}): Promise<Commit> {
  const request = createRequest(url, said.request);
  const used = said.spider ?? spider;
  const clock = new ManualClock(epoch);
  return await visit(request, {
    spider: used,
    callbacks: callbacksOf(used),
    download: () => Promise.resolve(outcome),
    isOutage: () => Promise.resolve(false),
    retries: 2,
    maxRetryAfter: 600,
    maxBodySize: 1_000_000,
    maxElements: 1000,
    handleStatuses: [],
    redirects: {},
    state: () => ({}),
    encode(item) {
      checkItem(item);
      return JSON.stringify(item);
    },
    clock,
    logOf: () => ({ debug() {}, info() {}, warn() {}, error() {} }),
    renamed: {},
    limit: new TimeLimit({ clock }),
    locate: (stack) => /\w+_test\.ts:\d+:\d+/.exec(stack)?.[0],
    ...said,
  });
}

/** The part of a commit that says what came of the page. */
export function summary({ page, failure, next, outage }: Commit): unknown {
  if (page !== undefined) return { items: page.items, links: page.requests.map(({ url }) => url) };
  if (failure !== undefined) return { kind: failure.kind, message: failure.message };
  return next ?? outage;
}
