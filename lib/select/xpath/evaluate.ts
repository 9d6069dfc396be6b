/**
 * XPath expressions, run.
 *
 * @module
 */

import type { Context, Expression, Path, Value } from "./expression.ts";
import { rootOf, type XPathNode } from "./node.ts";
import { inDocumentOrder } from "./order.ts";
import { type Holds, keep, take } from "./step.ts";
import { compare, toNodes, toNumber, toTruth } from "./values.ts";

/** Returns what an expression comes to in a context. */
export function evaluate(expression: Expression, context: Context): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "variable":
      return context.variables[expression.name] ?? "";
    case "negative":
      return -toNumber(evaluate(expression.of, context));
    case "path":
      return follow(expression, context);
    case "union":
      return inDocumentOrder([
        ...toNodes(evaluate(expression.left, context)),
        ...toNodes(evaluate(expression.right, context)),
      ]);
    case "call":
      return expression.called.apply(context, expression.given.map((each) => evaluate(each, context)));
    case "binary": {
      const { operator } = expression;
      const left = evaluate(expression.left, context);
      if (operator === "and") return toTruth(left) && toTruth(evaluate(expression.right, context));
      if (operator === "or") return toTruth(left) || toTruth(evaluate(expression.right, context));
      const right = evaluate(expression.right, context);
      switch (operator) {
        case "+":
          return toNumber(left) + toNumber(right);
        case "-":
          return toNumber(left) - toNumber(right);
        case "*":
          return toNumber(left) * toNumber(right);
        case "div":
          return toNumber(left) / toNumber(right);
        case "mod":
          return toNumber(left) % toNumber(right);
        default:
          return compare(operator, left, right);
      }
    }
  }
}

const holds: Holds = (predicate, context) => {
  const value = evaluate(predicate, context);
  return typeof value === "number" ? value === context.position : toTruth(value);
};

function follow(path: Path, context: Context): readonly XPathNode[] {
  let nodes = start(path, context);
  for (const predicate of path.predicates) nodes = keep(nodes, predicate, context.variables, holds);
  for (const step of path.steps) nodes = take(step, nodes, context.variables, holds);
  return nodes;
}

function start(path: Path, context: Context): readonly XPathNode[] {
  if (path.start === "root") return [rootOf(context.node)];
  if (path.start === "context") return [context.node];
  return toNodes(evaluate(path.start, context));
}
