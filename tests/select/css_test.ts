import assert from "node:assert/strict";
import { parseHtml } from "../../lib/html/parse.ts";
import { Selection } from "../../lib/select/selection.ts";
import { SelectorError } from "../../lib/select/selector_error.ts";

function page(html: string): Selection {
  return new Selection([parseHtml(html)]);
}

const nested = page(`<div id="a">1<div id="b">2<p>3<b>4</b>5</p></div>6</div><p>7</p>`);

Deno.test("::text after a selector is the texts that are children of what it matches", () => {
  assert.deepEqual(nested.css("p::text").getAll(), ["3", "5", "7"]);
});

Deno.test("::text after a space is every text inside, in document order", () => {
  assert.deepEqual(nested.css("p ::text").getAll(), ["3", "4", "5", "7"]);
  assert.deepEqual(nested.css("div ::text").getAll(), ["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual(nested.css("div > ::text").getAll(), ["2", "3", "5"]);
});

Deno.test("::text alone is every text", () => {
  assert.deepEqual(nested.css("::text").getAll(), ["1", "2", "3", "4", "5", "6", "7"]);
});

Deno.test("::attr() selects the elements' attributes, and nothing of those that lack it", () => {
  assert.deepEqual(nested.css("div::attr(id)").getAll(), ["a", "b"]);
  assert.deepEqual(nested.css("::attr(ID)").getAll(), ["a", "b"]);
  assert.deepEqual(nested.css("p::attr(id)").getAll(), []);
  assert.deepEqual(nested.css("p::attr(constructor)").getAll(), []);
});

Deno.test("a comma list may take different things, which stay in document order", () => {
  assert.deepEqual(nested.css("p::text, div::attr(id), b").getAll(), ["a", "b", "3", "<b>4</b>", "5", "7"]);
});

Deno.test("css() asks every node and selects nothing twice", () => {
  assert.deepEqual(nested.css("div").css("p").getAll(), ["<p>3<b>4</b>5</p>"]);
  assert.deepEqual(nested.css("div").css("div p::text").getAll(), ["3", "5"]);
  assert.deepEqual(nested.css("b, p, div").css("b").length, 1);
});

Deno.test("css() may match the element that is asked, and nothing outside it", () => {
  const p = nested.css("#b p");
  assert.deepEqual(p.css("p::text").getAll(), ["3", "5"]);
  assert.deepEqual(p.css("::text").getAll(), ["3", "4", "5"]);
  assert.equal(p.css("p b").length, 1);
  assert.equal(p.css("div b").length, 0);
  assert.equal(nested.css("div b").length, 1);
});

Deno.test(":scope is the element that is asked, each of them in turn", () => {
  assert.deepEqual(nested.css("div").css(":scope > div::attr(id)").getAll(), ["b"]);
  assert.deepEqual(nested.css("div").css(":scope > p > b::text").getAll(), ["4"]);
  assert.deepEqual(nested.css("#a").css("div:not(:scope)::attr(id)").getAll(), ["b"]);
  assert.deepEqual(page("<html><body><p>1").css(":scope > body").length, 1);
});

Deno.test("a query gives each page its own answer", () => {
  const query = "div:has(> b) p";
  assert.equal(page("<div><b></b><p></div>").css(query).length, 1);
  assert.equal(page("<div><i></i><p></div>").css(query).length, 0);
  const twice = page("<div><b></b><p><i><p></div>");
  assert.equal(twice.css("p").css("div p").length, 0);
  assert.equal(twice.css("div").css("div p").length, 2);
  assert.equal(twice.css("p").css("div p").length, 0);
});

Deno.test("names may be written in upper case, those of SVG as SVG writes them", () => {
  const drawing = page('<svg viewBox="0 0 1 1"><linearGradient id="g"/></svg>');
  assert.equal(drawing.css("SVG > linearGradient").attr("id"), "g");
  assert.equal(drawing.css("svg:not(P)::attr(viewBox)").get(), "0 0 1 1");
});

Deno.test("css() looks into a template", () => {
  assert.equal(page("<template><p>in</p></template>").css("p").text(), "in");
});

Deno.test("css() is not stopped by depth", () => {
  assert.equal(page("<div>".repeat(511) + "<p>deep").css("div p::text").get(), "deep");
});

Deno.test("more queries than are remembered all work", () => {
  const many = page(Array.from({ length: 300 }, (_, id) => `<p id="p${id}">${id}</p>`).join(""));
  for (let round = 0; round < 2; round += 1) {
    for (let id = 0; id < 300; id += 1) assert.equal(many.css(`#p${id}::text`).get(), String(id));
  }
});

const refused: readonly [query: string, reason: string, position?: number][] = [
  ["", "it is empty"],
  ["p,", "a selector is missing"],
  ["div >", "nothing follows its last combinator"],
  ["> p", 'a combinator stands first in it; ":scope > a" asks for children'],
  ["a > > b", "two combinators stand side by side"],
  ["div /b", "/ means nothing here", 4],
  ["p[", "it ends where a name is missing", 2],
  [".a..b", "a name is missing after .", 3],
  ["p::text b", "::text cannot be used there"],
  ["p::first-line", "there is ::text and ::attr(name), but no ::first-line"],
  ["p::attr", "::attr() needs the name of an attribute, as in ::attr(href)"],
  ["a[href=/x]", "the value /x needs quotes", 1],
  ["[href]a", "the name a does not stand first in its part"],
  ["p:nope", "Unknown pseudo-class :nope"],
  ["p:not(b::text)", "in :not(), ::text cannot be used there"],
];

Deno.test("css() refuses a selector that means nothing, and says what and where", () => {
  for (const [query, reason, position] of refused) {
    const place = position === undefined ? "" : ` (at character ${position + 1})`;
    assert.throws(() => nested.css(query), (error) => {
      assert.ok(error instanceof SelectorError);
      assert.equal(error.message, `Cannot read CSS selector ${JSON.stringify(query)}: ${reason}${place}`);
      assert.equal(error.query, query);
      assert.equal(error.position, position);
      return true;
    });
  }
});

Deno.test("css() takes what looks odd and is right", () => {
  const odd = page(`<p class="md:flex w-1/2" data-x="a]b" data-n="2">(1) a/b</p>`);
  const queries = [
    String.raw`.md\:flex`,
    String.raw`.w-1\/2`,
    "[data-x='a]b']",
    "[data-n=2]",
    "p:contains(a/b)",
    "/* a */ p",
  ];
  for (const query of queries) assert.equal(odd.css(query).length, 1, query);
});
