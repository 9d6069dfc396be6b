/**
 * What there is to know about a page that was fetched, as plain data.
 *
 * @module
 */

import type { Failure } from "../../model/outcome.ts";
import type { Block } from "../../net/proxy/block.ts";
import { contentLength } from "../../net/single_header.ts";
import { type EncodingSource, encodingSource } from "../../text/charset.ts";
import type { Page } from "../../spider/page.ts";
import type { Hop, Journey } from "./follow.ts";

/** A page, with what a crawl would make of it. Times are seconds, sizes bytes. */
export interface Fetched {
  readonly url: string;
  readonly redirects: readonly Passed[];
  readonly status: number;
  /** A header that came several times is joined with commas; `set-cookie` is a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly contentType: string | null;
  /** What the body is: by its Content-Type, or where that says nothing by its beginning. */
  readonly mimeType: string;
  readonly encoding: string;
  readonly encodingFrom: EncodingSource;
  /** The body, decompressed. */
  readonly bytes: number;
  /** The body as it was sent, where the server said so. */
  readonly transferred: number | null;
  /** Until the headers. */
  readonly latency: number;
  /** From the headers to the end of the body; null where the body is from the cache. */
  readonly bodyTime: number | null;
  readonly times: Times;
  /** No server was asked. */
  readonly cached: boolean;
  /** Where it is from the cache: when it was stored, as an ISO date. */
  readonly storedAt: string | null;
  /** Why a crawl would take it for a block and not for a page. */
  readonly blocked: string | null;
  /** Whether robots.txt lets a crawl fetch it, and why not; null where it is not to be obeyed. */
  readonly robots: { readonly allowed: boolean; readonly reason: string | null } | null;
}

/** The seconds that each step took; null for one that was not taken, or that cannot be told from another. */
export interface Times {
  /** Looking the host up. */
  readonly lookup: number | null;
  /** Connecting, sending and waiting for the headers. */
  readonly answer: number | null;
  /** Receiving and unpacking the body. */
  readonly body: number | null;
  /** Asking robots.txt, after the page. */
  readonly robots: number | null;
  /** From bytes to text. */
  readonly decode: number;
  /** From text to a tree, where something is looked for. */
  readonly parse: number | null;
  readonly select: number | null;
}

/** An answer on the way; `refresh`: a page that sends elsewhere with `<meta http-equiv="refresh">`. */
interface Passed {
  readonly url: string;
  readonly status: number;
  readonly by: "redirect" | "refresh";
  readonly latency: number;
}

/** What a crawl would make of a page. */
export interface Verdicts {
  readonly blocked: Block | undefined;
  /** Undefined where robots.txt is not to be obeyed. */
  readonly robots: { readonly refusal: string | undefined; readonly seconds: number } | undefined;
}

/** The seconds of what was done with the answer. */
export type Steps = Pick<Times, "decode" | "parse" | "select">;

/** Returns what is known of the last answer of a journey. */
export function fetchedOf(
  page: Page,
  hop: Hop,
  before: readonly Hop[],
  { blocked, robots }: Verdicts,
  steps: Steps,
): Fetched {
  const { response, lookup, bodyTime } = hop;
  const { url, status, latency, headers, body, cached, storedAt } = response;
  const contentType = headers.get("content-type");
  return {
    url,
    redirects: before.map(passed),
    status,
    headers: plain(headers),
    contentType,
    mimeType: page.mimeType,
    encoding: page.encoding,
    encodingFrom: encodingSource(body, contentType ?? undefined),
    bytes: body.length,
    transferred: transferred(headers),
    latency: rounded(latency),
    bodyTime: storedAt === undefined ? rounded(bodyTime) : null,
    times: {
      lookup: lookup > 0 ? rounded(lookup) : null,
      answer: cached === true ? null : rounded(Math.max(0, latency - lookup)),
      body: storedAt === undefined ? rounded(bodyTime) : null,
      robots: robots === undefined ? null : rounded(robots.seconds),
      decode: rounded(steps.decode),
      parse: steps.parse === null ? null : rounded(steps.parse),
      select: steps.select === null ? null : rounded(steps.select),
    },
    cached: cached === true,
    storedAt: storedAt === undefined ? null : new Date(storedAt).toISOString(),
    blocked: blocked === undefined ? null : `${new URL(url).host} ${blocked.words}`,
    robots: robots === undefined ? null : { allowed: robots.refusal === undefined, reason: robots.refusal ?? null },
  };
}

/** Returns what is known where there is no page. */
export function notFetched(url: string, { hops }: Journey, { kind, message, status }: Failure): object {
  return {
    url: hops.at(-1)?.response.url ?? url,
    redirects: hops.map(passed),
    failure: { kind, message, ...status !== undefined && { status } },
  };
}

function passed({ response: { url, status, latency }, isRefresh }: Hop): Passed {
  return { url, status, by: isRefresh ? "refresh" : "redirect", latency: rounded(latency) };
}

/** A time to the microsecond. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function plain(headers: Headers): Fetched["headers"] {
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...cookies.length > 0 && { "set-cookie": cookies } };
}

function transferred(headers: Headers): number | null {
  return headers.has("transfer-encoding") ? null : contentLength(headers) ?? null;
}
