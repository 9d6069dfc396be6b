/**
 * CSS selectors, ready to run.
 *
 * @module
 */

import { _compileUnsafe as compile } from "css-select";
import { isTraversal, type Selector, SelectorType } from "css-what";
import type { AnyNode, Element } from "domhandler";
import { type CssGroup, parseCss, type Take } from "./css_parse.ts";
import { insidePseudo, namedPseudo, ownPseudos, scopePseudo } from "./css_pseudos.ts";
import { remembered } from "./query_cache.ts";
import { SelectorError } from "./selector_error.ts";

/** Whether an element is one of those looked for. */
export type Match = (element: Element) => boolean;

/** The selectors of a comma list that take the same thing. */
export interface CssPart {
  readonly take: Take;
  /** The name of every element that can match, where there is only one. */
  readonly name: string | undefined;
  /** For asking a whole document. */
  readonly anywhere: Match;
  /** For asking elements: nothing outside them counts. The same as `anywhere` where that makes no difference. */
  readonly inside: Match;
}

/** A CSS selector that has been read. */
export interface CssQuery {
  readonly parts: readonly CssPart[];
  /** Whether a match depends on what is asked even when that is a document. */
  readonly scoped: boolean;
}

/** Returns a selector in the form that can be run, or throws a {@linkcode SelectorError}. Reads each selector once. */
export const cssQuery: (query: string) => CssQuery = remembered((query) => {
  const groups = parseCss(query).map(({ take, selectors }) => ({ take, selectors: selectors.map(rewritten) }));
  const scoped = groups.some(({ selectors }) => selectors.some((tokens) => tokens.some(asksForScope)));
  return { scoped, parts: groups.map((group) => part(query, group, scoped)) };
});

/** Puts our own pseudo-classes in the place of what css-select would do otherwise. */
function rewritten(tokens: readonly Selector[]): Selector[] {
  return tokens.map((token) => {
    if (token.type === SelectorType.Tag && token.namespace === null && /[A-Z]/.test(token.name)) {
      return { type: SelectorType.Pseudo, name: namedPseudo, data: token.name.toLowerCase() };
    }
    if (token.type !== SelectorType.Pseudo) return token;
    // What :scope means in :has() is css-select's own affair.
    if (token.name === "scope") return { ...token, name: scopePseudo };
    return Array.isArray(token.data) && token.name !== "has" ? { ...token, data: token.data.map(rewritten) } : token;
  });
}

function asksForScope(token: Selector): boolean {
  if (token.type !== SelectorType.Pseudo) return false;
  return token.name === scopePseudo ||
    (Array.isArray(token.data) && token.data.some((inner) => inner.some(asksForScope)));
}

function part(query: string, { take, selectors }: CssGroup, scoped: boolean): CssPart {
  // css-select sorts and rewrites the tokens it is given, so each form is compiled from tokens of its own.
  const confined = structuredClone(selectors);
  const name = onlyName(selectors);
  const anywhere = compiled(query, selectors, !scoped);
  if (!scoped && !confined.some((tokens) => tokens.some(isTraversal))) {
    return { take, name, anywhere, inside: anywhere };
  }
  let inside: Match | undefined;
  return {
    take,
    name,
    anywhere,
    get inside() {
      return inside ??= compiled(query, confined.map(confine), false);
    },
  };
}

/** Returns the name that the last part of each selector asks for, if it is the same one. */
function onlyName(selectors: readonly (readonly Selector[])[]): string | undefined {
  const names = selectors.map((tokens) => {
    const last = tokens.slice(tokens.findLastIndex(isTraversal) + 1);
    return last.find((token) => token.type === SelectorType.Tag)?.name;
  });
  return names.every((name) => name === names[0]) ? names[0] : undefined;
}

/** Demands of what the first part of a selector matches that it is inside; all that hangs below it then is too. */
function confine(tokens: readonly Selector[]): Selector[] {
  const end = tokens.findIndex(isTraversal);
  const at = end < 0 ? tokens.length : end;
  return tokens.toSpliced(at, 0, { type: SelectorType.Pseudo, name: insidePseudo, data: null });
}

/** `cache`: css-select may remember an answer for an element, because it is the same whatever is asked. */
function compiled(query: string, selectors: Selector[][], cache: boolean): Match {
  try {
    return compile<AnyNode, Element>(selectors, {
      pseudos: ownPseudos,
      relativeSelector: false,
      cacheResults: cache,
    });
  } catch (error) {
    throw new SelectorError("CSS selector", query, error instanceof Error ? error.message : String(error));
  }
}
