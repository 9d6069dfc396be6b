/**
 * A query that says nothing that can be looked for.
 *
 * @module
 */

/**
 * A CSS selector or an XPath expression is wrong. The message names the query, the reason and, where it is known, the
 * place.
 */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
  readonly query: string;
  /** The character at which the query goes wrong, counted from 0; `undefined` where it is not known. */
  readonly position: number | undefined;

  constructor(language: "CSS selector" | "XPath expression", query: string, reason: string, position?: number) {
    const place = position === undefined ? "" : ` (at character ${position + 1})`;
    super(`Cannot read ${language} ${JSON.stringify(query)}: ${reason}${place}`);
    this.query = query;
    this.position = position;
  }
}
