/**
 * From text to a tree.
 *
 * @module
 */

import { type Document, DomHandler } from "domhandler";
import { type Handler, Parser } from "htmlparser2";

/**
 * How deep elements are nested at most, as in browsers. Without a limit a page of a megabyte can keep the parser busy
 * for minutes, and everything that walks the tree would have to be ready for any depth.
 */
const deepest = 512;

/** From so many characters on, a page is counted before a tree is made of it, which takes half as long again. */
const large = 1024 * 1024;

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
 * attribute names are in lower case, entities are decoded, and NUL characters are dropped, as browsers do it. What is
 * nested deeper than 512 elements is not nested any more: it all stands side by side in the last of them. Throws a
 * {@linkcode TooManyElementsError} for a page of more than `maxElements`, or as many attributes or pieces of text: each
 * takes up to 500 bytes of memory.
 */
export function parseHtml(text: string, maxElements = Infinity): Document {
  const html = text.includes("\0") ? text.replaceAll("\0", "") : text;
  if (html.length >= large && html.length > maxElements) new ShallowParser({}, html, maxElements).end(html);
  const handler = new DomHandler();
  new ShallowParser(handler, html, maxElements).end(html);
  return handler.root;
}

/**
 * Does not nest elements that would be too deep, and gives up when there are too many. The one case of inheritance: it
 * is how the library is extended, and functions put into a parser would make all pages slower by a third.
 */
class ShallowParser extends Parser {
  readonly #html: string;
  /** The elements that are open. */
  readonly #open: readonly unknown[] = this["stack"];
  /** Elements that were not nested, and whose end has not come yet. */
  #flat = 0;
  /** The tag that is being read is one of these. */
  #isFlat = false;
  readonly #most: number;
  #elements = 0;
  #attributes = 0;
  #texts = 0;

  constructor(handler: Partial<Handler>, html: string, most: number) {
    super(handler);
    this.#most = most;
    this.#html = html;
  }

  override onopentagname(start: number, end: number): void {
    if (++this.#elements > this.#most) throw new TooManyElementsError(this.#most, "elements");
    this.#isFlat = this.#open.length >= deepest && !super.isVoidElement(this.#name(start, end));
    if (this.#isFlat) this.#flat += 1;
    super.onopentagname(start, end);
  }

  /** What is not nested ends where it begins, as `<br>` does. A form within a form, which is left out, has no name here. */
  protected override isVoidElement(name: string): boolean {
    return (this.#isFlat && name !== "") || super.isVoidElement(name);
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
    this.#isFlat = false;
    if (this.#flat === 0 || super.isVoidElement(this.#name(start, end))) super.onclosetag(start, end);
    else this.#flat -= 1;
  }

  #name(start: number, end: number): string {
    return this.#html.slice(start, end).toLowerCase();
  }
}
