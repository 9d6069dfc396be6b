import assert from "node:assert/strict";
import { lateCharset } from "../../lib/text/late_charset.ts";

const declared = (text: string) => lateCharset(text).declared;
const loose = (text: string) => lateCharset(text).loose;

Deno.test("lateCharset() finds the first meta that declares what is known, however far on", () => {
  assert.equal(declared(`${"x".repeat(1e6)}<meta charset=windows-1251><meta charset=gbk>`), "windows-1251");
  assert.equal(declared("<META HTTP-EQUIV=content-type CONTENT='text/html; charset=Shift_JIS'>"), "shift_jis");
  assert.equal(declared("<meta charset=klingon><meta/charset='euc-kr'/>"), "euc-kr");
  assert.equal(declared("<meta name=x content='charset=gbk'>"), undefined);
  assert.equal(declared("charset=gbk"), undefined);
});

Deno.test("lateCharset() passes over a meta that is no element", () => {
  const tag = "<meta charset=gbk>";
  for (const name of ["script", "style", "title", "textarea", "iframe", "noframes"]) {
    assert.equal(declared(`<${name} a=b>"${tag}"</${name}><meta charset=big5>`), "big5", name);
    assert.equal(declared(`<${name}>${tag}`), undefined, name);
  }
  assert.equal(declared(`<!-- ${tag} --><meta charset=big5>`), "big5");
  assert.equal(declared(`<!-- ${tag}`), undefined);
});

Deno.test("lateCharset() tells apart what only looks like a declaration", () => {
  for (
    const tag of [
      "< meta charset=gbk>",
      "<meta httpequiv=ContentType content='text/html; charset=gbk'>",
      "<meta http_equiv='Content_Type' content='text/html;charset=gbk'>",
      '<META HTTPEQUIV="Content-Type" CONTENT="text/html; charset = GBK">',
    ]
  ) assert.deepEqual(lateCharset(tag), { declared: undefined, loose: "gbk" }, tag);
  assert.equal(loose("<meta name=description content='charset=gbk'>"), undefined);
  assert.equal(loose("< meta charset=utf-16>"), undefined);
  assert.deepEqual(lateCharset("< meta charset=gbk><meta charset=big5>"), { declared: "big5", loose: "gbk" });
});

Deno.test("lateCharset() reads a page that was written to take long", () => {
  for (
    const part of [
      "<script",
      "<script>",
      "<!--",
      "<!-->",
      "<!-- --",
      "<meta ",
      "<meta charset",
      "< ",
      "< meta ",
      "</script",
      "<meta charset=x>",
      '<a b="',
      "<a b='>",
      "<!",
      "<?>",
    ]
  ) {
    assert.equal(declared(`charset${part.repeat(3e5 / part.length)}`), undefined);
  }
});

Deno.test("lateCharset() ends comments as browsers do", () => {
  for (
    const comment of [
      "<!-->",
      "<!--->",
      "<!---->",
      "<!-- a --!>",
      "<!-- > -->",
      "<!----!>",
      "<!x y>",
      "<?x y>",
      "</ x>",
    ]
  ) {
    assert.equal(declared(`${comment}<meta charset=gbk><!-- -->`), "gbk", comment);
  }
  for (const comment of ["<!-- > ", "<!-- --! >", "<!-- - ->"]) {
    assert.equal(declared(`${comment}<meta charset=gbk>--><meta charset=big5>`), "big5", comment);
  }
});

Deno.test("lateCharset() reads tags to their end, however long, and what stands in quotes is no tag", () => {
  assert.equal(declared(`<meta data-x="a > b" charset=gbk>`), "gbk");
  assert.equal(declared(`<meta data-x="<p>" charset=gbk>`), "gbk");
  assert.equal(declared(`<meta data-x="${"y".repeat(5000)}" charset=gbk>`), "gbk");
  assert.equal(declared(`<a title="<meta charset=gbk>"><meta charset=big5>`), "big5");
  assert.equal(declared(`<a title='a > "<meta charset=gbk>'></a><meta charset=big5>`), "big5");
  assert.equal(declared(`<script a="</script><meta charset=gbk>">x</script><meta charset=big5>`), "big5");
  assert.equal(declared(`<p title=it's><meta charset=gbk>`), "gbk");
  assert.equal(declared(`<script-x><meta charset=gbk>`), "gbk");
});
