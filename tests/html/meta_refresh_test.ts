import assert from "node:assert/strict";
import { metaRefresh } from "../../lib/html/meta_refresh.ts";
import { parseHtml } from "../../lib/html/parse.ts";

const refresh = (html: string) => metaRefresh(parseHtml(html));
const meta = (content: string) => refresh(`<meta http-equiv=refresh content="${content}">`);

Deno.test("metaRefresh() says where a page sends its readers, and when", () => {
  assert.deepEqual(meta("5; url=/c"), { seconds: 5, link: "/c" });
  assert.deepEqual(meta("0;URL=https://example.com/x?y#z"), { seconds: 0, link: "https://example.com/x?y#z" });
});

Deno.test("metaRefresh() reads times as browsers do, fractions kept", () => {
  for (
    const [time, seconds] of [["2.5", 2.5], [".1", 0.1], [".", 0], ["0010", 10], ["3..5", 3], [" \n7", 7]] as const
  ) {
    assert.deepEqual(meta(`${time};url=c`)?.seconds, seconds, time);
  }
  for (const time of ["", "x", "-1", "5x", "1e3", "٣"]) assert.equal(meta(`${time};url=c`), undefined, time);
});

Deno.test("metaRefresh() reads URLs as browsers do", () => {
  const forms = [
    "0;url=c",
    "0; URL = c ",
    "0,url=c",
    "0 url=c",
    "0 ; url='c'",
    "0;url='c' or so",
    "0;url=&quot;c",
    "0; c",
    "0;'c'",
    "0;\n\turl=\nc",
    "0;url=&#99;",
  ];
  for (const form of forms) assert.equal(meta(form)?.link, "c", form);
});

Deno.test("metaRefresh() has no link for a page that reloads itself without naming itself", () => {
  for (const content of ["5", "5;", "5; url=", "5; url=''", "5;url=#top"]) {
    assert.deepEqual(meta(content), { seconds: 5, link: undefined }, content);
  }
  assert.equal(meta("5; url=?q")?.link, "?q");
});

Deno.test("metaRefresh() takes the first refresh that can be read", () => {
  const html = `<meta name=refresh content="0;url=1"><meta http-equiv=content-type content="0;url=2">
    <meta http-equiv=refresh content="soon"><meta http-equiv=refresh><meta HTTP-EQUIV=" REFRESH " CONTENT="0;url=3">
    <meta http-equiv=refresh content="0;url=4">`;
  assert.equal(refresh(html)?.link, "3");
});

Deno.test("metaRefresh() passes over a refresh that no browser would obey", () => {
  const tag = '<meta http-equiv=refresh content="0;url=/c">';
  for (const name of ["noscript", "template", "script", "style", "textarea", "title"]) {
    assert.equal(refresh(`<${name}><p>${tag}</p></${name}>`), undefined, name);
  }
  assert.equal(refresh(`<!-- ${tag} --><metafoo http-equiv=refresh content="0;url=/c">`), undefined);
  assert.equal(refresh(`<noscript>x</noscript><body>${tag}`)?.link, "/c");
});

Deno.test("metaRefresh() takes a refresh in an svg, which a meta ends in a browser", () => {
  assert.equal(refresh("<svg><meta http-equiv=refresh content='0;url=c'>")?.link, "c");
});
