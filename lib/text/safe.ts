/**
 * What could change more than its own place on a terminal or in a log: control characters (with them escape sequences
 * and line breaks), Unicode's own line breaks, marks that turn or hide the direction of text, invisible tags, the byte
 * order mark, halves of a pair.
 */
// deno-lint-ignore no-control-regex
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}\u{e0000}-\u{e007f}]/gu;

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/**
 * Returns foreign text in a form that is harmless on a terminal and stays on one line of a log.
 *
 * Control characters and what turns text around are written out (`\n`, `\e`, `\u{202e}`). What is longer than
 * `maxLength` UTF-16 units, counted after that, is cut and ends in `…`.
 *
 * @example
 * ```ts
 * import { printable } from "./safe.ts";
 *
 * printable("two\nlines \x1b[31mred"); // "two\\nlines \\e[31mred"
 * printable("a long title", 8); // "a long …"
 * ```
 */
export function printable(text: string, maxLength = Infinity): string {
  // Cutting first keeps a huge text cheap; two more units, so that a pair is whole and it still shows that something
  // was cut.
  const part = text.length > maxLength + 2 ? text.slice(0, maxLength + 2) : text;
  const written = part.replace(
    unsafe,
    (character) => short[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  if (written.length <= maxLength) return written;
  const kept = written.slice(0, Math.max(0, maxLength - 1));
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/**
 * Returns JSON in a form that is harmless on a terminal and is read as the same value: what `printable` writes out is an
 * escape sequence of JSON. Line breaks stay, so that it may be several lines.
 */
export function printableJson(json: string): string {
  return json.replace(unsafe, (character) => character === "\n" ? character : escaped(character));
}

/** Each half of a pair has an escape of its own. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A colour, or what is no line break, tab or escape, or one of these. */
// deno-lint-ignore no-control-regex
const pieces = /(\x1b\[\d+m)|[^\n\t\x1b]+|[^]/g;

/**
 * Returns a text of our own, which may hold foreign names, in a form that moves nothing on a terminal. Line breaks,
 * tabs and colours stay; foreign text is to go through `printable` first, which leaves it neither.
 */
export function harmless(text: string): string {
  return text.replace(pieces, (part, colour) => colour || part === "\n" || part === "\t" ? part : printable(part));
}
