/**
 * The words of an XPath expression (XPath 1.0, section 3.7).
 *
 * @module
 */

import { SelectorError } from "../selector_error.ts";

/** A word: `text` is a string's content, a variable's name without `$`, or the word as it is written. */
export interface Token {
  readonly kind: "number" | "string" | "variable" | "name" | "operator" | "mark" | "end";
  readonly text: string;
  /** Characters before it in the query. */
  readonly at: number;
}

const name = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_.·-]*`;
const word = new RegExp(
  [
    String.raw`(?<number>\d+(?:\.\d*)?|\.\d+)`,
    String.raw`(?<string>"[^"]*"|'[^']*')`,
    String.raw`\$(?<variable>${name}(?::${name})?)`,
    // A prefix, but not the axis in "child::p".
    String.raw`(?<name>${name}(?::(?!:)(?:${name}|\*))?|\*)`,
    String.raw`(?<mark>//|::|\.\.|!=|<=|>=|[/()\[\].@,|+\-=<>])`,
  ].join("|"),
  "uy",
);
const space = /[ \t\r\n]*/y;
/** After these a name is a name; after anything else it can only be an operator. */
const beforeName = new Set(["@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="]);
const operatorNames = new Set(["*", "and", "or", "mod", "div"]);

/** Returns the words of a query, the last of kind `end`, or throws a {@linkcode SelectorError} at what is no word. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  for (let at = skipSpace(query, 0); at < query.length; at = skipSpace(query, word.lastIndex)) {
    word.lastIndex = at;
    const groups = word.exec(query)?.groups;
    if (groups === undefined) {
      const found = String.fromCodePoint(query.codePointAt(at) ?? 0);
      const reason = /["']/.test(found) ? `the string is not closed` : `${found} means nothing here`;
      throw new SelectorError("XPath expression", query, reason, at);
    }
    tokens.push(token(groups, at, tokens.at(-1)));
  }
  tokens.push({ kind: "end", text: "the end", at: query.length });
  return tokens;
}

function skipSpace(query: string, from: number): number {
  space.lastIndex = from;
  space.test(query);
  return space.lastIndex;
}

function token(groups: Partial<Record<string, string>>, at: number, before: Token | undefined): Token {
  if (groups["number"] !== undefined) return { kind: "number", text: groups["number"], at };
  if (groups["string"] !== undefined) return { kind: "string", text: groups["string"].slice(1, -1), at };
  if (groups["variable"] !== undefined) return { kind: "variable", text: groups["variable"], at };
  if (groups["mark"] !== undefined) return { kind: "mark", text: groups["mark"], at };
  const text = groups["name"] ?? "";
  const namesSomething = before === undefined || before.kind === "operator" ||
    (before.kind === "mark" && beforeName.has(before.text));
  return { kind: !namesSomething && operatorNames.has(text) ? "operator" : "name", text, at };
}
