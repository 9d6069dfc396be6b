/** Up to this length the platform's own search is the fastest, and can be made slow only by a factor. */
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
 * A text in which many pieces are looked for, with a count of what that took.
 *
 * One search takes no longer than reading the text, but a site that names thousands of pieces for a long text makes
 * that many readings of it: whoever searches has to look at the count, and give up.
 */
export class CountedText {
  readonly text: string;
  /** Where the pieces that were not found were looked for: nor do they stand further on. */
  readonly #missing = new Map<Piece, number>();
  #searched = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The characters that have been searched up to now. */
  get searched(): number {
    return this.#searched;
  }

  /** As {@linkcode find}. A short piece that is known not to be there costs nothing: many rules share their pieces. */
  find(piece: Piece, from: number): number {
    const missing = this.#missing.get(piece);
    if (missing !== undefined && missing <= from) return -1;
    const found = find(piece, this.text, from);
    if (found < 0) this.#missing.set(piece, from);
    this.#searched += (found < 0 ? this.text.length : found + piece.length) - from;
    return found;
  }
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
