import { type CountedText, type Piece, pieceOf } from "./search.ts";

/** A pattern with a `*` in it, taken apart. */
export interface Wildcard {
  /** What a path begins with. */
  readonly first: string;
  /** What follows, in this order, with anything in between. */
  readonly middle: readonly Piece[];
  /** What it ends with, where the pattern ends with `$`. */
  readonly last: string | undefined;
  /** The length of the shortest path that can match. */
  readonly least: number;
}

/** Takes a pattern apart; `ends` where a `$` stood behind it. */
export function wildcardOf(pattern: string, ends: boolean): Wildcard {
  const [first = "", ...rest] = pattern.split("*");
  const last = ends ? rest.pop() : undefined;
  const middle = rest.filter((piece) => piece !== "").map(pieceOf);
  return { first, middle, last, least: pattern.replaceAll("*", "").length };
}

/**
 * Whether a pattern matches a path.
 *
 * Each piece is taken where it comes first: if the rest matches behind a later place, it matches behind the first as
 * well. So there is never a way back, and the path is searched once at most; not at all where it begins otherwise.
 */
export function matches({ first, middle, last, least }: Wildcard, counted: CountedText): boolean {
  const path = counted.text;
  if (path.length < least || !path.startsWith(first)) return false;
  let at = first.length;
  for (const piece of middle) {
    const found = counted.find(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return last === undefined || (path.length - last.length >= at && path.endsWith(last));
}
