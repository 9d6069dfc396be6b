import { checkPackable } from "../disk/pack.ts";
import { suggest } from "../text/nearest.ts";
import { createRequest, type Request, type RequestOptions } from "../model/request.ts";

/** Priorities go from minus this to this. Each one in use has a file of its own. */
export const highestPriority = 100;

/** Says what in a request's options cannot be sent; nothing when all can. */
function unsendable({ method, headers, body, handleStatuses, repeatable }: RequestOptions): string | undefined {
  if (method !== undefined && !(typeof method === "string" && /^[A-Za-z]+$/.test(method))) {
    return `method ${String(method)} is not a method such as "POST"`;
  }
  if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) {
    return "body is neither text nor bytes; use JSON.stringify(...) or String(new URLSearchParams(...))";
  }
  if (headers !== undefined) {
    const prototype = typeof headers === "object" && headers !== null ? Object.getPrototypeOf(headers) : undefined;
    if (prototype !== Object.prototype && prototype !== null) return "headers is not a plain object";
    const wrong = Object.entries(headers).find(([, value]) => typeof value !== "string");
    if (wrong !== undefined) return `header ${wrong[0]} is a ${typeof wrong[1]}, not a text`;
  }
  if (handleStatuses !== undefined && !(Array.isArray(handleStatuses) && handleStatuses.every(Number.isInteger))) {
    return "handleStatuses is not a list of statuses";
  }
  if (repeatable !== undefined && typeof repeatable !== "boolean") return "repeatable is neither true nor false";
  return undefined;
}

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
  const problem = unsendable(options);
  if (problem !== undefined) throw new TypeError(`Cannot request ${url}: ${problem}`);
  return createRequest(url, {
    ...options,
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    // A copy: what the spider does to its object later must not reach a request that may be on disk already.
    ...(meta === undefined ? {} : { meta: structuredClone(meta) }),
    depth,
  });
}
