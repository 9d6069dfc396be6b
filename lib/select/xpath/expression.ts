/**
 * XPath expressions, as the parser leaves them and the evaluator finds them.
 *
 * @module
 */

import type { Axis } from "./axes.ts";
import type { XPathNode } from "./node.ts";
import type { NodeTest } from "./node_tests.ts";

/** What an expression comes to. Nodes are in document order, each once. */
export type Value = readonly XPathNode[] | string | number | boolean;

/** The type of a value; `scalar` is any but nodes: a variable's is not known before it is used. */
export type ValueType = "nodes" | "string" | "number" | "boolean" | "scalar";

/** What an expression is asked of. */
export interface Context {
  readonly node: XPathNode;
  /** The node's place among those looked at, counted from 1. */
  readonly position: number;
  /** How many are looked at. */
  readonly size: number;
  readonly variables: Variables;
}

/** Values for the `$name`s of a query. */
export type Variables = Readonly<Record<string, string | number | boolean>>;

/** A function that a query may call. */
export interface XPathFunction {
  readonly name: string;
  /** What it must be given: nodes, what is not nodes, or either. */
  readonly takes: "nodes" | "scalars" | "any";
  readonly least: number;
  readonly most: number;
  readonly returns: ValueType;
  readonly apply: (context: Context, given: readonly Value[]) => Value;
}

/** An operator between two expressions. */
export type Operator = "or" | "and" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "div" | "mod";

/** One step of a path. */
export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly Expression[];
  /**
   * Whether a predicate asks for places among the nodes of one origin, so that origins must be looked at one by one.
   */
  readonly positional: boolean;
}

/** A path: where it starts, what is kept of that, and where it goes from there. */
export interface Path {
  readonly kind: "path";
  readonly start: "root" | "context" | Expression;
  readonly predicates: readonly Expression[];
  readonly steps: readonly Step[];
}

/** An expression. */
export type Expression =
  | Path
  | { readonly kind: "literal"; readonly value: string | number }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "negative"; readonly of: Expression }
  | { readonly kind: "union"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly called: XPathFunction; readonly given: readonly Expression[] };

/** Returns the type of what an expression comes to. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case "path":
    case "union":
      return "nodes";
    case "literal":
      return typeof expression.value === "string" ? "string" : "number";
    case "variable":
      return "scalar";
    case "negative":
      return "number";
    case "binary":
      return /^(?:[-+*]|div|mod)$/.test(expression.operator) ? "number" : "boolean";
    case "call":
      return expression.called.returns;
  }
}

/**
 * Whether an expression, as a predicate, may depend on a node's place: it may come to a number, or it asks for the
 * place.
 */
export function isPositional(predicate: Expression): boolean {
  const type = typeOf(predicate);
  return type === "number" || type === "scalar" || asksForPlace(predicate);
}

function asksForPlace(expression: Expression): boolean {
  switch (expression.kind) {
    case "literal":
    case "variable":
      return false;
    case "negative":
      return asksForPlace(expression.of);
    case "union":
    case "binary":
      return asksForPlace(expression.left) || asksForPlace(expression.right);
    case "call":
      return /^(?:position|last)$/.test(expression.called.name) || expression.given.some(asksForPlace);
    case "path":
      // The predicates in a path count places of their own.
      return typeof expression.start === "object" && asksForPlace(expression.start);
  }
}
