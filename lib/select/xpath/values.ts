/**
 * The conversions and comparisons of XPath (1.0, sections 3.4 and 4).
 *
 * @module
 */

import type { Operator, Value } from "./expression.ts";
import { stringValue, type XPathNode } from "./node.ts";

function isNodes(value: Value): value is readonly XPathNode[] {
  return typeof value === "object";
}

/** Returns a value as a string: of nodes, the first one's text. */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  const [first] = value;
  return first === undefined ? "" : stringValue(first);
}

function numberText(value: number): string {
  const text = String(value);
  // XPath knows no exponents.
  if (!text.includes("e")) return text;
  return value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 100 });
}

/** Returns a value as a number: NaN when it is not written as XPath writes numbers. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const text = toText(value).replace(/^[ \t\r\n]+/, "").trimEnd();
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : NaN;
}

/** Returns a value as a truth: nodes and strings are true when there are any. */
export function toTruth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  return value.length > 0;
}

/** Returns the nodes of a value; the parser has seen to it that it has some to return. */
export function toNodes(value: Value): readonly XPathNode[] {
  return isNodes(value) ? value : [];
}

/** Whether a comparison holds: of nodes, whether it holds for any of them. */
export function compare(operator: Operator, left: Value, right: Value): boolean {
  if (isNodes(left)) {
    if (typeof right === "boolean") return compare(operator, left.length > 0, right);
    const other = isNodes(right) ? right.map(stringValue) : right;
    if (typeof other === "object" && operator === "=") {
      const texts = new Set(other);
      return left.some((node) => texts.has(stringValue(node)));
    }
    return left.map(stringValue).some((text) =>
      typeof other === "object" ? other.some((each) => compare(operator, text, each)) : compare(operator, text, other)
    );
  }
  if (isNodes(right)) {
    if (typeof left === "boolean") return compare(operator, left, right.length > 0);
    return right.some((node) => compare(operator, left, stringValue(node)));
  }
  switch (operator) {
    case "=":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "<":
      return toNumber(left) < toNumber(right);
    case "<=":
      return toNumber(left) <= toNumber(right);
    case ">":
      return toNumber(left) > toNumber(right);
    default:
      return toNumber(left) >= toNumber(right);
  }
}

function equal(left: Value, right: Value): boolean {
  if (typeof left === "boolean" || typeof right === "boolean") return toTruth(left) === toTruth(right);
  if (typeof left === "number" || typeof right === "number") return toNumber(left) === toNumber(right);
  return toText(left) === toText(right);
}
