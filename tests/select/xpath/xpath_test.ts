import assert from "node:assert/strict";
import { parseHtml } from "../../../lib/html/parse.ts";
import { Selection } from "../../../lib/select/selection.ts";
import { SelectorError } from "../../../lib/select/selector_error.ts";

function page(html: string): Selection {
  return new Selection([parseHtml(html)]);
}

const shop = page(
  `<!doctype html><!-- shop --><h1> The  shop </h1><h1>Again</h1>` +
    `<ul id="list" lang="en-GB"><li class="item new"><a href="/1">One</a><i>10</i></li>` +
    `<li class="item"><a href="/2">Two</a><i>20</i></li><li><a href="/3" rel="x">Three</a><i>30</i></li></ul>` +
    `<div><div><p>in <b>both</b></p></div><p>in one</p></div>`,
);

/** Asks `shop` and compares all that is selected. */
function expect(query: string, ...expected: string[]): void {
  assert.deepEqual(shop.xpath(query).getAll(), expected, query);
}

Deno.test("xpath() selects elements, texts and attributes", () => {
  expect("//h1", "<h1> The  shop </h1>", "<h1>Again</h1>");
  expect("//li/a/text()", "One", "Two", "Three");
  expect("//a/@href", "/1", "/2", "/3");
  expect("//a[@rel]/@*", "/3", "x");
  expect("/comment()", "<!-- shop -->");
  expect("/h1[2]/text()", "Again");
  expect("//nothing");
});

Deno.test("xpath() takes names in either case", () => {
  expect("//LI[2]/A/@HREF", "/2");
});

Deno.test("xpath() turns numbers, strings and truths into strings", () => {
  expect("count(//li)", "3");
  expect("string(//h1)", " The  shop ");
  expect("count(//li) > 2", "1");
  expect("boolean(//nothing)", "0");
  expect("1 div 4", "0.25");
  expect("number('x')", "NaN");
});

Deno.test("xpath() asks every element, and // starts at the document", () => {
  const items = shop.css("li");
  assert.deepEqual(items.xpath("./i/text()").getAll(), ["10", "20", "30"]);
  assert.deepEqual(items.xpath("string(a)").getAll(), ["One", "Two", "Three"]);
  assert.equal(items.xpath("//h1").length, 2);
  assert.deepEqual(shop.css("div").xpath(".//p").getAll(), ["<p>in <b>both</b></p>", "<p>in one</p>"]);
  assert.deepEqual(shop.css("div").xpath(".//p/..").length, 2);
});

Deno.test("xpath() can be asked of texts", () => {
  assert.deepEqual(shop.xpath("//i/text()").xpath("../preceding-sibling::a/@href").getAll(), ["/1", "/2", "/3"]);
  assert.deepEqual(shop.css("b::text").xpath("ancestor::p/text()").getAll(), ["in "]);
});

Deno.test("xpath() counts places from each origin, and in brackets from all", () => {
  expect("//li[1]/a/text()", "One");
  expect("//li[last()]/a/text()", "Three");
  expect("//li[position() > 1]/a/text()", "Two", "Three");
  expect("//li/a[1]/text()", "One", "Two", "Three");
  expect("(//li/a)[1]/text()", "One");
  expect("(//i)[last() - 1]/text()", "20");
  expect("//div//p[1]/text()", "in ", "in one");
  expect("//li[@class][2]/a/text()", "Two");
  expect("//i/preceding::a[1]/text()", "One", "Two", "Three");
  expect("//li[3]/preceding-sibling::li[1]/a/text()", "Two");
});

Deno.test("every axis leads where it should", () => {
  expect("//b/ancestor::*[last()]/@id");
  expect("name(//b/ancestor::*[1])", "p");
  expect("count(//b/ancestor-or-self::node())", "5");
  expect("//li[2]/following-sibling::*/a/text()", "Three");
  expect("//li[2]/preceding-sibling::*/a/text()", "One");
  expect("//li[3]/following::p/text()", "in ", "in one");
  expect("//b/following::text()", "in one");
  expect("//b/preceding::i/text()", "10", "20", "30");
  expect("count(//b/preceding::div)", "0");
  expect("//b/parent::p/parent::div/parent::div/child::p/text()", "in one");
  expect("//ul/descendant::a[2]/self::a/attribute::href", "/2");
  expect("count(//ul/descendant-or-self::*)", "10");
  expect("//a/@href/../text()", "One", "Two", "Three");
  expect("//ul/@id/following::a[1]/text()", "One");
  expect("//ul/namespace::*");
});

Deno.test("xpath() selects in document order and nothing twice", () => {
  expect("//p | //h1 | //p", "<h1> The  shop </h1>", "<h1>Again</h1>", "<p>in <b>both</b></p>", "<p>in one</p>");
  expect("//li/following-sibling::li/a/text()", "Two", "Three");
  expect("//a/@href | //a/@rel | //a[3]/@href", "/1", "/2", "/3", "x");
  expect("//div/p", "<p>in <b>both</b></p>", "<p>in one</p>");
  expect("//div//div//p", "<p>in <b>both</b></p>");
  expect("//b/ancestor::div//text()", "in ", "both", "in one");
});

Deno.test("the operators bind and compare as XPath says", () => {
  expect("1 + 2 * 3 - -4", "11");
  expect("7 mod 4 div 2", "1.5");
  expect("1 = 1 and 2 != 3 or 0", "1");
  expect("3 > 2 > 1", "0");
  expect("//i = 20", "1");
  expect("//i != 20", "1");
  expect("//i > 30", "0");
  expect("//i >= //i", "1");
  expect("//a/text() = //i", "0");
  expect("//nothing = ''", "0");
  expect("//nothing = false()", "1");
  expect("'1.0' = 1", "1");
  expect("//li[a = 'Two' or i = 30]/a/text()", "Two", "Three");
  expect("//div-x");
});

Deno.test("the functions of strings do as XPath says", () => {
  expect("normalize-space(//h1)", "The shop");
  expect("//a[contains(., 'T')]/text()", "Two", "Three");
  expect("//a[starts-with(@href, '/2')]/text()", "Two");
  expect("concat('a', 1, true())", "a1true");
  expect("substring-before('a=b=c', '=')", "a");
  expect("substring-after('a=b=c', '=')", "b=c");
  expect("substring('12345', 2, 3)", "234");
  expect("substring('12345', 1.5, 2.6)", "234");
  expect("substring('12345', 0, 3)", "12");
  expect("substring('12345', 0 div 0, 3)", "");
  expect("substring('12345', -42, 1 div 0)", "12345");
  expect("string-length('añ😀')", "3");
  expect("translate('bar', 'abc', 'AB')", "BAr");
  expect("//li[normalize-space() = 'Two20']/a/@href", "/2");
});

Deno.test("the functions of nodes and numbers do as XPath says", () => {
  expect("sum(//i)", "60");
  expect("floor(-1.5) + ceiling(1.2) + round(2.5)", "3");
  expect("name(//*[@id])", "ul");
  expect("local-name(//*[@id])", "ul");
  expect("namespace-uri(//ul)", "");
  expect("count(id('list nothing')/li)", "3");
  expect("//li[lang('en')][1]/a/text()", "One");
  expect("//li[not(@class)]/a/text()", "Three");
  expect("1000000 * 1000000 * 1000000 * 10000", "10000000000000000000000");
});

Deno.test("has-class() needs every class", () => {
  expect("//li[has-class('item')]/a/text()", "One", "Two");
  expect("//li[has-class('new', 'item')]/a/text()", "One");
  expect("//li[has-class('ite')]");
});

Deno.test("re: searches, matches and replaces", () => {
  expect("//a[re:test(@href, '[13]$')]/text()", "One", "Three");
  expect("//a[re:test(., '^t', 'i')]/text()", "Two", "Three");
  expect(String.raw`re:match('a1b2', '(\w)(\d)')`, "a1", "a", "1");
  expect(String.raw`re:match('a1b2', '\w\d', 'g')`, "a1", "b2");
  expect(String.raw`re:replace('a1b2', '(\w)(\d)', 'g', '\2\1\3$&')`, "1a$&2b$&");
});

Deno.test("set: takes node-sets apart", () => {
  expect("set:difference(//li, //li[@class])/a/text()", "Three");
  expect("set:difference(//a/@*, //a/@href)", "x");
  expect("set:intersection(//li, //li[2] | //h1)/a/text()", "Two");
  expect("set:has-same-node(//li, //h1)", "0");
  expect("set:leading(//li, //li[3])/a/text()", "One", "Two");
  expect("set:trailing(//li, //li[2])/a/text()", "Three");
  expect("count(set:distinct(//li/@class | //ul/@id))", "3");
});

Deno.test("xpath() puts values in the place of variables", () => {
  assert.equal(shop.xpath("//a[. = $text]/@href", { text: "Two" }).get(), "/2");
  assert.equal(shop.xpath("//li[$n]/a/text()", { n: 3 }).get(), "Three");
  assert.equal(shop.xpath("//li[$all]", { all: true }).length, 3);
});

Deno.test("xpath() costs no more on a page that is nested deep", () => {
  const deep = page("<div>".repeat(511) + "<p>deep");
  assert.equal(deep.xpath("//div//div//div//p/text()").get(), "deep");
  assert.equal(deep.xpath("//p/ancestor::div").xpath("./*").length, 511);
});

const refused: readonly [query: string, reason: string, position: number | undefined][] = [
  ["", "it is empty", 0],
  ["//p[", "a step of a path is missing before the end", 4],
  ["//p]", "] cannot follow", 3],
  ["//p[@a='x]", "the string is not closed", 7],
  ["//p[1", "] is missing before the end", 5],
  ["//p/#b", "# means nothing here", 4],
  ["p/@", "a name is missing before the end", 3],
  ["up::p", "there is no axis up", 0],
  ["//p[lower-case(.)='a']", "there is no function lower-case()", 4],
  ["count('a')", "count() takes nodes", 6],
  ["concat('a')", "concat() takes 2 arguments or more, not 1", 0],
  ["has-class(.)", "has-class() takes strings, not nodes", 10],
  ["'a'/b", "a path or a predicate can only follow nodes", 0],
  ["//a | 'b'", "only nodes can be joined by |", 6],
  ["//a[. = $name]", "$name is not given", undefined],
  ["//a[re:test(., '(')]", "Invalid regular expression: /(/: Unterminated group", undefined],
];

Deno.test("xpath() refuses an expression that means nothing, and says what and where", () => {
  for (const [query, reason, position] of refused) {
    const place = position === undefined ? "" : ` (at character ${position + 1})`;
    assert.throws(() => shop.xpath(query), (error) => {
      assert.ok(error instanceof SelectorError);
      assert.equal(error.message, `Cannot read XPath expression ${JSON.stringify(query)}: ${reason}${place}`);
      assert.equal(error.position, position);
      return true;
    });
  }
});
