import assert from "node:assert/strict";
import { parseHtml } from "../../lib/html/parse.ts";
import { outerHtml } from "../../lib/select/outer_html.ts";

Deno.test("parseHtml() closes what a page leaves open", () => {
  assert.equal(
    outerHtml(parseHtml("<ul><li>One<li>Two</ul><p>Three<p>Four")),
    "<ul><li>One</li><li>Two</li></ul><p>Three</p><p>Four</p>",
  );
});

Deno.test("parseHtml() puts in no element that the page does not have", () => {
  assert.equal(outerHtml(parseHtml("<table><tr><td>1</table>")), "<table><tr><td>1</td></tr></table>");
});

Deno.test("parseHtml() decodes entities and writes names in lower case", () => {
  assert.equal(
    outerHtml(parseHtml("<A HREF='?a=1&amp;b=2'>caf&eacute; &lt;&nbsp;</A>")),
    '<a href="?a=1&amp;b=2">café &lt;&nbsp;</a>',
  );
});

Deno.test("parseHtml() drops NUL characters", () => {
  assert.equal(outerHtml(parseHtml("<p>a\0b")), "<p>ab</p>");
});

Deno.test("parseHtml() makes a tree of any text", () => {
  assert.equal(outerHtml(parseHtml("")), "");
  assert.equal(outerHtml(parseHtml("no markup < here")), "no markup &lt; here");
});
