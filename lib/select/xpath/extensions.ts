/**
 * The functions that Parsel adds to XPath: `has-class()`, and `re:` and `set:` of EXSLT.
 *
 * @module
 */

import { isTag, Text } from "domhandler";
import { remembered } from "../query_cache.ts";
import type { Context, Value, XPathFunction } from "./expression.ts";
import { functionTable, type Row } from "./function_table.ts";
import { isAttribute, same, stringValue, type XPathNode } from "./node.ts";
import { inDocumentOrder } from "./order.ts";
import { toNodes, toText } from "./values.ts";

const rows: readonly Row[] = [
  ["has-class", "scalars", 1, Infinity, "boolean", (context, given) => hasClass(context, given)],

  [
    "re:test",
    "any",
    2,
    3,
    "boolean",
    (_, [all = "", pattern = "", flags = ""]) => toText(all).search(regex(pattern, flags)) >= 0,
  ],
  [
    "re:match",
    "any",
    2,
    3,
    "nodes",
    (_, [all = "", pattern = "", flags = ""]) =>
      matches(toText(all), regex(pattern, flags)).map((each) => new Text(each)),
  ],
  [
    "re:replace",
    "any",
    4,
    4,
    "string",
    (_, [all = "", pattern = "", flags = "", put = ""]) =>
      toText(all).replace(regex(pattern, flags), replacement(toText(put))),
  ],

  ["set:difference", "nodes", 2, 2, "nodes", (_, [left = [], right = []]) => inBoth(left, right, false)],
  ["set:intersection", "nodes", 2, 2, "nodes", (_, [left = [], right = []]) => inBoth(left, right, true)],
  ["set:has-same-node", "nodes", 2, 2, "boolean", (_, [left = [], right = []]) => inBoth(left, right, true).length > 0],
  ["set:distinct", "nodes", 1, 1, "nodes", (_, [nodes = []]) => distinct(toNodes(nodes))],
  [
    "set:leading",
    "nodes",
    2,
    2,
    "nodes",
    (_, [nodes = [], mark = []]) => beside(toNodes(nodes), toNodes(mark)[0], "leading"),
  ],
  [
    "set:trailing",
    "nodes",
    2,
    2,
    "nodes",
    (_, [nodes = [], mark = []]) => beside(toNodes(nodes), toNodes(mark)[0], "trailing"),
  ],
];

/** Every added function by its name. */
export const addedFunctions: ReadonlyMap<string, XPathFunction> = functionTable(rows);

function hasClass({ node }: Context, wanted: readonly Value[]): boolean {
  if (isAttribute(node) || !isTag(node)) return false;
  const classes = (node.attribs["class"] ?? "").split(/[ \t\r\n\f]+/);
  return wanted.every((each) => classes.includes(toText(each)));
}

const compiled = remembered((key: string) => {
  const end = key.indexOf("/");
  return new RegExp(key.slice(end + 1), key.slice(0, end));
});

/** EXSLT knows two flags: `i`, and `g` for every match. */
function regex(pattern: Value, flags: Value): RegExp {
  const written = toText(flags);
  const known = ["g", "i"].filter((flag) => written.includes(flag)).join("");
  const found = compiled(`${known}/${toText(pattern)}`);
  found.lastIndex = 0;
  return found;
}

/** The whole match and its groups; with `g`, every whole match. */
function matches(text: string, pattern: RegExp): string[] {
  return (text.match(pattern) ?? []).map((each: string | undefined) => each ?? "");
}

/** `\1` stands for a group, as in Python; `$` for itself. */
function replacement(written: string): (...match: unknown[]) => string {
  return (...match) => {
    // The place of the match follows its groups.
    const groups = match.slice(0, match.findIndex((each) => typeof each === "number"));
    return written.replace(/\\(\d+)/g, (_, group: string) => String(groups[Number(group)] ?? ""));
  };
}

function inBoth(left: Value, right: Value, wanted: boolean): XPathNode[] {
  const others = toNodes(right);
  const known = new Set(others);
  const has = (node: XPathNode) => known.has(node) || (isAttribute(node) && others.some((other) => same(node, other)));
  return toNodes(left).filter((node) => has(node) === wanted);
}

function distinct(nodes: readonly XPathNode[]): XPathNode[] {
  const first = new Map<string, XPathNode>();
  for (const node of nodes) {
    const text = stringValue(node);
    if (!first.has(text)) first.set(text, node);
  }
  return [...first.values()];
}

/**
 * What of `nodes` comes before or after `mark`, which is one of them; all of them when nothing is given to be before.
 */
function beside(nodes: readonly XPathNode[], mark: XPathNode | undefined, side: "leading" | "trailing"): XPathNode[] {
  const ordered = inDocumentOrder(nodes);
  if (mark === undefined) return ordered;
  const at = ordered.findIndex((node) => same(node, mark));
  if (at < 0) return [];
  return side === "leading" ? ordered.slice(0, at) : ordered.slice(at + 1);
}
