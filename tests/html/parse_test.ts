import assert from "node:assert/strict";
import fc from "fast-check";
import { type AnyNode, isTag } from "domhandler";
import { textContent } from "../../lib/html/text_content.ts";
import { parseHtml, TooManyElementsError } from "../../lib/html/parse.ts";
import { outerHtml } from "../../lib/select/outer_html.ts";
import { Selection } from "../../lib/select/selection.ts";

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

/** How deep the elements of a tree are nested. */
function depthOf(html: string): number {
  let level: readonly AnyNode[] = parseHtml(html).children;
  for (let depth = 0;; depth++) {
    level = level.flatMap((node) => isTag(node) ? node.children : []);
    if (level.length === 0) return depth;
  }
}

Deno.test("parseHtml() nests 512 elements, and puts those that are deeper, and their text, into the last of them", () => {
  const nested = (depth: number) => "<div>".repeat(depth) + "x" + "</div>".repeat(depth) + "<p>after</p>";
  assert.equal(depthOf(nested(512)), 512);
  assert.equal(depthOf(nested(513)), 512);
  assert.equal(depthOf(nested(2000)), 512);
  const { children } = parseHtml(nested(2000));
  assert.deepEqual(children.map((node) => textContent(node)), ["x", "after"]);
});

Deno.test("parseHtml() keeps what is too deep to be nested, attributes included, and closes none of the elements above", () => {
  const deep = "<div>".repeat(512) + `<b class="b"><a href="/a">1<br>2<img src="a.png">3</a></b>4` +
    "</div>".repeat(512);
  const [outermost, ...others] = parseHtml(`${deep}<p>after</p>`).children;
  assert.equal(textContent(outermost!), "1234");
  assert.equal(others.map((node) => textContent(node)).join(), "after");
  let inner = outermost;
  while (inner !== undefined && isTag(inner) && inner.children.some(isTag) && inner.children.length === 1) {
    inner = inner.children[0];
  }
  assert.deepEqual(isTag(inner!) && inner.children.filter(isTag).map(({ name, attribs }) => [name, { ...attribs }]), [
    ["b", { class: "b" }],
    ["a", { href: "/a" }],
    ["br", {}],
    ["img", { src: "a.png" }],
  ]);
});

Deno.test("parseHtml() loses no link, whatever it is that is too deep", () => {
  const tag = fc.constantFrom(
    ...`a b p br image form svg math div li td select option /a /b /p /br /form /svg`
      .split(" ").map((name) => name === "a" ? '<a href="#">' : `<${name}>`),
  );
  const depth = fc.constantFrom("<div>".repeat(508), "<p><b><i>".repeat(171), "<form><p><b><i>".repeat(200));
  fc.assert(fc.property(depth, fc.array(tag, { maxLength: 40 }), (deep, tags) => {
    const html = deep + tags.join("x");
    assert.ok(depthOf(html) <= 512);
    const links = new Selection([parseHtml(html)]).css("a").getAll().length;
    assert.equal(links, tags.filter((tag) => tag.startsWith("<a")).length, html.slice(deep.length));
  }));
});

Deno.test("parseHtml() is done with a million open elements, and wrong ends of thirty thousand, in linear work", () => {
  // Quadratic work would take minutes here, and longer than the test runner waits.
  assert.equal(depthOf("<div>".repeat(1_000_000)), 512);
  assert.equal(depthOf("<div>".repeat(30_000) + "</p></b>".repeat(300_000)), 512);
});

Deno.test("parseHtml() gives up on a page with more elements, attributes or pieces of text than are allowed", () => {
  const refused = (html: string, most: number) => {
    assert.throws(() => parseHtml(html, most), TooManyElementsError);
    assert.ok(parseHtml(html, most + 1));
  };
  refused("<a><b><c>", 2);
  refused("<a x y z>", 2);
  refused("<br><br><br>", 2);
  refused("a<b>b</b>c", 2);
  // Each of these is a text of its own to the parser.
  refused("<<<<", 3);
});
