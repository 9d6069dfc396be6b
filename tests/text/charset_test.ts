import assert from "node:assert/strict";
import { decode } from "../../lib/text/charset.ts";

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("decode() takes valid UTF-8 for UTF-8 when nobody says anything", () => {
  assert.deepEqual(decode(utf8("Grüße"), undefined), { text: "Grüße", encoding: "utf-8" });
  assert.deepEqual(decode(utf8(""), undefined), { text: "", encoding: "utf-8" });
});

Deno.test("decode() takes anything else for windows-1252 when nobody says anything", () => {
  assert.deepEqual(decode(latin("Gr\xfc\xdfe \x80"), "text/html"), { text: "Grüße €", encoding: "windows-1252" });
});

Deno.test("decode() believes a byte order mark before the header, and drops it", () => {
  assert.deepEqual(decode(latin("\xef\xbb\xbfa\xc3\xa9"), "text/html; charset=iso-8859-1"), {
    text: "aé",
    encoding: "utf-8",
  });
  assert.deepEqual(decode(latin("\xfe\xff\x00a"), "text/html; charset=utf-8"), { text: "a", encoding: "utf-16be" });
  assert.deepEqual(decode(latin("\xff\xfea\x00"), undefined), { text: "a", encoding: "utf-16le" });
});

Deno.test("decode() believes the header before the page", () => {
  const page = latin('<meta charset="utf-8">\xe9');
  assert.deepEqual(decode(page, "text/html; charset=ISO-8859-1"), {
    text: '<meta charset="utf-8">é',
    encoding: "windows-1252",
  });
});

Deno.test("decode() reads a charset in quotes, in capitals and with spaces", () => {
  for (
    const type of [
      'text/html; charset="koi8-r"',
      "text/html;CHARSET = KOI8-R",
      "text/html; a=b; charset='koi8-r'",
      "x/y;charset=koi8-r;a=b",
    ]
  ) {
    assert.deepEqual(decode(latin("\xf0"), type), { text: "П", encoding: "koi8-r" }, type);
  }
});

Deno.test("decode() passes over a name that nobody knows", () => {
  assert.deepEqual(decode(utf8("é"), "text/html; charset=klingon"), { text: "é", encoding: "utf-8" });
  assert.deepEqual(decode(latin('<meta charset="shift_jis">\x83n'), "text/html; charset=klingon"), {
    text: '<meta charset="shift_jis">ハ',
    encoding: "shift_jis",
  });
});

Deno.test("decode() believes a meta element or an XML declaration near the top of the page", () => {
  assert.equal(decode(latin('<meta charset="windows-1251">\xcf'), undefined).text, '<meta charset="windows-1251">П');
  assert.equal(
    decode(latin('<meta http-equiv=Content-Type content="text/html; charset=windows-1251">\xcf'), "text/html").encoding,
    "windows-1251",
  );
  assert.equal(
    decode(latin('<?xml version="1.0" encoding="iso-8859-2"?><a>\xb1</a>'), "text/xml").encoding,
    "iso-8859-2",
  );
  assert.equal(decode(latin(" ".repeat(3000) + '<meta charset="koi8-r">'), undefined).encoding, "koi8-r");
  assert.equal(decode(latin(" ".repeat(5000) + '<meta charset="koi8-r">'), undefined).encoding, "utf-8");
});

Deno.test("decode() reads a page that says utf-8 and is not as far as it goes", () => {
  assert.deepEqual(decode(latin("a\xe9b"), "text/html; charset=utf-8"), { text: "a\ufffdb", encoding: "utf-8" });
});

Deno.test("decode() finds an XML declaration in UTF-16 without a byte order mark", () => {
  const wide = (text: string) => latin([...text].map((character) => `${character}\0`).join(""));
  assert.deepEqual(decode(wide("<?xml ?><a/>"), undefined), { text: "<?xml ?><a/>", encoding: "utf-16le" });
});
