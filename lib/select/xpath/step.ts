/**
 * One step of a path: from some nodes to those in a direction.
 *
 * @module
 */

import { outermost } from "../outermost.ts";
import type { Context, Expression, Step, Variables } from "./expression.ts";
import { attributesOf, type XPathNode } from "./node.ts";
import { inDocumentOrder } from "./order.ts";

/** Tells whether a predicate holds for a node in its place. */
export type Holds = (predicate: Expression, context: Context) => boolean;

/** Returns where a step leads from `origins`, which are in document order, each once; so is what is returned. */
export function take(step: Step, origins: readonly XPathNode[], variables: Variables, holds: Holds): XPathNode[] {
  const { axis } = step;
  const [only] = origins;
  if (only === undefined) return [];
  if (origins.length === 1) {
    const found = from(only, step, variables, holds);
    return axis.reverse ? found.reverse() : found;
  }
  if (!step.positional && axis.name.startsWith("descendant")) {
    return outermost(origins).flatMap((origin) => from(origin, step, variables, holds));
  }
  const met = !step.positional && axis.merges ? new Set<XPathNode>() : undefined;
  const found = origins.flatMap((origin) => from(origin, step, variables, holds, met));
  return keepsOrder(axis.name, origins) ? found : inDocumentOrder(found);
}

/** Whether what follows one origin never comes before what follows an earlier one. */
function keepsOrder(axis: string, origins: readonly XPathNode[]): boolean {
  if (axis === "self" || axis === "attribute") return true;
  return (axis === "child" || axis.startsWith("descendant")) && outermost(origins) === origins;
}

/** `met`: nodes that an earlier origin led to; where this one meets them it goes no further. */
function from(origin: XPathNode, step: Step, variables: Variables, holds: Holds, met?: Set<XPathNode>): XPathNode[] {
  let found: XPathNode[] = [];
  if (step.axis.name === "attribute") {
    found = attributesOf(origin).filter(step.test);
  } else {
    const { first, next } = step.axis;
    for (let node = first(origin); node !== undefined; node = next(node, origin)) {
      if (met !== undefined) {
        if (met.has(node)) break;
        met.add(node);
      }
      if (step.test(node)) found.push(node);
    }
  }
  for (const predicate of step.predicates) found = keep(found, predicate, variables, holds);
  return found;
}

/** Returns the nodes for which a predicate holds, each asked in its place. */
export function keep(
  nodes: readonly XPathNode[],
  predicate: Expression,
  variables: Variables,
  holds: Holds,
): XPathNode[] {
  const size = nodes.length;
  return nodes.filter((node, index) => holds(predicate, { node, position: index + 1, size, variables }));
}
