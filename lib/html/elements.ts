import { type Document, type Element, isTag } from "domhandler";
import { nextNode } from "./walk.ts";

const known = new WeakMap<Document, ReadonlyMap<string, readonly Element[]>>();
const none: readonly Element[] = [];

/**
 * Returns a document's elements of one name, in document order. The tree is walked once, so it must not be changed
 * afterwards.
 */
export function elementsNamed(document: Document, name: string): readonly Element[] {
  let byName = known.get(document);
  if (byName === undefined) known.set(document, byName = grouped(document));
  return byName.get(name) ?? none;
}

function grouped(document: Document): ReadonlyMap<string, readonly Element[]> {
  const byName = new Map<string, Element[]>();
  for (let node = nextNode(document, document); node !== undefined; node = nextNode(node, document)) {
    if (!isTag(node)) continue;
    const same = byName.get(node.name);
    if (same === undefined) byName.set(node.name, [node]);
    else same.push(node);
  }
  return byName;
}
