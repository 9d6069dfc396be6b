import assert from "node:assert/strict";
import { headWithRefresh, metaRefresh } from "../../lib/html/meta_refresh.ts";
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

Deno.test("headWithRefresh() is undefined for a page without a refresh", () => {
  for (const page of ["", "<meta http-equiv=x-ua-compatible content=ie>refresh", "<p>http-equiv refresh"]) {
    assert.equal(headWithRefresh(page), undefined, page);
  }
});

Deno.test("headWithRefresh() gives a page up to the end of the last tag that may be a refresh, however far on", () => {
  const first = "<META HTTP-EQUIV = 'Refresh' content='0;url=c'>", second = "<meta content=0 http-equiv=refresh>";
  const space = " ".repeat(1e6);
  assert.equal(headWithRefresh(`${space}${first}<p>text`), `${space}${first}`);
  assert.equal(headWithRefresh(`${first}${space}${second}${space}`), `${first}${space}${second}`);
  assert.equal(headWithRefresh("<meta http-equiv=refresh"), "<meta http-equiv=refresh");
});

Deno.test("headWithRefresh() finds the end of a tag behind what stands in quotes", () => {
  for (
    const tag of [
      `<meta http-equiv="refresh" content="0;url=/a?b>c">`,
      `<meta http-equiv=refresh data-a='>' content = '0;url=/a?b>c'>`,
      `<meta content="0;url=/a?b>c" http-equiv=refresh />`,
      `<meta http-equiv=refresh title="http-equiv=refresh > x" content="0;url=/a?b>c">`,
      `<meta title="<meta >" http-equiv=refresh content="0;url=/a?b>c">`,
    ]
  ) {
    assert.equal(headWithRefresh(`<p>${tag}<p title='x'>`), `<p>${tag}`);
    assert.equal(refresh(headWithRefresh(`${tag}<p>`)!)?.link, "/a?b>c");
  }
  assert.equal(headWithRefresh("<meta http-equiv=refresh content=it's><p>"), "<meta http-equiv=refresh content=it's>");
});

Deno.test("headWithRefresh() reads a page that was written to take long", () => {
  for (const part of ["<meta ", "<meta http-equiv=refresh ", " http-equiv=refresh", `="`, "='\"", "= ", " a", "a=b="]) {
    const page = `<meta http-equiv=refresh ${part.repeat(1e6 / part.length)}`;
    assert.equal(typeof headWithRefresh(page), "string", part);
  }
});
