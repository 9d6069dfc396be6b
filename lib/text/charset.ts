/**
 * From the bytes of a page to its text.
 *
 * @module
 */

import { getEncoding } from "encoding-sniffer";

/** A text, and the WHATWG name of the encoding that its bytes were read in, in lower case. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
}

/** How far into a page its own word about its encoding is looked for, in bytes. */
const declarationWithin = 4096;

/** More bytes than a declaration takes from its word `charset` or `encoding` to its end. */
const declarationLength = 256;

/** Stands for "nothing is declared": no page can name it, because in a page it means windows-1252. */
const undeclared = "x-user-defined";

/** Strict, to tell text from bytes that only might be it; a byte order mark is dropped by each of the decoders. */
const strict = new TextDecoder("utf-8", { fatal: true });
const decoders = new Map<string, TextDecoder>();

/**
 * Returns the text of a body.
 *
 * In this order: a byte order mark, the `charset` of the `Content-Type` header, a `<meta>` or XML declaration in the
 * first 4,096 bytes, UTF-8 where the bytes are valid UTF-8, windows-1252. A name that nobody knows counts as none.
 * Bytes that the encoding does not allow become U+FFFD; nothing is thrown.
 */
export function decode(body: Uint8Array, contentType: string | undefined): Decoded {
  const declared = mark(body) ?? known(charsetOf(contentType)) ?? declaredWithin(body);
  if (declared !== undefined) return { text: decoder(declared).decode(body), encoding: declared };
  try {
    return { text: strict.decode(body), encoding: "utf-8" };
  } catch {
    return { text: decoder("windows-1252").decode(body), encoding: "windows-1252" };
  }
}

function mark(body: Uint8Array): string | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return undefined;
}

function charsetOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const [, quoted, bare] = /;\s*charset\s*=\s*(?:"([^"]*)"|'?([^\s;"',]+))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

function declaredWithin(body: Uint8Array): string | undefined {
  const head = decoder("latin1").decode(body.subarray(0, declarationWithin)).toLowerCase();
  const last = Math.max(head.lastIndexOf("charset"), head.lastIndexOf("encoding"));
  const wide = head.charCodeAt(0) === 0 || head.startsWith("<\0");
  // The sniffer goes byte by byte: on a page that declares nothing it would take far longer than the decoding.
  if (last < 0 && !wide) return undefined;
  const maxBytes = wide ? declarationWithin : Math.min(last + declarationLength, declarationWithin);
  const found = getEncoding(body, { maxBytes, defaultEncoding: undeclared }).toLowerCase();
  return found === undeclared ? undefined : known(found);
}

/** The WHATWG name for a label, or `undefined` where there is no such encoding. */
function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return decoder(label.trim().toLowerCase()).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * A decoder keeps no state between two whole texts, so one for each label is enough; unknown labels throw and are not
 * kept.
 */
function decoder(label: string): TextDecoder {
  let found = decoders.get(label);
  if (found === undefined) decoders.set(label, found = new TextDecoder(label));
  return found;
}
