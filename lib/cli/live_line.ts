/**
 * A crawl on one line of a terminal.
 *
 * @module
 */

import stringWidth from "string-width";
import type { Progress } from "../engine/engine.ts";
import { counted, formatCount } from "../text/count.ts";
import { printable } from "../text/safe.ts";

/** Between two parts of the line. */
const between = " · ";

/** The parts of the line as they stand on it, and the order in which they go where there is too little room. */
const parts = ["rate", "pages", "items", "failed", "forbidden", "waiting", "inFlight", "why"] as const;
const leastImportant = ["inFlight", "rate", "waiting", "forbidden", "items", "failed", "pages"] as const;

/**
 * Returns the line that says how a crawl stands, in no more than `columns` of a terminal. Where that is too little, the
 * least important goes first; why nothing is sent goes last.
 */
export function liveLine(progress: Progress, rate: number, columns = Infinity): string {
  const words = wordsOf(progress, rate);
  const shown = new Set(parts.filter((part) => words[part] !== undefined));
  const joined = () => parts.filter((part) => shown.has(part)).map((part) => words[part]).join(between);
  for (const part of leastImportant) {
    if (stringWidth(joined()) <= columns || shown.size === 1) break;
    shown.delete(part);
  }
  return cut(joined(), columns);
}

function wordsOf(
  { counters, waiting, inFlight, why }: Progress,
  rate: number,
): Readonly<Record<typeof parts[number], string | undefined>> {
  return {
    rate: `${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} pages/s`,
    pages: counted(counters.pages, "page"),
    items: counted(counters.items, "item"),
    failed: `${formatCount(counters.failed)} failed`,
    forbidden: counters.forbidden > 0 ? `${formatCount(counters.forbidden)} forbidden by robots.txt` : undefined,
    waiting: `${formatCount(waiting)} waiting`,
    inFlight: `${formatCount(inFlight)} in flight`,
    why: why === undefined ? undefined : printable(why, 200),
  };
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Returns a text in no more than so many columns; one that is longer ends in `…`. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = "", width = 0;
  for (const { segment } of characters.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? "" : `${kept}…`;
}
