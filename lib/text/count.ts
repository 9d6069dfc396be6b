/** Returns a whole number with a comma before every three digits: `"1,234,567"`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * Returns a number with what is counted: `"1 page"`, `"1,234 pages"`. `several` is for words that need more than an s.
 *
 * @example
 * ```ts
 * import { counted } from "./count.ts";
 *
 * counted(1, "match", "matches"); // "1 match"
 * counted(0, "request waits", "requests wait"); // "0 requests wait"
 * ```
 */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}
