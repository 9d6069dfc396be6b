import assert from "node:assert/strict";
import type { AnyNode } from "domhandler";
import { parseHtml } from "../../lib/html/parse.ts";
import { textContent } from "../../lib/html/text_content.ts";
import { firstChild, nextNode, nodeAfter } from "../../lib/html/walk.ts";

const page = parseHtml("<div><p>a<b>b</b></p><i></i></div><u>c</u>");

function named(node: AnyNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  return "name" in node ? node.name : "data" in node ? node.data : node.type;
}

Deno.test("nextNode() passes through a tree in document order", () => {
  const names: (string | undefined)[] = [];
  for (let node = nextNode(page, page); node !== undefined; node = nextNode(node, page)) names.push(named(node));
  assert.deepEqual(names, ["div", "p", "a", "b", "b", "i", "u", "c"]);
});

Deno.test("nextNode() and nodeAfter() stay inside a node, or go on to the end", () => {
  const div = firstChild(page);
  const p = div && firstChild(div);
  assert.ok(div !== undefined && p !== undefined);
  assert.equal(named(nodeAfter(p, div)), "i");
  assert.equal(nodeAfter(p, p), undefined);
  assert.equal(nodeAfter(div, div), undefined);
  assert.equal(named(nodeAfter(div, null)), "u");
});

Deno.test("textContent() is all the text inside, as it is", () => {
  assert.equal(textContent(page), "abc");
  assert.equal(textContent(parseHtml(" a <script>x</script>\n<!-- no -->b")), " a x\nb");
});

Deno.test("textContent() goes to any depth", () => {
  assert.equal(textContent(parseHtml("<b>".repeat(20_000) + "deep")), "deep");
});
