/**
 * The functions of XPath 1.0 (section 4).
 *
 * @module
 */

import { isTag } from "domhandler";
import { nextNode } from "../../html/walk.ts";
import type { Context, Value, XPathFunction } from "./expression.ts";
import { functionTable, type Row } from "./function_table.ts";
import { isAttribute, rootOf, stringValue, type XPathNode } from "./node.ts";
import { toNodes, toNumber, toText, toTruth } from "./values.ts";

const rows: readonly Row[] = [
  ["last", "any", 0, 0, "number", ({ size }) => size],
  ["position", "any", 0, 0, "number", ({ position }) => position],
  ["count", "nodes", 1, 1, "number", (_, [nodes = []]) => toNodes(nodes).length],
  ["id", "any", 1, 1, "nodes", (context, [ids = ""]) => byId(context.node, ids)],
  ["local-name", "nodes", 0, 1, "string", (context, given) => nameOf(context, given).replace(/^.*:/, "")],
  ["namespace-uri", "nodes", 0, 1, "string", () => ""],
  ["name", "nodes", 0, 1, "string", nameOf],

  ["string", "any", 0, 1, "string", text],
  ["concat", "any", 2, Infinity, "string", (_, given) => given.map(toText).join("")],
  ["starts-with", "any", 2, 2, "boolean", (_, [all = "", start = ""]) => toText(all).startsWith(toText(start))],
  ["contains", "any", 2, 2, "boolean", (_, [all = "", some = ""]) => toText(all).includes(toText(some))],
  ["substring-before", "any", 2, 2, "string", (_, given) => around(given)[0]],
  ["substring-after", "any", 2, 2, "string", (_, given) => around(given)[1]],
  ["substring", "any", 2, 3, "string", (_, given) => substring(given)],
  ["string-length", "any", 0, 1, "number", (context, given) => [...text(context, given)].length],
  ["normalize-space", "any", 0, 1, "string", (context, given) => normalized(text(context, given))],
  ["translate", "any", 3, 3, "string", (_, given) => translate(given)],

  ["boolean", "any", 1, 1, "boolean", (_, [value = false]) => toTruth(value)],
  ["not", "any", 1, 1, "boolean", (_, [value = false]) => !toTruth(value)],
  ["true", "any", 0, 0, "boolean", () => true],
  ["false", "any", 0, 0, "boolean", () => false],
  ["lang", "any", 1, 1, "boolean", (context, [language = ""]) => speaks(context.node, toText(language))],

  ["number", "any", 0, 1, "number", (context, [value]) => toNumber(value ?? [context.node])],
  [
    "sum",
    "nodes",
    1,
    1,
    "number",
    (_, [nodes = []]) => toNodes(nodes).reduce((sum, node) => sum + toNumber([node]), 0),
  ],
  ["floor", "any", 1, 1, "number", (_, [value = NaN]) => Math.floor(toNumber(value))],
  ["ceiling", "any", 1, 1, "number", (_, [value = NaN]) => Math.ceil(toNumber(value))],
  ["round", "any", 1, 1, "number", (_, [value = NaN]) => Math.round(toNumber(value))],
];

/** Every function by its name. */
export const coreFunctions: ReadonlyMap<string, XPathFunction> = functionTable(rows);

/** What a function is given, as a string; the context node's text when it is given nothing. */
function text(context: Context, [value]: readonly Value[]): string {
  return toText(value ?? [context.node]);
}

function nameOf(context: Context, [nodes]: readonly Value[]): string {
  const node = nodes === undefined ? context.node : toNodes(nodes)[0];
  return node !== undefined && "name" in node ? node.name : "";
}

function byId(node: XPathNode, ids: Value): XPathNode[] {
  const texts = typeof ids === "object" ? ids.map(stringValue) : [toText(ids)];
  const wanted = new Set(texts.flatMap((each) => each.split(/[ \t\r\n]+/)));
  wanted.delete("");
  const found: XPathNode[] = [];
  const root = rootOf(node);
  for (let each = nextNode(root, root); each !== undefined; each = nextNode(each, root)) {
    // Of several elements with one id, the first has it.
    if (isTag(each) && wanted.delete(each.attribs["id"] ?? "")) found.push(each);
  }
  return found;
}

function around([all = "", mark = ""]: readonly Value[]): [before: string, after: string] {
  const [whole, part] = [toText(all), toText(mark)];
  const at = whole.indexOf(part);
  return at < 0 ? ["", ""] : [whole.slice(0, at), whole.slice(at + part.length)];
}

function substring([all = "", from = NaN, length = Infinity]: readonly Value[]): string {
  const start = Math.round(toNumber(from));
  const end = start + Math.round(toNumber(length));
  // Written so that a NaN keeps nothing.
  return [...toText(all)].filter((_, place) => place + 1 >= start && place + 1 < end).join("");
}

function normalized(value: string): string {
  return value.split(/[ \t\r\n]+/).filter((part) => part !== "").join(" ");
}

function translate([all = "", from = "", to = ""]: readonly Value[]): string {
  const target = [...toText(to)];
  const map = new Map<string, string>();
  for (const [place, character] of [...toText(from)].entries()) {
    if (!map.has(character)) map.set(character, target[place] ?? "");
  }
  return [...toText(all)].map((character) => map.get(character) ?? character).join("");
}

function speaks(node: XPathNode, language: string): boolean {
  const wanted = language.toLowerCase();
  for (let at: XPathNode | null = node; at !== null; at = at.parent) {
    if (isAttribute(at) || !isTag(at)) continue;
    const said = (at.attribs["xml:lang"] ?? at.attribs["lang"])?.toLowerCase();
    if (said !== undefined) return said === wanted || said.startsWith(`${wanted}-`);
  }
  return false;
}
