/**
 * A pending request as bytes: two bytes with the length of its host's name, the name, and the rest as MessagePack.
 *
 * The host comes first and plain, so that a resume finds out which host each of ten million requests belongs to without
 * decoding them.
 *
 * @module
 */

import { createRequest, type Request } from "../model/request.ts";
import { pack, unpack } from "../disk/pack.ts";

const ascii = new TextEncoder();

/** Returns a request as bytes, its host before it. */
export function encodeRequest(request: Request, host: string): Uint8Array<ArrayBuffer> {
  const { url, callback, depth, ...others } = request;
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(others)) {
    if (!isDefault(key, value)) rest[key] = value;
  }
  const packed = pack([url, callback, depth, rest]);
  const name = ascii.encode(host);
  const bytes = new Uint8Array(2 + name.length + packed.length);
  bytes[0] = name.length & 0xff;
  bytes[1] = name.length >> 8;
  bytes.set(name, 2);
  bytes.set(packed, 2 + name.length);
  return bytes;
}

/** Returns the request that {@linkcode encodeRequest} was given. */
export function decodeRequest(bytes: Uint8Array<ArrayBuffer>): Request {
  const value = unpack(bytes.subarray(2 + hostLength(bytes)));
  if (!Array.isArray(value) || typeof value[0] !== "string") throw new TypeError("a pending request has another shape");
  const [url, callback, depth, rest] = value;
  return createRequest(url, { ...rest, callback, depth });
}

/** Returns the length of the host's name before an encoded request. */
export function hostLength(bytes: Uint8Array<ArrayBuffer>): number {
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}

const defaults = createRequest("");

function isDefault(key: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return Object.keys(value).length === 0;
  }
  return value === defaults[key as keyof Request];
}
