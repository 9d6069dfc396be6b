/**
 * XPath expressions asked of the nodes of a page.
 *
 * @module
 */

import type { AnyNode } from "domhandler";
import { remembered } from "./query_cache.ts";
import { SelectorError } from "./selector_error.ts";
import { evaluate } from "./xpath/evaluate.ts";
import type { Value, Variables } from "./xpath/expression.ts";
import { isAttribute, rootOf, type XPathNode } from "./xpath/node.ts";
import { inDocumentOrder } from "./xpath/order.ts";
import { type Parsed, parseXPath } from "./xpath/parse.ts";
import { toText } from "./xpath/values.ts";

const parsed = remembered(parseXPath);

/**
 * Returns what an XPath 1.0 expression comes to for each of the given nodes: nodes once each and in document order,
 * attributes as their values, other results as a string each.
 *
 * A path that starts with `/` starts at the document, whatever is asked. Truths are `"1"` and `"0"`, as in Parsel;
 * numbers are written as `string()` writes them. Throws a {@linkcode SelectorError}.
 */
export function findXPath(query: string, nodes: readonly AnyNode[], variables: Variables): (AnyNode | string)[] {
  const wanted = parsed(query);
  for (const name of wanted.variables) {
    if (!Object.hasOwn(variables, name)) throw new SelectorError("XPath expression", query, `$${name} is not given`);
  }
  const values = origins(wanted, nodes).map((node) => run(query, wanted, node, variables));
  const found: XPathNode[] = [];
  const texts: string[] = [];
  for (const value of values) {
    if (typeof value === "object") found.push(...value);
    else texts.push(typeof value === "boolean" ? (value ? "1" : "0") : toText(value));
  }
  const ordered = values.length > 1 ? inDocumentOrder(found) : found;
  return [...ordered.map((node) => isAttribute(node) ? node.value : node), ...texts];
}

/** A path from the root leads to the same nodes wherever it is asked. */
function origins({ expression }: Parsed, nodes: readonly AnyNode[]): readonly AnyNode[] {
  if (nodes.length < 2 || expression.kind !== "path" || expression.start !== "root") return nodes;
  return [...new Set(nodes.map(rootOf))];
}

function run(query: string, { expression }: Parsed, node: AnyNode, variables: Variables): Value {
  try {
    return evaluate(expression, { node, position: 1, size: 1, variables });
  } catch (error) {
    // Only the pattern of re:test() and its like is read while the query runs.
    if (error instanceof SyntaxError) throw new SelectorError("XPath expression", query, error.message);
    throw error;
  }
}
