/** A piece of a tag: what stands between attributes, or one of them, whose value in quotes may have a `>` in it. */
const piece = /[\s/]+|[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*))?/y;

/**
 * Returns where the tag ends that begins at a place of a page, behind its `>`, or `undefined` where it does not end.
 *
 * A quote that is never closed is none: it would take the rest of the page along.
 */
export function tagEnd(html: string, start: number): number | undefined {
  piece.lastIndex = start + 1;
  let end = start + 1;
  while (piece.test(html)) end = piece.lastIndex;
  return html[end] === ">" ? end + 1 : undefined;
}
