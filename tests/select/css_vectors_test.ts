import assert from "node:assert/strict";
import { parseHtml } from "../../lib/html/parse.ts";
import { Selection } from "../../lib/select/selection.ts";
import { SelectorError } from "../../lib/select/selector_error.ts";
import { conformance } from "../url/vectors.ts";

interface Selecting {
  readonly id: number;
  readonly doc: "ids" | "shakespeare";
  readonly css: string;
  readonly expected_ids?: readonly string[];
  readonly expected_count?: number;
}

const documents = new URL("../../../shared/vectors/css_select_documents.json", import.meta.url);

function asked(doc: "ids" | "shakespeare"): Selection {
  const page = new Selection([parseHtml(JSON.parse(Deno.readTextFileSync(documents))[doc])]);
  return doc === "shakespeare" ? page.css("body") : page;
}

conformance<Selecting>({
  file: "css_select.json",
  name: "css() selects what cssselect selects",
  notMet: {
    26: "the values of lang are compared without regard to case, as the HTML Standard says",
    68: "a </p> that closes nothing makes an empty p, as the HTML Standard says; the case was read as XML",
    122: "a link is not :enabled, as Selectors Level 4 says; an input is, whatever its type",
  },
  check({ doc, css, expected_ids, expected_count }) {
    const found = asked(doc).css(css);
    assert.ok(expected_ids !== undefined || expected_count !== undefined);
    if (expected_count !== undefined) assert.equal(found.length, expected_count);
    if (expected_ids !== undefined) assert.deepEqual([...found].map((each) => each.attr("id") ?? "nil"), expected_ids);
  },
});

conformance<{ readonly id: number; readonly css: string }>({
  file: "css_parse_errors.json",
  name: "css() refuses what cssselect refuses",
  check({ css }) {
    assert.throws(() => new Selection([parseHtml("<p>")]).css(css), SelectorError);
  },
});
