/**
 * CSS selectors, run.
 *
 * @module
 */

import { type AnyNode, type Document, isDocument, isTag, isText } from "domhandler";
import { elementsNamed } from "../html/elements.ts";
import { nextNode } from "../html/walk.ts";
import type { Take } from "./css_parse.ts";
import type { CssPart, CssQuery, Match } from "./css_query.ts";
import { askedOf } from "./css_pseudos.ts";
import { outermost } from "./outermost.ts";

/** One of the things to collect in a walk. */
interface Wanted {
  readonly take: Take;
  readonly match: Match;
}

/**
 * Returns what a query selects at and below the given nodes, which are in document order: each node once, in document
 * order.
 *
 * As in Parsel, and unlike `querySelectorAll`, a node itself may match, and nothing outside it counts:
 * `h.css("::text")` is the text of `h`.
 */
export function findCss(query: CssQuery, nodes: readonly AnyNode[]): (AnyNode | string)[] {
  const roots = outermost(nodes);
  const whole = roots.every(isDocument);
  const find = (): (AnyNode | string)[] => {
    const found: (AnyNode | string)[] = [];
    const wanted = query.parts.map((part) => ({ take: part.take, match: whole ? part.anywhere : part.inside }));
    const [only] = wanted;
    const [document] = roots;
    if (roots.length === 1 && document !== undefined && isDocument(document)) {
      const known = query.parts.length === 1 ? findNamed(document, query.parts[0]) : undefined;
      if (known !== undefined) return known;
    }
    if (wanted.length === 1 && only?.take === "element") {
      for (const root of roots) collectElements(root, only.match, found);
    } else {
      for (const root of roots) collect(root, wanted, found);
    }
    return found;
  };
  const confined = !whole && query.parts.some((part) => part.inside !== part.anywhere);
  return confined || query.scoped ? askedOf(nodes, find) : find();
}

/** Finds without a walk what is to be taken of elements of one name; undefined where that cannot be done. */
function findNamed(document: Document, part: CssPart | undefined): (AnyNode | string)[] | undefined {
  if (part?.name === undefined) return undefined;
  const found = elementsNamed(document, part.name).filter(part.anywhere);
  if (part.take === "element") return found;
  // Elements of one name may be inside each other, and then their texts are mixed.
  if (part.take === "text") {
    return found.length > 1 ? undefined : found.flatMap(({ children }) => children.filter(isText));
  }
  const { attribute } = part.take;
  return found.filter(({ attribs }) => Object.hasOwn(attribs, attribute)).map(({ attribs }) =>
    attribs[attribute] ?? ""
  );
}

/** What most queries want, without a step too many: it is run on every page. */
function collectElements(root: AnyNode, match: Match, found: (AnyNode | string)[]): void {
  for (let node: AnyNode | undefined = root; node !== undefined; node = nextNode(node, root)) {
    if (isTag(node) && match(node)) found.push(node);
  }
}

/**
 * Texts of matched elements may lie between and below others', so elements are matched and texts are taken in one walk.
 */
function collect(root: AnyNode, wanted: readonly Wanted[], found: (AnyNode | string)[]): void {
  const textOf = new Set<AnyNode>();
  for (let node: AnyNode | undefined = root; node !== undefined; node = nextNode(node, root)) {
    if (isText(node)) {
      if (node.parent !== null && textOf.has(node.parent)) found.push(node);
    } else if (isTag(node)) {
      for (const { take, match } of wanted) {
        if (!match(node)) continue;
        if (take === "element") found.push(node);
        else if (take === "text") textOf.add(node);
        else if (Object.hasOwn(node.attribs, take.attribute)) found.push(node.attribs[take.attribute] ?? "");
      }
    }
  }
}
