/** Finds where a piece first stands in a text, from a place on; -1 for nowhere. */
export type Search = (text: string, from: number) => number;

/** Up to this length the platform's own search is the fastest, and cannot be made slow. */
const short = 32;

/**
 * Returns the search for a piece.
 *
 * The time for a long one grows with the text alone (Knuth, Morris and Pratt): the platform's own may begin anew at
 * every character, and a site could choose both the piece and the text.
 */
export function searchFor(piece: string): Search {
  if (piece.length <= short) return (text, from) => text.indexOf(piece, from);
  const again = overlaps(piece);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const character = text.charCodeAt(at);
      while (matched > 0 && piece.charCodeAt(matched) !== character) matched = again[matched - 1]!;
      if (piece.charCodeAt(matched) === character) matched += 1;
      if (matched === piece.length) return at + 1 - matched;
    }
    return -1;
  };
}

/** For each beginning of a piece: how much of it is also its end. */
function overlaps(piece: string): Int32Array {
  const lengths = new Int32Array(piece.length);
  for (let at = 1, matched = 0; at < piece.length; at++) {
    while (matched > 0 && piece.charCodeAt(matched) !== piece.charCodeAt(at)) matched = lengths[matched - 1]!;
    if (piece.charCodeAt(matched) === piece.charCodeAt(at)) matched += 1;
    lengths[at] = matched;
  }
  return lengths;
}
