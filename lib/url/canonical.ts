/**
 * The spelling under which two URLs count as the same page.
 *
 * @module
 */

import { shownLink } from "./userinfo.ts";

/**
 * A URL that the WHATWG parser would leave alone and whose path has nothing to normalise: a lower-case host that is
 * neither an IP address nor punycode, no port, no userinfo. Whatever is not obviously so takes the parser.
 */
const settled = /^https?:\/\/(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*\/[\w.~!$&'()*+,;=:@\/-]*$/;

/** A query that the parser would at most escape here and there, which {@linkcode spell} does as well. */
const printableText = /^[!"$-~]*$/;

/** What stands as it is in a name or a value of a query. */
const plainText = /^[\w.~-]*$/;

const unreserved = marks("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
/**
 * What a path may show without an escape: RFC 3986, less what would end the path or a segment when it was written as an
 * escape.
 */
const pathSafe = marks("!$&'()*+,;=:@[]", unreserved);

/** The same for a user and a password, less what would end either of them. */
const userSafe = marks("!$&'()*+,", unreserved);

const hex = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);
const space = 0x20, slash = 0x2f, plus = 0x2b, percent = 0x25, none = -1;

function marks(characters: string, more?: Uint8Array): Uint8Array {
  const table = new Uint8Array(128);
  if (more !== undefined) table.set(more);
  for (let at = 0; at < characters.length; at++) table[characters.charCodeAt(at)] = 1;
  return table;
}

/**
 * Returns the spelling under which two URLs count as the same.
 *
 * It is for comparing only; a page is fetched under the URL as it was written. The fragment is gone, the query is
 * sorted by name and value, and every byte has one spelling: in the query that of a form (`+` for a space), elsewhere
 * an upper-case escape or, where the path allows it, the character itself. Two different sequences of bytes never
 * become one: `%E9` stays `%E9`, whatever it may have meant.
 *
 * Throws a `TypeError` for what is not an absolute http or https URL.
 *
 * @example
 * ```ts
 * import { canonicalize } from "./canonical.ts";
 *
 * canonicalize("http://example.com/a%7eb?b=2&a=1#top"); // "http://example.com/a~b?a=1&b=2"
 * ```
 */
export function canonicalize(url: string): string {
  const mark = url.indexOf("?");
  const head = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  // The parser folds "." segments, and it alone knows which punycode is valid.
  if (settled.test(head) && printableText.test(query) && !head.includes("/.") && !head.includes("xn--")) {
    return head + canonicalQuery(query);
  }
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw new TypeError(`Cannot compare a URL: "${shownLink(url).slice(0, 200)}" is not an absolute http or https URL`);
  }
  return parsed.protocol + "//" + canonicalUser(parsed) + parsed.host + canonicalPath(parsed.pathname) +
    canonicalQuery(parsed.search.slice(1));
}

function canonicalUser({ username, password }: URL): string {
  if (username === "" && password === "") return "";
  const user = spell(username, userSafe, none);
  return password === "" ? `${user}@` : `${user}:${spell(password, userSafe, none)}@`;
}

function canonicalPath(path: string): string {
  return /^[\w.~!$&'()*+,;=:@\/-]*$/.test(path) ? path : spell(path, pathSafe, slash);
}

/** Drops empty parts: `?&a=1` and `?a=1` ask for the same, and so do `?a` and `?a=`. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs: { readonly name: string; readonly value: string }[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    pairs.push(
      equals < 0
        ? { name: formText(part), value: "" }
        : { name: formText(part.slice(0, equals)), value: formText(part.slice(equals + 1)) },
    );
  }
  if (pairs.length > 1) pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  let text = "";
  for (const { name, value } of pairs) text += `${text === "" ? "?" : "&"}${name}=${value}`;
  return text;
}

/** The spelling is ASCII, so the order of its units is that of its bytes. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function formText(text: string): string {
  return plainText.test(text) ? text : spell(text, unreserved, plus);
}

/**
 * Spells every byte of an ASCII text in one way: as itself where `safe` says so, as an upper-case escape otherwise.
 *
 * `own` is the character, if there is one, that means something else than its escape: it stays, and its escape stays an
 * escape.
 */
function spell(text: string, safe: Uint8Array, own: number): string {
  let spelled = "";
  for (let at = 0; at < text.length; at++) {
    let byte = text.charCodeAt(at);
    if (byte === own) {
      spelled += text.charAt(at);
      continue;
    }
    if (byte === percent) {
      const high = digit(text.charCodeAt(at + 1)), low = digit(text.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        at += 2;
      }
    }
    if (byte === space && own === plus) spelled += "+";
    else spelled += safe[byte] === 1 ? String.fromCharCode(byte) : hex[byte] ?? "";
  }
  return spelled;
}

/** The value of a hexadecimal digit, or -1. */
function digit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
