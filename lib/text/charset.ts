/**
 * From the bytes of a page to its text.
 *
 * @module
 */

import { getEncoding } from "encoding-sniffer";
import { decoderOf, encodingOf } from "./charset_names.ts";
import { readContentType } from "./content_type.ts";
import { lateCharset, undeclared } from "./late_charset.ts";

/** A text, and the WHATWG name of the encoding that its bytes were read in, in lower case. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
}

/** Where the encoding of a body is known from; `meta` is any declaration within the page itself. */
export type EncodingSource = "bom" | "header" | "meta" | "guess";

/** How far into a page its own word about its encoding counts whatever its bytes look like. */
const declarationWithin = 4096;

/** More bytes than a declaration takes from its word `charset` or `encoding` to its end. */
const declarationLength = 256;

/** Strict, to tell text from bytes that only might be it; a byte order mark is dropped by each of the decoders. */
const strict = new TextDecoder("utf-8", { fatal: true });

/** What the standard falls back to. */
const fallback = "windows-1252";

/**
 * Returns the text of a body.
 *
 * In this order: a byte order mark, the `charset` of the `Content-Type` header, a `<meta>` or XML declaration in the
 * first 4,096 bytes, a page that plainly begins in UTF-16, UTF-8 where the bytes are valid UTF-8 and more than
 * ASCII, a `<meta>` anywhere, UTF-8 where hardly a byte speaks against it, a declaration that only looks like one,
 * windows-1252. A name that nobody knows counts as none. Bytes that the encoding does not allow become U+FFFD; nothing
 * is thrown.
 */
export function decode(body: Uint8Array, contentType: string | undefined): Decoded {
  const before = known.get(body);
  if (before !== undefined && before.contentType === contentType) return before.decoded;
  const { encoding, text = textOf(body, encoding) } = found(body, contentType);
  const decoded = { text, encoding };
  known.set(body, { contentType, decoded });
  return decoded;
}

/** A page is asked first whether it sends elsewhere, and then for what it holds. */
const known = new WeakMap<Uint8Array, { readonly contentType: string | undefined; readonly decoded: Decoded }>();

/** Returns where {@linkcode decode} has the encoding of a body from. */
export function encodingSource(body: Uint8Array, contentType: string | undefined): EncodingSource {
  return found(body, contentType).source;
}

interface Found {
  readonly encoding: string;
  readonly source: EncodingSource;
  /** Where it had to be made to find out. */
  readonly text?: string;
}

function found(body: Uint8Array, contentType: string | undefined): Found {
  const marked = mark(body);
  if (marked !== undefined) return { encoding: marked, source: "bom" };
  const said = inHeader(body, contentType);
  if (said !== undefined) return { encoding: said, source: "header" };
  const early = declaredWithin(body, headOf(body));
  if (early !== undefined) return { encoding: early, source: "meta" };
  if (body.length === 0) return { text: "", encoding: fallback, source: "guess" };
  const { text, errors, others } = asUtf8(body);
  const utf8: Found = { text, encoding: "utf-8", source: "guess" };
  // More than ASCII, and valid: it cannot be anything else.
  if (errors === 0 && others > 0) return utf8;
  const { declared, loose } = lateCharset(text);
  if (declared !== undefined) return { encoding: declared, source: "meta" };
  // A text that was cut in the middle of a letter is still one in UTF-8; by chance hardly two bytes are a letter of it.
  if (others > 0 && others >= 2 * errors) return utf8;
  if (loose !== undefined) return { encoding: loose, source: "meta" };
  return errors === 0 ? utf8 : { encoding: fallback, source: "guess" };
}

function textOf(body: Uint8Array, encoding: string): string {
  return decoderOf(encoding).decode(body);
}

/** The encoding that a byte order mark names. */
function mark(body: Uint8Array): string | undefined {
  const first = body[0], second = body[1];
  if (first === 0xef) return second === 0xbb && body[2] === 0xbf ? "utf-8" : undefined;
  if (first === 0xff) return second === 0xfe ? "utf-16le" : undefined;
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/**
 * What the header says. `utf-16` says no byte order: the standard reads it as little-endian, but where the zeros of a
 * Western text stand shows which it is.
 */
function inHeader(body: Uint8Array, contentType: string | undefined): string | undefined {
  const { charset: label } = readContentType(contentType);
  if (label === undefined) return undefined;
  const encoding = encodingOf(label);
  return encoding === "utf-16le" && !/le$/i.test(label) && body[0] === 0 && body[1] !== 0 ? "utf-16be" : encoding;
}

/** What a page says itself, or shows by how its first `<` is spelled. */
function declaredWithin(body: Uint8Array, head: string): string | undefined {
  const last = Math.max(head.lastIndexOf("charset"), head.lastIndexOf("encoding"));
  const wide = /^(?:<\0|\0<)/.test(head);
  // The sniffer goes byte by byte: on a page that declares nothing it would take far longer than the decoding.
  if (last < 0 && !wide) return undefined;
  const maxBytes = last < 0 ? 8 : last + declarationLength;
  const found = getEncoding(body, { maxBytes, defaultEncoding: undeclared }).toLowerCase();
  if (found !== undeclared) return encodingOf(found);
  return wide ? shown(head) : undefined;
}

/** By the first character, which is a `<`, and one more: what XML 1.0 lists in its appendix F. */
function shown(head: string): string | undefined {
  if (/^\0<\0[^\0]/.test(head)) return "utf-16be";
  return /^<\0[^\0]\0/.test(head) ? "utf-16le" : undefined;
}

interface Utf8 {
  readonly text: string;
  /** Places at which the bytes are not valid; 0 where all are. */
  readonly errors: number;
  /** About as many as there are characters that are valid and not ASCII; 0 only where there is none. */
  readonly others: number;
}

function asUtf8(body: Uint8Array): Utf8 {
  const text = decoderOf("utf-8").decode(body);
  // The strict decoder takes ten times as long, and much memory. It is asked only where it may say no.
  if (!text.includes("\u{fffd}") || isValid(body)) return { text, errors: 0, others: body.length - text.length };
  let errors = 0, others = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0xfffd) errors += 1;
    else if (unit > 0x7f) others += 1;
  }
  return { text, errors, others };
}

function isValid(body: Uint8Array): boolean {
  try {
    strict.decode(body);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** What there is of a page to look for a declaration in, byte for byte, in lower case. */
function headOf(body: Uint8Array): string {
  return decoderOf("latin1").decode(body.subarray(0, declarationWithin)).toLowerCase();
}
