/**
 * From text to a tree.
 *
 * @module
 */

import { type Document, DomHandler } from "domhandler";
import { Parser } from "htmlparser2";

/**
 * How deep elements are nested at most, as in browsers. Without a limit a page of a megabyte can keep the parser busy
 * for minutes, and everything that walks the tree would have to be ready for any depth.
 */
const deepest = 512;

/** A page has more elements, attributes or pieces of text than are allowed; no more of it was parsed. */
export class TooManyElementsError extends Error {
  override readonly name = "TooManyElementsError";

  constructor(most: number, of: "elements" | "attributes" | "pieces of text") {
    super(`The page has more than ${most} ${of}; the setting maxElements allows more`);
  }
}

/**
 * Returns the tree of an HTML page that is decoded already; every text has one, however broken it is.
 *
 * The tree holds what the page says: no `html`, `head`, `body` or `tbody` is put in where the page has none. Tag and
 * attribute names are in lower case, entities are decoded, and NUL characters are dropped, as browsers do it. Of
 * elements nested deeper than 512 only the text is kept, by the last element above them. Throws a
 * {@linkcode TooManyElementsError} for a page of more than `maxElements`, or as many attributes or pieces of text: each
 * takes up to 500 bytes of memory.
 */
export function parseHtml(text: string, maxElements = Infinity): Document {
  const html = text.includes("\0") ? text.replaceAll("\0", "") : text;
  const handler = new DomHandler();
  new ShallowParser(handler, html, maxElements).end(html);
  return handler.root;
}

/**
 * Leaves out the tags of elements that are too deep, and gives up when there are too many. The one case of inheritance: it is how the library is extended,
 * and functions put into a parser would make all pages slower by a third.
 */
class ShallowParser extends Parser {
  readonly #html: string;
  /** The elements that are open, and the document. */
  readonly #open: readonly unknown[];
  /** Elements that were left out and are not closed yet. */
  #left = 0;
  readonly #most: number;
  #elements = 0;
  #attributes = 0;
  #texts = 0;

  constructor(handler: DomHandler, html: string, most: number) {
    super(handler);
    this.#most = most;
    this.#html = html;
    this.#open = handler["tagStack"];
  }

  override onopentagname(start: number, end: number): void {
    if (++this.#elements > this.#most) throw new TooManyElementsError(this.#most, "elements");
    if (this.#open.length <= deepest || this.#isVoid(start, end)) super.onopentagname(start, end);
    else this.#left += 1;
  }

  override onattribname(start: number, end: number): void {
    if (++this.#attributes > this.#most) throw new TooManyElementsError(this.#most, "attributes");
    super.onattribname(start, end);
  }

  override ontext(start: number, end: number): void {
    if (++this.#texts > this.#most) throw new TooManyElementsError(this.#most, "pieces of text");
    super.ontext(start, end);
  }

  override onclosetag(start: number, end: number): void {
    if (this.#left === 0 || this.#isVoid(start, end)) super.onclosetag(start, end);
    else this.#left -= 1;
  }

  #isVoid(start: number, end: number): boolean {
    return this.isVoidElement(this.#html.slice(start, end).toLowerCase());
  }
}
