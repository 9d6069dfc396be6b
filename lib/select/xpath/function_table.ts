/**
 * How functions are listed: a row each.
 *
 * @module
 */

import type { XPathFunction } from "./expression.ts";

/**
 * A function: what it is called, what it takes, the least and the most arguments, what it returns, and what it does.
 */
export type Row = readonly [
  name: string,
  takes: XPathFunction["takes"],
  least: number,
  most: number,
  returns: XPathFunction["returns"],
  apply: XPathFunction["apply"],
];

/** Returns the functions of a list by their names. */
export function functionTable(rows: readonly Row[]): ReadonlyMap<string, XPathFunction> {
  return new Map(
    rows.map(([name, takes, least, most, returns, apply]) => [name, { name, takes, least, most, returns, apply }]),
  );
}
