import { headersOf } from "../../engine/request_headers.ts";
import type { Request } from "../../model/request.ts";
import type { Failure } from "../../model/outcome.ts";
import type { Response } from "../../model/response.ts";
import type { Cookies } from "../../net/cookies/cookies.ts";
import type { Downloads } from "../../net/download.ts";
import { redirectOf, type RedirectRules } from "../../net/follow/redirect.ts";
import { refreshOf } from "../../net/follow/refresh.ts";
import type { Clock } from "../../time/clock.ts";

/** One answer on the way to a page. */
export interface Hop {
  readonly request: Request;
  readonly response: Response;
  /** Seconds that looking names up took, where we do that ourselves. */
  readonly lookup: number;
  /** Seconds from the answer's headers to its end. */
  readonly bodyTime: number;
  /** It is a page that sends elsewhere. */
  readonly isRefresh: boolean;
}

/** The way to a page: every answer, the last one included; with why there is no page, where there is none. */
export interface Journey {
  readonly hops: readonly Hop[];
  readonly failure: Failure | undefined;
}

/** What a journey needs. */
export interface FollowParts {
  readonly downloads: Downloads;
  readonly cookies: Cookies | undefined;
  readonly clock: Clock;
  /** Returns the seconds that have gone into looking names up so far. */
  readonly lookedUp: () => number;
  /** Told of each answer that leads, or would lead, on to another. */
  readonly onHop: (hop: Hop) => void;
}

/** Downloads a page and what it leads to, as a crawl does: with its cookies, and up to the first answer that is none. */
export async function follow(
  first: Request,
  rules: RedirectRules,
  { downloads, cookies, clock, lookedUp, onHop }: FollowParts,
): Promise<Journey> {
  const hops: Hop[] = [];
  for (let request = first;;) {
    const headers = headersOf(request, cookies, clock);
    const beganAt = clock.now(), before = lookedUp();
    const { response, failure } = await downloads.download({ ...request, headers }, { trusted: hops.length === 0 });
    if (failure !== undefined) return { hops, failure };
    cookies?.store(request.url, response.headers);
    const bodyTime = Math.max(0, (clock.now() - beganAt) / 1000 - response.latency);
    const isPage = response.status >= 200 && response.status <= 299;
    const redirect = (isPage ? refreshOf : redirectOf)(request, response, rules);
    const hop = {
      request,
      response,
      lookup: lookedUp() - before,
      bodyTime,
      isRefresh: isPage && redirect !== undefined,
    };
    hops.push(hop);
    if (redirect === undefined) return { hops, failure: undefined };
    onHop(hop);
    if (redirect.failure !== undefined) return { hops, failure: redirect.failure };
    ({ request } = redirect);
  }
}
