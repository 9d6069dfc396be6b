import assert from "node:assert/strict";
import fc from "fast-check";
import { decode, encodingSource } from "../../lib/text/charset.ts";

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("decode() takes valid UTF-8 for UTF-8 when nobody says anything", () => {
  assert.deepEqual(decode(utf8("Grüße"), undefined), { text: "Grüße", encoding: "utf-8" });
});

Deno.test("decode() takes anything else for windows-1252 when nobody says anything", () => {
  assert.deepEqual(decode(latin("Gr\xfc\xdfe \x80"), "text/html"), { text: "Grüße €", encoding: "windows-1252" });
});

Deno.test("decode() has nothing to say of an empty body but what the standard falls back to, unless the header does", () => {
  assert.deepEqual(decode(utf8(""), undefined), { text: "", encoding: "windows-1252" });
  assert.deepEqual(decode(utf8(""), "text/html; charset=utf-8"), { text: "", encoding: "utf-8" });
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
});

Deno.test("decode() believes a meta element anywhere, unless the page is plainly in UTF-8", () => {
  const behind = (filling: string, charset: string, text: string) =>
    decode(latin(`${filling}<meta charset=${charset}><title>${text}</title>`), "text/html");
  const style = `<style>${"x".repeat(5000)}</style>`;
  const russian = behind(style, "windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2");
  assert.match(russian.text, /<title>Привет<\/title>/);
  assert.equal(russian.encoding, "windows-1251");
  assert.match(behind(`<script>${"x".repeat(9000)}</script>`, "shift_jis", "\x93\xfa\x96\x7b").text, />日本</);
  assert.match(behind(`<!--${"x".repeat(6000)}-->`, "euc-kr", "\xc7\xd1\xb1\xdb").text, />한글</);
  assert.match(behind(" ".repeat(300_000), "iso-2022-jp", "\x1b$BF|K\\\x1b(B").text, />日本</);
  assert.equal(behind(" ".repeat(5000), "koi8-r", "ASCII").encoding, "koi8-r");
  assert.equal(behind(style, "windows-1251", "\xc3\xa9").encoding, "utf-8");
  assert.equal(behind(`${style}<script>"<meta charset=gbk>"</script>`, "koi8-r", "\xf0").encoding, "koi8-r");
});

Deno.test("decode() reads a name whole that goes on behind the first 4,096 bytes", () => {
  const tag = "<meta charset=iso-8859-15>";
  for (let short = 1; short < tag.length; short++) {
    assert.equal(decode(latin(`${" ".repeat(4096 - short)}${tag}\xa4`), undefined).encoding, "iso-8859-15", `${short}`);
  }
});

Deno.test("decode() reads undeclared UTF-8 in which hardly a byte is wrong as UTF-8", () => {
  const utf8With = (text: string, end: string) => decode(new Uint8Array([...utf8(text), ...latin(end)]), "text/html");
  assert.equal(utf8With("<title>Привет</title><p>", "\xff").text, "<title>Привет</title><p>\ufffd");
  assert.equal(utf8With("<p>Текст, который обрезан на полусло", "\xd0").encoding, "utf-8");
  assert.equal(utf8With("<p>日本語の", "\xe6\x97").encoding, "utf-8");
  assert.equal(utf8With("<p>Grüße", "\xc3").encoding, "utf-8");
  assert.equal(decode(latin("<p>caf\xe9 \xc9\xa0!"), undefined).encoding, "windows-1252");
  assert.equal(decode(latin("<p>\xcf\xf0\xe8\xe2\xe5\xf2"), undefined).encoding, "windows-1252");
});

Deno.test("decode() goes by a misspelt declaration before it guesses", () => {
  const page = "<meta httpequiv=ContentType content='text/html; charset=gbk'>\xc8\xd5\xb1\xbe";
  assert.match(decode(latin(page), undefined).text, />日本$/);
  assert.equal(decode(latin(page), undefined).encoding, "gbk");
  assert.equal(encodingSource(latin(page), undefined), "meta");
});

Deno.test("decode() takes the charset of the last Content-Type, as it does one that an earlier one gave", () => {
  const of = (type: string) => decode(utf8("Grüße"), type).text;
  assert.equal(of("text/html; charset=iso-8859-1, text/html; charset=utf-8"), "Grüße");
  assert.equal(of("text/html; charset=utf-8, text/html"), "Grüße");
  assert.equal(of("text/html; charset=utf-8, text/html; charset=iso-8859-1"), "GrÃ¼ÃŸe");
});

Deno.test("decode() reads a page that says utf-8 and is not as far as it goes", () => {
  assert.deepEqual(decode(latin("a\xe9b"), "text/html; charset=utf-8"), { text: "a\ufffdb", encoding: "utf-8" });
});

Deno.test("decode() finds an XML declaration in UTF-16 without a byte order mark", () => {
  const wide = (text: string) => latin([...text].map((character) => `${character}\0`).join(""));
  assert.deepEqual(decode(wide("<?xml ?><a/>"), undefined), { text: "<?xml ?><a/>", encoding: "utf-16le" });
});

Deno.test("encodingSource() says what decode() went by", () => {
  assert.equal(encodingSource(latin("\xef\xbb\xbfa"), "text/html; charset=koi8-r"), "bom");
  assert.equal(encodingSource(latin("<meta charset=koi8-r>"), "text/html; charset=utf-8"), "header");
  assert.equal(encodingSource(latin("<meta charset=koi8-r>"), "text/html; charset=unknown"), "meta");
  assert.equal(encodingSource(latin("<p>"), "text/html"), "guess");
  assert.equal(encodingSource(latin(""), undefined), "guess");
});

Deno.test("decode() does not know UTF-32, as the standard does not", () => {
  for (const label of ["utf-32", "UTF-32LE", "utf32be", "ucs-4"]) {
    assert.deepEqual(
      decode(latin("h\xc3\xa9"), `text/html; charset=${label}`),
      { text: "hé", encoding: "utf-8" },
      label,
    );
    const page = latin(`<meta charset="${label}">\xe9`);
    assert.deepEqual(decode(page, undefined), { text: `<meta charset="${label}">é`, encoding: "windows-1252" }, label);
  }
  // What is its mark is that of UTF-16 and a zero.
  assert.deepEqual(decode(latin("\xff\xfe\0\0a\0"), undefined), { text: "\0a", encoding: "utf-16le" });
  for (const text of ["<\0\0\0a\0\0\0", "\0\0\0<\0\0\0a"]) {
    assert.deepEqual(decode(latin(text), undefined), { text, encoding: "utf-8" });
  }
});

Deno.test("decode() finds the byte order of UTF-16 without a mark where the page begins in ASCII", () => {
  const le = (text: string) => latin([...text].map((character) => `${character}\0`).join(""));
  const be = (text: string) => latin([...text].map((character) => `\0${character}`).join(""));
  assert.deepEqual(decode(be("hi"), "text/html; charset=utf-16"), { text: "hi", encoding: "utf-16be" });
  assert.deepEqual(decode(le("hi"), "text/html; charset=utf-16"), { text: "hi", encoding: "utf-16le" });
  assert.deepEqual(decode(latin("\x42\x30"), "text/html; charset=utf-16"), { text: "あ", encoding: "utf-16le" });
  assert.deepEqual(decode(be("hi"), "text/html; charset=utf-16le").encoding, "utf-16le");
  for (const text of ["<html><p>hi</p>", "<!doctype html>", '<meta charset="koi8-r">']) {
    assert.deepEqual(decode(be(text), undefined), { text, encoding: "utf-16be" });
    assert.deepEqual(decode(le(text), "text/html"), { text, encoding: "utf-16le" });
  }
  assert.equal(decode(latin("<\0"), undefined).encoding, "utf-8");
});

Deno.test("decode() makes U+FFFD of halves of a pair, in every encoding that can spell them", () => {
  assert.equal(decode(latin("a\0\x00\xd8b\0"), "text/html; charset=utf-16le").text, "a\ufffdb");
  assert.equal(decode(latin("\0a\xdc\x00\0b\0"), "text/html; charset=utf-16be").text, "a\ufffdb\ufffd");
  assert.equal(decode(latin("a\xed\xa0\x80b"), "text/html; charset=utf-8").text, "a\ufffd\ufffd\ufffdb");
});

Deno.test("decode() reads the encodings of East Asia, and what is wrong in them as far as it goes", () => {
  for (
    const [charset, bytes, text] of [
      ["Shift_JIS", "\x93\xfa\x96\x7b", "日本"],
      ["EUC-JP", "\xc6\xfc\xcb\xdc", "日本"],
      ["ISO-2022-JP", "\x1b$BF|K\\\x1b(B", "日本"],
      ["GB18030", "\xc8\xd5\x81\x30\x81\x30", "日\x80"],
      ["GBK", "\xc8\xd5\xb1\xbe", "日本"],
      ["Big5", "\xa4\xe9\xa5\xbb", "日本"],
      ["EUC-KR", "\xc7\xd1\xb1\xdb", "한글"],
      ["Shift_JIS", "\x93\xfa\x93", "日\ufffd"],
      ["GB18030", "\xff\xc8\xd5", "\ufffd日"],
      ["EUC-KR", "\xc7<p>", "\ufffd<p>"],
    ] as const
  ) {
    assert.equal(decode(latin(bytes), `text/html; charset=${charset}`).text, text, charset);
    assert.equal(
      decode(latin(`<meta charset=${charset}>${bytes}`), "text/html").text,
      `<meta charset=${charset}>${text}`,
    );
  }
});

Deno.test("decode() never throws and never leaves half a pair, whatever the bytes and whatever is said of them", () => {
  const charsets = ["utf-8", "utf-16", "utf-16be", "shift_jis", "gb18030", "euc-kr", "big5"];
  const types = [undefined, ...charsets.map((name) => `text/html; charset=${name}`)];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...types), (bytes, type) => {
      assert.ok(decode(bytes, type).text.isWellFormed());
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decode() knows encodings by the names of other systems, and by names that are spelled loosely", () => {
  const names: Readonly<Record<string, string>> = {
    "utf_8": "utf-8",
    "UTF8MB4": "utf-8",
    "latin-1": "windows-1252",
    "iso_8859_1": "windows-1252",
    "win-1251": "windows-1251",
    "windows1251": "windows-1251",
    "koi8r": "koi8-r",
    "ShiftJIS": "shift_jis",
    "cp932": "shift_jis",
    "cp936": "gbk",
    "cp949": "euc-kr",
    "cp950": "big5",
    "eucJP": "euc-jp",
  };
  for (const [name, encoding] of Object.entries(names)) {
    assert.equal(decode(utf8("a"), `text/html; charset=${name}`).encoding, encoding, name);
  }
  for (const name of ["klingon", "constructor", "8", "-", "x".repeat(100_000)]) {
    assert.equal(decode(utf8("é"), `text/html; charset=${name}`).encoding, "utf-8", name.slice(0, 20));
  }
});

Deno.test("decode() finds a charset in a header that has no semicolon before it", () => {
  for (
    const type of ["charset=koi8-r", "text/html charset=koi8-r", "text/html, text/html;charset=koi8-r;charset=utf-8"]
  ) {
    assert.equal(decode(latin("\xf0"), type).text, "П", type);
  }
  assert.equal(decode(utf8("é"), "text/html; xcharset=koi8-r").encoding, "utf-8");
});

Deno.test("decode() believes a meta element with a space before its name, unless the bytes are UTF-8", () => {
  const loose = '< meta charset="windows-1251"> ';
  assert.deepEqual(decode(latin(`${loose}\xcf`), undefined), { text: `${loose}П`, encoding: "windows-1251" });
  assert.equal(decode(latin(loose), undefined).encoding, "windows-1251");
  assert.deepEqual(decode(utf8(`${loose}é`), undefined), { text: `${loose}é`, encoding: "utf-8" });
  assert.equal(decode(latin('< meta charset="utf-16"> a'), undefined).encoding, "utf-8");
});

Deno.test("decode() is done with hostile headers and pages in linear work", () => {
  const n = 200_000;
  // Quadratic work would take minutes here, and longer than the test runner waits.
  for (
    const header of [
      "; ".repeat(n),
      " ".repeat(n),
      "charset ".repeat(n),
      `charset${" ".repeat(n)}`,
      `${"charset=".repeat(n)}"`,
    ]
  ) {
    assert.equal(decode(utf8("é"), header).encoding, "utf-8");
  }
  for (
    const page of [
      "< meta ".repeat(n),
      "<meta charset=".repeat(n),
      "< meta charset=".repeat(n),
      "<!--charset".repeat(n),
    ]
  ) {
    assert.equal(decode(utf8(`é${page}`), undefined).encoding, "utf-8");
  }
});
