/**
 * Characters that have no meaning where they stand in a selector.
 *
 * css-what takes any character but `#` for the start of a name, so that `div /b` would look for elements named `/b` and
 * find none.
 *
 * @module
 */

/** What is skipped whole: an escape, a string, a comment, what is in brackets. */
const skipped = /\\[^]|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\/\*[^]*?\*\/|\[(?:\\[^]|"[^"]*"|'[^']*'|[^\]"'\\])*\]/y;
/** In brackets, a value that is no name and has no quotes. A number is let pass. */
const unquoted = /^\[[^=]*=\s*(?![\w\u0080-\uffff-]+[\s\]])([^"'\\\s\]][^\\\s\]]*)[\s\]]/;
/** Pseudo-classes that hold selectors; what other parentheses hold is no selector. */
const holdsSelectors = /:(?:has|not|is|where|matches)$/i;
const nameStart = /[\w\\\u0080-\uffff-]/;

/**
 * Returns the first character that cannot stand where it stands, and its place counted from 0; `undefined` where all is
 * well.
 */
export function misplaced(query: string): { readonly reason: string; readonly at: number } | undefined {
  for (let at = 0; at < query.length; at += 1) {
    skipped.lastIndex = at;
    if (skipped.test(query)) {
      const value = unquoted.exec(query.slice(at, skipped.lastIndex))?.[1];
      if (value !== undefined) return { reason: `the value ${value} needs quotes`, at };
      at = skipped.lastIndex - 1;
      continue;
    }
    const character = query.charAt(at);
    if (character === "(" && !holdsSelectors.test(query.slice(0, at))) {
      at = closing(query, at);
    } else if (/[.#:]/.test(character)) {
      if (character === ":" && query.charAt(at + 1) === ":") at += 1;
      if (!nameStart.test(query.charAt(at + 1))) return { reason: `a name is missing after ${character}`, at: at + 1 };
    } else if (!nameStart.test(character) && !/[\s()[,>+~*|"']/.test(character)) {
      return { reason: `${character} means nothing here`, at };
    }
  }
  return undefined;
}

/** Returns the place of the parenthesis that closes the one at `open`, or of the last character. */
function closing(query: string, open: number): number {
  let depth = 0;
  for (let at = open; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === "\\") at += 1;
    else if (character === "(") depth += 1;
    else if (character === ")" && --depth === 0) return at;
  }
  return query.length - 1;
}
