/**
 * What a page says of its encoding further on than anybody looks at first.
 *
 * A browser that meets such a `<meta>` begins the page anew (HTML Standard, 13.2.3.5). So it is looked for in the whole
 * page, but only where it can matter.
 *
 * @module
 */

import { getEncoding } from "encoding-sniffer";
import { encodingOf } from "./charset_names.ts";
import { tagEnd } from "./tag_end.ts";

/** The encodings that a page declares. */
export interface LateCharset {
  /** By a `<meta>`. */
  readonly declared: string | undefined;
  /** By what is text for the standard and for browsers; better than nothing it is all the same. */
  readonly loose: string | undefined;
}

/** The beginning of a comment, of a tag, of what is read as a comment, or of a `<meta>` with a space too much. */
const opening = /<(?:(!--)|\/?([a-z][^\s/>]*)|([!?/])|\s+meta[\s/][^<>]*>)/gi;
/** A comment to its end; one without an end goes on to that of the page. */
const comment = /<!--(?:-?>|[^]*?(?:--!?>|$))/y;
/** Elements that hold text only, with how they end. */
const textOnly = new Map(
  ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"].map((name) =>
    [name, new RegExp(`</${name}(?=[\\s/>])|$`, "gi")] as const
  ),
);

const spacedTag = /^<\s/;
/** `httpequiv=ContentType` and its like. */
const misspelt = /http[-_\s]?equiv\s*=\s*["']?\s*content[-_\s]?type/i;
const charsetIn = /charset\s*=\s*(?:["']\s*)?([^\s"'>;]{1,40})/i;

/** Stands for "nothing is declared": no page can name it, because in a page it means windows-1252. */
export const undeclared = "x-user-defined";

const encoder = new TextEncoder();
const nothing: LateCharset = { declared: undefined, loose: undefined };

/** Returns what a page declares; of its text only the ASCII has to be right. A name that nobody knows counts as none. */
export function lateCharset(text: string): LateCharset {
  if (!/charset/i.test(text)) return nothing;
  let loose: string | undefined;
  for (const tag of metaTags(text)) {
    const declared = spacedTag.test(tag) ? undefined : declaredBy(tag);
    if (declared !== undefined) return { declared, loose };
    if (spacedTag.test(tag) || misspelt.test(tag)) loose ??= looselyDeclared(tag);
  }
  return { declared: undefined, loose };
}

/** Gives the tags `<meta>` of a page; everything is read once, from its beginning to its end. */
function* metaTags(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    opening.lastIndex = at;
    const found = opening.exec(text);
    if (found === null) return;
    const { index, 0: start, 1: isComment, 2: name, 3: isBogus } = found;
    if (isComment !== undefined) {
      at = endOf(comment, text, index);
    } else if (name !== undefined) {
      const end = tagEnd(text, index);
      if (end === undefined) return;
      const isClosing = start[1] === "/";
      if (!isClosing && name.toLowerCase() === "meta") yield text.slice(index, end);
      const close = isClosing ? undefined : textOnly.get(name.toLowerCase());
      at = close === undefined ? end : endOf(close, text, end);
    } else if (isBogus !== undefined) {
      const end = text.indexOf(">", index);
      if (end < 0) return;
      at = end + 1;
    } else {
      yield start;
      at = index + start.length;
    }
  }
}

/** Where that ends which a pattern finds from a place on. */
function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : text.length;
}

function declaredBy(tag: string): string | undefined {
  // A slash stands for a space there, which the sniffer does not know.
  const bytes = encoder.encode(tag.replace(/^<meta\//i, "<meta "));
  const found = getEncoding(bytes, { maxBytes: bytes.length, defaultEncoding: undeclared }).toLowerCase();
  return found === undeclared ? undefined : encodingOf(found);
}

function looselyDeclared(tag: string): string | undefined {
  const label = charsetIn.exec(tag)?.[1];
  const encoding = label === undefined ? undefined : encodingOf(label);
  // The bytes of the declaration itself say that it is neither.
  return encoding === undefined || encoding.startsWith("utf-16") ? undefined : encoding;
}
