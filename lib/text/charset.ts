/**
 * From the bytes of a page to its text.
 *
 * @module
 */

import { getEncoding } from "encoding-sniffer";
import { decoderOf, encodingOf } from "./charset_names.ts";

/** A text, and the WHATWG name of the encoding that its bytes were read in, in lower case. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
}

/** Where the encoding of a body is known from; `meta` is any declaration within the page itself. */
export type EncodingSource = "bom" | "header" | "meta" | "guess";

/** How far into a page its own word about its encoding is looked for, in bytes. */
const declarationWithin = 4096;

/** More bytes than a declaration takes from its word `charset` or `encoding` to its end. */
const declarationLength = 256;

/** Stands for "nothing is declared": no page can name it, because in a page it means windows-1252. */
const undeclared = "x-user-defined";

/** Strict, to tell text from bytes that only might be it; a byte order mark is dropped by each of the decoders. */
const strict = new TextDecoder("utf-8", { fatal: true });

/** What the standard falls back to. */
const fallback = "windows-1252";

/**
 * Returns the text of a body.
 *
 * In this order: a byte order mark, the `charset` of the `Content-Type` header, a `<meta>` or XML declaration in the
 * first 4,096 bytes, a page that plainly begins in UTF-16, UTF-8 where the bytes are valid UTF-8,
 * windows-1252. A name that nobody knows counts as none. Bytes that the encoding does not allow become U+FFFD; nothing
 * is thrown.
 */
export function decode(body: Uint8Array, contentType: string | undefined): Decoded {
  const given = mark(body) ?? inHeader(body, contentType);
  if (given !== undefined) return { text: textOf(body, given), encoding: given };
  const head = headOf(body);
  const declared = declaredWithin(body, head);
  return declared === undefined ? guessed(body, head) : { text: textOf(body, declared), encoding: declared };
}

/** Returns where {@linkcode decode} has the encoding of a body from. */
export function encodingSource(body: Uint8Array, contentType: string | undefined): EncodingSource {
  if (mark(body) !== undefined) return "bom";
  if (inHeader(body, contentType) !== undefined) return "header";
  return declaredWithin(body, headOf(body)) === undefined ? "guess" : "meta";
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
  if (contentType === undefined) return undefined;
  const [, quoted, bare] = /(?:^|[;,\s])charset\s*=\s*(?:"([^"]*)"|'?([^\s;"',]+))/i.exec(contentType) ?? [];
  const label = quoted ?? bare;
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
  const maxBytes = Math.min(last < 0 ? 8 : last + declarationLength, declarationWithin);
  const found = getEncoding(body, { maxBytes, defaultEncoding: undeclared }).toLowerCase();
  if (found !== undeclared) return encodingOf(found);
  return wide ? shown(head) : undefined;
}

/** By the first character, which is a `<`, and one more: what XML 1.0 lists in its appendix F. */
function shown(head: string): string | undefined {
  if (/^\0<\0[^\0]/.test(head)) return "utf-16be";
  return /^<\0[^\0]\0/.test(head) ? "utf-16le" : undefined;
}

function guessed(body: Uint8Array, head: string): Decoded {
  if (body.length === 0) return { text: "", encoding: fallback };
  const text = asUtf8(body);
  // More than ASCII, and valid: it cannot be anything else.
  if (text !== undefined && text.length !== body.length) return { text, encoding: "utf-8" };
  const loose = looselyDeclared(head);
  if (loose !== undefined) return { text: textOf(body, loose), encoding: loose };
  return text === undefined ? { text: textOf(body, fallback), encoding: fallback } : { text, encoding: "utf-8" };
}

/** The text, where the bytes are valid UTF-8. */
function asUtf8(body: Uint8Array): string | undefined {
  const text = decoderOf("utf-8").decode(body);
  // The strict decoder takes ten times as long, and much memory. It is asked only where it may say no.
  if (!text.includes("\u{fffd}")) return text;
  try {
    return strict.decode(body);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** `< meta` is text for the standard and for browsers; better than nothing it is all the same. */
function looselyDeclared(head: string): string | undefined {
  if (!head.includes("charset")) return undefined;
  const [, label] = /<\s+meta\s[^>]{0,300}?charset\s*=\s*(?:["']\s*)?([^\s"'>;]{1,40})/.exec(head) ?? [];
  const encoding = label === undefined ? undefined : encodingOf(label);
  return encoding === undefined || encoding.startsWith("utf-16") ? undefined : encoding;
}

/** What there is of a page to look for a declaration in, byte for byte, in lower case. */
function headOf(body: Uint8Array): string {
  return decoderOf("latin1").decode(body.subarray(0, declarationWithin)).toLowerCase();
}
