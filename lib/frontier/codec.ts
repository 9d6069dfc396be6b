/**
 * A pending request as bytes: two bytes with the length of its host's name, the name, and the rest as MessagePack.
 *
 * The host comes first and plain, so that a resume finds out which host each of ten million requests belongs to without
 * decoding them. What the record says already is left out: the host in the URL, of the referer what it has in common with
 * the URL, and a referrer that is the same as the referer.
 *
 * @module
 */

import { createRequest, type Request } from "../model/request.ts";
import { pack, unpack } from "../disk/pack.ts";

const ascii = new TextEncoder(), fromAscii = new TextDecoder();
const defaults = createRequest("");
const optional = (Object.keys(defaults) as (keyof Request)[])
  .filter((key) => !["url", "callback", "depth", "referer", "referrer"].includes(key));

/** Returns a request as bytes, its host before it. */
export function encodeRequest(request: Request, host: string): Uint8Array<ArrayBuffer> {
  const { url, callback, depth, referer, referrer } = request;
  const rest: Record<string, unknown> = {};
  if (referrer !== referer) rest["referrer"] = referrer;
  for (const key of optional) {
    if (!isDefault(key, request[key])) rest[key] = request[key];
  }
  const fields: unknown[] = [withoutHost(url, host), callback, depth, rest];
  if (referer !== "") {
    const shared = sharedLength(referer, url);
    fields.push(shared, referer.slice(shared));
  }
  const packed = pack(fields);
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
  const start = 2 + hostLength(bytes);
  const value = unpack(bytes.subarray(start));
  if (!Array.isArray(value) || typeof value[0] !== "string") throw new TypeError("a pending request has another shape");
  const [short, callback, depth, rest, shared, tail] = value;
  const url = withHost(short, bytes.subarray(2, start));
  const referer = typeof tail === "string" ? url.slice(0, shared) + tail : "";
  return createRequest(url, { referrer: referer, ...rest, callback, depth, referer });
}

/** `https://host/path` becomes `https:/path`, which is no URL of its own; another URL stays whole. */
function withoutHost(url: string, host: string): string {
  const start = url.indexOf("//");
  const end = start + 2 + host.length;
  const isWhole = !url.startsWith(host, start + 2) || url[end] !== "/" || url[end + 1] === "/";
  return isWhole ? url : url.slice(0, start) + url.slice(end);
}

function withHost(short: string, host: Uint8Array): string {
  const start = short.indexOf("/");
  if (short[start + 1] === "/") return short;
  return `${short.slice(0, start)}//${fromAscii.decode(host)}${short.slice(start)}`;
}

function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** Returns the name of an encoded request's callback. */
export function callbackOf(bytes: Uint8Array<ArrayBuffer>): string {
  const value = unpack(bytes.subarray(2 + hostLength(bytes)));
  return Array.isArray(value) ? String(value[1]) : "";
}

/** Returns the length of the host's name before an encoded request. */
export function hostLength(bytes: Uint8Array<ArrayBuffer>): number {
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}

function isDefault(key: string, value: unknown): boolean {
  if (value === defaults[key as keyof Request]) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return Object.keys(value).length === 0;
  }
  return false;
}
