/**
 * XPath expressions, read (XPath 1.0, section 3).
 *
 * @module
 */

import { SelectorError } from "../selector_error.ts";
import { axes } from "./axes.ts";
import { type Expression, isPositional, type Operator, type Step, typeOf, type XPathFunction } from "./expression.ts";
import { addedFunctions } from "./extensions.ts";
import { coreFunctions } from "./functions.ts";
import { kindTests, nameTest, type NodeTest } from "./node_tests.ts";
import { type Token, tokenize } from "./tokens.ts";

/** From what binds least to what binds most. */
const levels: readonly ReadonlySet<string>[] = [
  new Set(["or"]),
  new Set(["and"]),
  new Set(["=", "!="]),
  new Set(["<", "<=", ">", ">="]),
  new Set(["+", "-"]),
  new Set(["*", "div", "mod"]),
];

/** An expression and the names of the variables in it. */
export interface Parsed {
  readonly expression: Expression;
  readonly variables: ReadonlySet<string>;
}

/**
 * Returns an expression in the form that can be run, or throws a {@linkcode SelectorError} that says where it goes
 * wrong.
 */
export function parseXPath(query: string): Parsed {
  return new Parser(query).parse();
}

class Parser {
  readonly #query: string;
  readonly #tokens: readonly Token[];
  readonly #variables = new Set<string>();
  #at = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokenize(query);
  }

  parse(): Parsed {
    if (this.#tokens.length === 1) this.#refuse("it is empty");
    const expression = this.#expression();
    if (this.#token.kind !== "end") this.#refuse(`${this.#token.text} cannot follow`);
    return { expression, variables: this.#variables };
  }

  get #token(): Token {
    return this.#ahead(0);
  }

  #ahead(count: number): Token {
    const token = this.#tokens[this.#at + count] ?? this.#tokens.at(-1);
    if (token === undefined) throw new RangeError("A query has no last token");
    return token;
  }

  #refuse(reason: string, token: Token = this.#token): never {
    throw new SelectorError("XPath expression", this.#query, reason, token.at);
  }

  /** Whether the next token is one of these marks. */
  #is(...marks: string[]): boolean {
    return this.#token.kind === "mark" && marks.includes(this.#token.text);
  }

  #takes(mark: string): boolean {
    if (!this.#is(mark)) return false;
    this.#at += 1;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takes(mark)) this.#refuse(`${mark} is missing before ${this.#token.text}`);
  }

  #expression(level = 0): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#negative();
    let left = this.#expression(level + 1);
    while (
      (this.#token.kind === "mark" || this.#token.kind === "operator") && operators.has(this.#token.text)
    ) {
      const operator = this.#token.text as Operator;
      this.#at += 1;
      left = { kind: "binary", operator, left, right: this.#expression(level + 1) };
    }
    return left;
  }

  #negative(): Expression {
    return this.#takes("-") ? { kind: "negative", of: this.#negative() } : this.#union();
  }

  #union(): Expression {
    let left = this.#path();
    while (this.#is("|")) {
      if (typeOf(left) !== "nodes") this.#refuse("only nodes can be joined by |");
      this.#at += 1;
      const token = this.#token;
      const right = this.#path();
      if (typeOf(right) !== "nodes") this.#refuse("only nodes can be joined by |", token);
      left = { kind: "union", left, right };
    }
    return left;
  }

  #path(): Expression {
    const { kind, text } = this.#token;
    const called = kind === "name" && this.#next("(") && !kindTests.has(text);
    if (kind === "string" || kind === "number" || kind === "variable" || called || this.#is("(")) {
      return this.#filtered();
    }
    const steps: Step[] = [];
    if (this.#is("/", "//")) {
      // "/" alone is the document.
      const alone = this.#takes("/");
      if (!alone || this.#startsStep()) this.#steps(steps);
      return { kind: "path", start: "root", predicates: [], steps };
    }
    this.#steps(steps);
    return { kind: "path", start: "context", predicates: [], steps };
  }

  #next(mark: string): boolean {
    return this.#ahead(1).kind === "mark" && this.#ahead(1).text === mark;
  }

  #filtered(): Expression {
    const token = this.#token;
    const start = this.#primary();
    const predicates = this.#predicates();
    const steps: Step[] = [];
    if (this.#is("/", "//")) {
      if (this.#is("/")) this.#at += 1;
      this.#steps(steps);
    }
    if (predicates.length === 0 && steps.length === 0) return start;
    if (typeOf(start) !== "nodes") this.#refuse("a path or a predicate can only follow nodes", token);
    return { kind: "path", start, predicates, steps };
  }

  #primary(): Expression {
    const { kind, text } = this.#token;
    this.#at += 1;
    if (kind === "string") return { kind: "literal", value: text };
    if (kind === "number") return { kind: "literal", value: Number(text) };
    if (kind === "variable") {
      this.#variables.add(text);
      return { kind: "variable", name: text };
    }
    if (kind === "name") return this.#call(text);
    const inner = this.#expression();
    this.#expect(")");
    return inner;
  }

  #call(name: string): Expression {
    const token = this.#ahead(-1);
    const called = coreFunctions.get(name) ?? addedFunctions.get(name);
    if (called === undefined) this.#refuse(`there is no function ${name}()`, token);
    this.#expect("(");
    const given: Expression[] = [];
    if (!this.#is(")")) {
      do given.push(this.#argument(called)); while (this.#takes(","));
    }
    this.#expect(")");
    if (given.length < called.least || given.length > called.most) {
      this.#refuse(`${name}() takes ${amount(called)}, not ${given.length}`, token);
    }
    return { kind: "call", called, given };
  }

  #argument(called: XPathFunction): Expression {
    const token = this.#token;
    const given = this.#expression();
    const nodes = typeOf(given) === "nodes";
    if (called.takes === "nodes" && !nodes) this.#refuse(`${called.name}() takes nodes`, token);
    if (called.takes === "scalars" && nodes) this.#refuse(`${called.name}() takes strings, not nodes`, token);
    return given;
  }

  #startsStep(): boolean {
    return this.#token.kind === "name" || this.#is(".", "..", "@");
  }

  #steps(steps: Step[]): void {
    do {
      const anyDepth = this.#takes("//");
      if (!this.#startsStep()) this.#refuse(`a step of a path is missing before ${this.#token.text}`);
      const step = this.#step();
      if (anyDepth && step.axis === axis("child") && !step.positional) {
        // "//p" is every p below: the same nodes as "/descendant-or-self::node()/p", and far fewer looked at.
        steps.push({ ...step, axis: axis("descendant") });
      } else {
        if (anyDepth) steps.push(plain("descendant-or-self"));
        steps.push(step);
      }
    } while (this.#is("//") || this.#takes("/"));
  }

  #step(): Step {
    if (this.#takes(".")) return plain("self");
    if (this.#takes("..")) return plain("parent");
    let name = "child";
    if (this.#takes("@")) name = "attribute";
    else if (this.#token.kind === "name" && this.#next("::")) {
      name = this.#token.text;
      if (!axes.has(name)) this.#refuse(`there is no axis ${name}`);
      this.#at += 2;
    }
    const test = this.#nodeTest(name);
    const predicates = this.#predicates();
    return { axis: axis(name), test, predicates, positional: predicates.some(isPositional) };
  }

  #nodeTest(axisName: string): NodeTest {
    const token = this.#token;
    if (token.kind !== "name") this.#refuse(`a name is missing before ${token.text}`);
    const kind = kindTests.get(token.text);
    this.#at += 1;
    if (kind === undefined || !this.#takes("(")) return nameTest(token.text, axisName);
    const target = this.#token;
    if (token.text === "processing-instruction" && target.kind === "string") {
      this.#at += 1;
      this.#expect(")");
      return (node) => kind(node) && "name" in node && node.name === `?${target.text}`;
    }
    this.#expect(")");
    return kind;
  }

  #predicates(): Expression[] {
    const predicates: Expression[] = [];
    while (this.#takes("[")) {
      predicates.push(this.#expression());
      this.#expect("]");
    }
    return predicates;
  }
}

function axis(name: string): Step["axis"] {
  const found = axes.get(name);
  if (found === undefined) throw new RangeError(`No axis is named ${name}`);
  return found;
}

function plain(name: string): Step {
  return { axis: axis(name), test: kindTests.get("node") ?? (() => true), predicates: [], positional: false };
}

function amount({ least, most }: XPathFunction): string {
  if (least === most) return least === 1 ? "1 argument" : `${least} arguments`;
  return most === Infinity ? `${least} arguments or more` : `${least} to ${most} arguments`;
}
