/** A path with a query that has one spelling only. */
const plain = /^[\w.~\/?=&:@,;+!'()[\]#-]*$/;

/** An escape, or a run of characters that are compared as escapes; `%` without two digits stays. */
const special = /%[0-9a-f]{2}|[^\w.~\/?=&:@,;+!'()[\]#%-]+/gi;

const unreserved = /^[\w.~-]$/;

/**
 * Returns a path and query, of a URL or of a rule, in the spelling in which the two are compared (RFC 9309, section
 * 2.2.2).
 *
 * Unreserved characters stand for themselves, all others that are not ASCII, or that no URL has, as upper-case escapes;
 * a reserved character and its escape are two things, but for `:` and `/` in a query. `*` stays as it is written, `$`
 * becomes an escape.
 */
export function spellPath(path: string): string {
  if (plain.test(path)) return path;
  const mark = path.indexOf("?");
  return path.replace(special, (part, at: number) => {
    if (!part.startsWith("%")) return encodeURIComponent(part.toWellFormed());
    const character = String.fromCharCode(parseInt(part.slice(1), 16));
    if (unreserved.test(character)) return character;
    return mark >= 0 && at > mark && (character === ":" || character === "/") ? character : part.toUpperCase();
  });
}
