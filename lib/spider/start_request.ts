/**
 * What `start()` gives: checked, as a user may return and yield anything.
 *
 * @module
 */

import type { Request, RequestOptions } from "../model/request.ts";
import { kindOf } from "../text/kind.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";
import { isPlain } from "./is_plain.ts";
import { makeRequest } from "./make_request.ts";

/** Gives start requests one by one. */
export type StartIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Returns what gives the start requests, or throws a `TypeError` for what cannot. */
export function startIterator(source: unknown): StartIterator {
  if (typeof source === "object" && source !== null) {
    if (Symbol.asyncIterator in source) return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return (source as Iterable<unknown>)[Symbol.iterator]();
  }
  throw new TypeError(`start returned ${kindOf(source)}: it must be a generator, or return an array of URLs`);
}

/** Returns the request for a URL, or for a URL with options; throws for anything else, and for what cannot be sent. */
export function startRequest(value: unknown, callbacks: readonly string[]): Request {
  const { url, options } = read(value);
  const resolved = resolve(String(url), String(url));
  if (resolved === undefined) {
    throw new RangeError(`The start URL ${JSON.stringify(shownLink(String(url)))} is not http or https`);
  }
  return makeRequest(resolved, options, 0, callbacks);
}

function read(value: unknown): { readonly url: string | URL; readonly options: RequestOptions } {
  if (isUrl(value)) return { url: value, options: {} };
  if (isPlain(value)) {
    const { url, ...options } = value;
    if (isUrl(url)) return { url, options };
    throw new TypeError(`start yielded an object whose url is ${kindOf(url)}: ${wanted}`);
  }
  throw new TypeError(`start yielded ${kindOf(value)}: ${wanted}`);
}

const wanted = "it must yield a URL, or { url, ...options }";

function isUrl(value: unknown): value is string | URL {
  return typeof value === "string" || value instanceof URL;
}
