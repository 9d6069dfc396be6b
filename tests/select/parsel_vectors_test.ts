import assert from "node:assert/strict";
import { isTag } from "domhandler";
import { parseHtml } from "../../lib/html/parse.ts";
import { nextNode } from "../../lib/html/walk.ts";
import { outerHtml } from "../../lib/select/outer_html.ts";
import { Selection } from "../../lib/select/selection.ts";
import { SelectorError } from "../../lib/select/selector_error.ts";
import { conformance } from "../url/vectors.ts";

const strayEnd = "a </p> that closes nothing makes an empty p, as the HTML Standard says; libxml2 drops it";
const entities = "a string is searched as it is; Parsel decodes the entities it finds in a match, which decodes twice";
const ascii = String.raw`\w is ASCII in JavaScript's patterns`;

/** Two ways of writing one tree become one: `<input checked="checked">` and `<input checked>`, `<br/>` and `<br>`. */
function alike(markup: string): string {
  if (!markup.startsWith("<")) return markup;
  const document = parseHtml(markup);
  for (let node = nextNode(document, document); node !== undefined; node = nextNode(node, document)) {
    if (!isTag(node)) continue;
    for (const name of Object.keys(node.attribs)) if (node.attribs[name] === name) node.attribs[name] = "";
  }
  return outerHtml(document);
}

interface Flat {
  readonly id: number;
  readonly html: string;
  readonly lang: "css" | "xpath";
  readonly query: string;
  readonly expected: readonly string[];
  readonly element_output: boolean;
}

conformance<Flat>({
  file: "selectors_flat.json",
  name: "css() and xpath() select what Parsel selects",
  notMet: { 72: strayEnd },
  check({ html, lang, query, expected, element_output }) {
    const found = new Selection([parseHtml(html)])[lang](query).getAll();
    assert.deepEqual(element_output ? found.map(alike) : found, element_output ? expected.map(alike) : expected);
  },
});

interface Pattern {
  readonly $re: string;
}

interface Step {
  readonly op: "css" | "xpath" | "re" | "re_first" | "index" | "attrib";
  readonly query?: string;
  readonly regex?: string | Pattern;
  readonly i?: number;
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

interface Chain {
  readonly id: number;
  readonly text: string;
  readonly steps: readonly Step[];
  readonly expected?: unknown;
  readonly raises?: string;
  readonly test: string;
}

/** Python writes the names of groups in another way. */
function pattern(regex: string | Pattern = ""): string {
  return (typeof regex === "string" ? regex : regex.$re).replaceAll("(?P<", "(?<");
}

function take(selection: Selection, step: Step): unknown {
  switch (step.op) {
    case "css":
      return selection.css(step.query ?? "");
    case "xpath":
      return selection.xpath(step.query ?? "", step.kwargs as Record<string, string>);
    case "re":
      return selection.re(pattern(step.regex));
    case "re_first":
      return selection.reFirst(pattern(step.regex), step.kwargs?.["default"] ?? null);
    case "index":
      return [...selection][step.i ?? 0];
    case "attrib":
      return selection;
  }
}

conformance<Chain>({
  file: "selectors_parsel.json",
  name: "a chain of queries selects what Parsel selects",
  outside({ test }) {
    if (test.includes("test_namespaces")) return "namespaces are XML's, and a page is read as HTML";
    if (test.endsWith("test_make_links_absolute")) return "Parsel's test changes the tree; a selection never does";
    return undefined;
  },
  notMet: {
    8: "a number is written as XPath writes it, 2, not as Python does, 2.0",
    46: "no html and body are put around what has none, so /ul finds the list",
    102: entities,
    104: entities,
    106: entities,
    108: entities,
    114: ascii,
    130: "libxml2 gives up at 256 levels; here depth has no limit",
    170: strayEnd,
    172: strayEnd,
  },
  check({ text, steps, expected, raises }) {
    const run = () => {
      let found: unknown = new Selection([parseHtml(text)]);
      for (const step of steps) {
        assert.ok(found instanceof Selection);
        found = take(found, step);
      }
      return found;
    };
    if (raises !== undefined) return void assert.throws(run, SelectorError);
    const found = run();
    if (!(found instanceof Selection)) return assert.deepEqual(found, expected);
    if (steps.at(-1)?.op !== "attrib") {
      return assert.deepEqual(found.getAll().map(alike), (expected as string[]).map(alike));
    }
    for (const [name, value] of Object.entries(expected as object)) assert.equal(found.attr(name), value);
  },
});
