import assert from "node:assert/strict";
import { inPageEncoding } from "../../lib/url/page_query.ts";
import { resolve } from "../../lib/url/resolve.ts";

Deno.test("inPageEncoding() spells the query of a link in the encoding of its page", () => {
  for (
    const [encoding, text, spelled] of [
      ["windows-1252", "©€", "%A9%80"],
      ["iso-8859-2", "ł", "%B3"],
      ["windows-1251", "Россия", "%D0%EE%F1%F1%E8%FF"],
      ["koi8-r", "Я", "%F1"],
      ["shift_jis", "日本ｱ", "%93%FA%96{%B1"],
      ["euc-jp", "日本", "%C6%FC%CB%DC"],
      ["gbk", "日本", "%C8%D5%B1%BE"],
      ["gb18030", "日本", "%C8%D5%B1%BE"],
      ["big5", "日本", "%A4%E9%A5%BB"],
      ["euc-kr", "한글", "%C7%D1%B1%DB"],
      // In two rows of the table: the standard writes the first, or the last.
      ["shift_jis", "∪髙", "%81%BE%FB%FC"],
    ] as const
  ) {
    assert.equal(inPageEncoding(`/a?q=${text}&b`, () => encoding), `/a?q=${spelled}&b`, encoding);
  }
});

Deno.test("inPageEncoding() makes of a character that the encoding lacks what a form makes of it", () => {
  assert.equal(inPageEncoding("?q=日😀é", () => "windows-1252"), "?q=%26%2326085%3B%26%23128512%3B%E9");
});

Deno.test("inPageEncoding() leaves alone what is UTF-8 in any page", () => {
  const link = "/é?q=%E9+é#é";
  for (const encoding of ["utf-8", "utf-16le", "iso-2022-jp"]) {
    assert.equal(inPageEncoding(link, () => encoding), link, encoding);
  }
  assert.equal(inPageEncoding(link, () => "windows-1252"), "/é?q=%E9+%E9#é");
});

Deno.test("inPageEncoding() asks for the encoding only where it matters", () => {
  const never = () => assert.fail("asked");
  for (const link of ["", "/é", "?q=1#é", "#é?é", "http://é/?%E9"]) assert.equal(inPageEncoding(link, never), link);
});

Deno.test("resolve() sends the query of a link in the encoding of its page, and the path in UTF-8", () => {
  const base = "http://example.com/a/";
  assert.equal(resolve("é?q=é", base, () => "windows-1252"), "http://example.com/a/%C3%A9?q=%E9");
  assert.equal(resolve("é?q=é", base), "http://example.com/a/%C3%A9?q=%C3%A9");
});
