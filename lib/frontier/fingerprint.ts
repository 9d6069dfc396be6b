/**
 * Fingerprints: what a request is known by.
 *
 * 96 bits of MurmurHash3 (x86, 128 bits; Austin Appleby, public domain), seeded anew for each crawl so that a page
 * cannot prepare two URLs that collide in it. Among ten million requests the chance that any two share a fingerprint is
 * below 10^-15.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Request } from "../model/request.ts";
import { canonicalize } from "../url/canonical.ts";

/** Three unsigned 32-bit numbers, never all zero. The array is used again by the next call. */
export type Fingerprint = Uint32Array<ArrayBuffer>;

/** What of a request, besides its URL, tells it from others. */
export type Identified = Pick<Request, "method" | "body" | "jar" | "userinfo">;

/**
 * Returns the text that two requests share when they ask for the same thing: method, canonical URL and a digest of the
 * body; and where they are not empty, the name of the jar and the userinfo, since another login sees another page.
 */
export function identity({ method, body, jar, userinfo }: Identified, canonicalUrl: string): string {
  const login = jar === "" && userinfo === "" ? "" : ` ${digestOf(JSON.stringify([jar, userinfo]))}`;
  if (method === "GET" && body === undefined && login === "") return canonicalUrl;
  return `${method} ${body === undefined ? "" : digestOf(body)} ${canonicalUrl}${login}`;
}

/** Returns a short text that two requests share when they ask for the same thing, in any crawl. */
export function keyOf(request: Identified & Pick<Request, "url">): string {
  return digestOf(identity(request, canonicalize(request.url))).slice(0, 24);
}

function digestOf(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

const result: Fingerprint = new Uint32Array(3);
const c1 = 0x239b961b, c2 = 0xab0e9789, c3 = 0x38b34ae5, c4 = 0xa1e38b93;

/** Returns the fingerprint of a text of ASCII characters; of others only the low 8 bits count. */
export function fingerprint(text: string, seed: number): Fingerprint {
  const length = text.length;
  let h1 = seed, h2 = seed, h3 = seed, h4 = seed;
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    h1 = add(rotate(h1 ^ scramble(word(text, at), c1, 15, c2), 19), h2);
    h1 = add(Math.imul(h1, 5), 0x561ccd1b);
    h2 = add(rotate(h2 ^ scramble(word(text, at + 4), c2, 16, c3), 17), h3);
    h2 = add(Math.imul(h2, 5), 0x0bcaa747);
    h3 = add(rotate(h3 ^ scramble(word(text, at + 8), c3, 17, c4), 15), h4);
    h3 = add(Math.imul(h3, 5), 0x96cd1c35);
    h4 = add(rotate(h4 ^ scramble(word(text, at + 12), c4, 18, c1), 13), h1);
    h4 = add(Math.imul(h4, 5), 0x32ac3b17);
  }
  // A missing character counts as zero, and a word of zeros changes nothing.
  h1 ^= scramble(word(text, at), c1, 15, c2);
  h2 ^= scramble(word(text, at + 4), c2, 16, c3);
  h3 ^= scramble(word(text, at + 8), c3, 17, c4);
  h4 ^= scramble(word(text, at + 12), c4, 18, c1);
  h1 ^= length, h2 ^= length, h3 ^= length, h4 ^= length;
  h1 = add(add(add(h1, h2), h3), h4);
  h2 = add(h2, h1), h3 = add(h3, h1), h4 = add(h4, h1);
  h1 = finish(h1), h2 = finish(h2), h3 = finish(h3), h4 = finish(h4);
  h1 = add(add(add(h1, h2), h3), h4);
  h2 = add(h2, h1), h3 = add(h3, h1);
  result[0] = h1, result[1] = h2, result[2] = h3;
  if (result[0] === 0 && result[1] === 0 && result[2] === 0) result[0] = 1;
  return result;
}

function word(text: string, at: number): number {
  // charCodeAt past the end is NaN, which these operators take for 0.
  return (text.charCodeAt(at) & 255) | ((text.charCodeAt(at + 1) & 255) << 8) |
    ((text.charCodeAt(at + 2) & 255) << 16) |
    (text.charCodeAt(at + 3) << 24);
}

function scramble(value: number, before: number, bits: number, after: number): number {
  return Math.imul(rotate(Math.imul(value, before), bits), after);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function add(a: number, b: number): number {
  return (a + b) | 0;
}

function finish(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
