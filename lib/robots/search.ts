/** Up to this length the platform's own search is the fastest, and cannot be made slow. */
const short = 32;

/** What is looked for in a text: itself where it is short, because a site may name a hundred thousand of them. */
export type Piece = string | LongPiece;

/** Returns a text as what {@linkcode find} looks for. */
export function pieceOf(text: string): Piece {
  return text.length <= short ? text : new LongPiece(text);
}

/** Finds where a piece first stands in a text, from a place on; -1 for nowhere. */
export function find(piece: Piece, text: string, from: number): number {
  return typeof piece === "string" ? text.indexOf(piece, from) : piece.find(text, from);
}

/**
 * A long piece, for which the time grows with the text alone (Knuth, Morris and Pratt): the platform's own search may
 * begin anew at every character, and a site could choose both the piece and the text.
 */
class LongPiece {
  readonly #piece: string;
  readonly #again: Int32Array;

  constructor(piece: string) {
    this.#piece = piece;
    this.#again = overlaps(piece);
  }

  get length(): number {
    return this.#piece.length;
  }

  find(text: string, from: number): number {
    const piece = this.#piece, again = this.#again;
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const character = text.charCodeAt(at);
      while (matched > 0 && piece.charCodeAt(matched) !== character) matched = again[matched - 1]!;
      if (piece.charCodeAt(matched) === character) matched += 1;
      if (matched === piece.length) return at + 1 - matched;
    }
    return -1;
  }
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
