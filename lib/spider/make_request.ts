import { checkPackable } from "../disk/pack.ts";
import { suggest } from "../text/nearest.ts";
import { createRequest, type Request, type RequestOptions } from "../model/request.ts";

/** Priorities go from minus this to this. Each one in use has a file of its own. */
export const highestPriority = 100;

/**
 * Returns the request for an absolute URL with a spider's options, or throws: a `RangeError` for a callback or a
 * priority that does not exist, a `SerializationError` that names the key for `meta` that cannot be stored.
 */
export function makeRequest(
  url: string,
  options: RequestOptions,
  depth: number,
  callbacks: readonly string[],
): Request {
  const { callback, priority, meta, method } = options;
  if (callback !== undefined && !callbacks.includes(callback)) {
    throw new RangeError(
      `Cannot request ${url}: the spider has no callback "${callback}"; ${suggest(String(callback), callbacks)}`,
    );
  }
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= highestPriority)) {
    throw new RangeError(
      `Cannot request ${url}: priority ${priority} is not a whole number from -${highestPriority} to ${highestPriority}`,
    );
  }
  if (meta !== undefined) checkPackable(meta, "meta");
  return createRequest(url, {
    ...options,
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    // A copy: what the spider does to its object later must not reach a request that may be on disk already.
    ...(meta === undefined ? {} : { meta: structuredClone(meta) }),
    depth,
  });
}
