import assert from "node:assert/strict";
import { parseHtml } from "../../lib/html/parse.ts";
import { Selection } from "../../lib/select/selection.ts";

function page(html: string): Selection {
  return new Selection([parseHtml(html)]);
}

const shop = page(`
  <h1>Shop</h1>
  <ul>
    <li class="item" id="one"><a href=" /one
">First <b>thing</b></a> <span>£ 10</span></li>
    <li class="item" id="two"><a href="/two">Second</a> <span>£ 20</span></li>
  </ul>
  <img src="/logo.png">`);

Deno.test("get() is the first match as a string: outer HTML, or the string itself", () => {
  assert.equal(shop.css("h1").get(), "<h1>Shop</h1>");
  assert.equal(shop.css("h1::text").get(), "Shop");
  assert.equal(shop.css("li::attr(id)").get(), "one");
});

Deno.test("get() returns the fallback only when nothing is selected", () => {
  assert.equal(shop.css("h2").get(), undefined);
  assert.equal(shop.css("h2").get(null), null);
  const text: string = shop.css("h2").get("");
  assert.equal(text, "");
  assert.equal(page('<a title="">').css("a::attr(title)").get("none"), "");
});

Deno.test("get() escapes in markup and not in text", () => {
  const found = page('<p title="a&quot;b">1 &lt; 2 &amp; é</p>').css("p");
  assert.equal(found.get(), '<p title="a&quot;b">1 &lt; 2 &amp; é</p>');
  assert.equal(found.css("::text").get(), "1 < 2 & é");
});

Deno.test("getAll() is every match in document order", () => {
  assert.deepEqual(shop.css("span, h1").getAll(), ["<h1>Shop</h1>", "<span>£ 10</span>", "<span>£ 20</span>"]);
  assert.deepEqual(shop.css("h2").getAll(), []);
});

Deno.test("text() is the first element's whole text with white space folded", () => {
  assert.equal(shop.css("li").text(), "First thing £ 10");
  assert.equal(page("<p>\n a\u00a0 <b> b</b>\t</p>").css("p").text(), "a b");
  assert.equal(page("<p> a  b </p>").css("p::text").text(), "a b");
  assert.equal(shop.css("h2").text(), "");
});

Deno.test("attr() is an attribute of the first element", () => {
  assert.equal(shop.css("li").attr("id"), "one");
  assert.equal(shop.css("li").attr("ID"), "one");
  assert.equal(shop.css("li").attr("title"), undefined);
  assert.equal(shop.css("h2").attr("id"), undefined);
  assert.equal(shop.css("li").attr("constructor"), undefined);
  assert.equal(shop.css("h1::text").attr("id"), undefined);
});

Deno.test("length counts what is selected", () => {
  assert.equal(shop.css("li").length, 2);
  assert.equal(shop.css("h2").length, 0);
});

Deno.test("iteration gives a selection of each", () => {
  const found = [...shop.css("li")].map((
    item,
  ) => [item.length, item.css("a").text(), item.xpath("./span/text()").get()]);
  assert.deepEqual(found, [[1, "First thing", "£ 10"], [1, "Second", "£ 20"]]);
});

Deno.test("re() is the whole match, or the groups of each match in a row", () => {
  const prices = shop.css("span::text");
  assert.deepEqual(prices.re(/\d+/), ["10", "20"]);
  assert.deepEqual(prices.re(String.raw`(\S) (\d)`), ["£", "1", "£", "2"]);
  assert.deepEqual(prices.re(/(x)?(\d)/), ["", "1", "", "0", "", "2", "", "0"]);
  assert.deepEqual(shop.css("h1").re(/<(\w+)>/), ["h1"]);
});

Deno.test("re() takes only a group named extract, once a string", () => {
  assert.deepEqual(shop.css("span::text").re(/£ (?<extract>\d)(\d)|(\d)/), ["1", "2"]);
});

Deno.test("re() starts at the first character, whatever the pattern did before", () => {
  const pattern = /\d/g;
  pattern.lastIndex = 4;
  assert.deepEqual(shop.css("span::text").re(pattern), ["1", "0", "2", "0"]);
  assert.equal(pattern.lastIndex, 4);
});

Deno.test("reFirst() is the first that re() finds, or the fallback", () => {
  assert.equal(shop.css("span::text").reFirst(/2\d/), "20");
  assert.equal(shop.css("span::text").reFirst(/3/), undefined);
  assert.equal(shop.css("span::text").reFirst(/3/, "none"), "none");
});

Deno.test("links() yields the href, the src or the string, without spaces at its ends", () => {
  assert.deepEqual([...shop.css("a, img, h1").links()], ["/one", "/two", "/logo.png"]);
  assert.deepEqual([...shop.css("a::attr(href)").links()], ["/one", "/two"]);
  assert.deepEqual([...page("<p>\u0000\u001f /x y \n</p>").css("p::text").links()], ["/x y"]);
});

Deno.test("a selection can be made from strings", () => {
  const found = new Selection(["a 1", "b 2"]);
  assert.deepEqual(found.getAll(), ["a 1", "b 2"]);
  assert.deepEqual(found.re(/\d/), ["1", "2"]);
  assert.equal(found.css("p").length, 0);
  assert.equal(found.xpath("//p").length, 0);
});
