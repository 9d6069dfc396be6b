import assert from "node:assert/strict";
import { headWithRefresh, metaRefresh } from "../../lib/html/meta_refresh.ts";
import { parseHtml } from "../../lib/html/parse.ts";

const url = "https://example.org/a/b?q";
const refresh = (html: string) => metaRefresh(parseHtml(html), url);
const meta = (content: string) => refresh(`<meta http-equiv=refresh content="${content}">`);

Deno.test("metaRefresh() says where a page sends its readers, and when", () => {
  assert.deepEqual(meta("5; url=/c"), { seconds: 5, url: "https://example.org/c" });
  assert.deepEqual(meta("0;URL=https://example.com/x?y#z"), { seconds: 0, url: "https://example.com/x?y#z" });
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
  for (const form of forms) assert.equal(meta(form)?.url, "https://example.org/a/c", form);
});

Deno.test("metaRefresh() resolves the URL against the page's base", () => {
  const html = '<meta http-equiv="Refresh" content="0;url=c"><base href="//cdn.example.net/x/">';
  assert.equal(refresh(html)?.url, "https://cdn.example.net/x/c");
});

Deno.test("metaRefresh() is undefined for a page that reloads itself without naming itself", () => {
  for (const content of ["5", "5;", "5; url=", "5; url=''", "0;url=#top"]) {
    assert.equal(meta(content), undefined, content);
  }
  assert.equal(meta("5; url=?q")?.url, url);
});

Deno.test("metaRefresh() is undefined for what is no URL", () => {
  assert.equal(meta("0;url=http://["), undefined);
  assert.equal(meta("0;url=mailto:me@example.org")?.url, "mailto:me@example.org");
});

Deno.test("metaRefresh() takes the first refresh that can be read", () => {
  const html = `<meta name=refresh content="0;url=1"><meta http-equiv=content-type content="0;url=2">
    <meta http-equiv=refresh content="soon"><meta http-equiv=refresh><meta HTTP-EQUIV=" REFRESH " CONTENT="0;url=3">
    <meta http-equiv=refresh content="0;url=4">`;
  assert.equal(refresh(html)?.url, "https://example.org/a/3");
});

Deno.test("metaRefresh() passes over a refresh that no browser would obey", () => {
  const tag = '<meta http-equiv=refresh content="0;url=/c">';
  for (const name of ["noscript", "template", "script", "style", "textarea", "title"]) {
    assert.equal(refresh(`<${name}><p>${tag}</p></${name}>`), undefined, name);
  }
  assert.equal(refresh(`<!-- ${tag} --><metafoo http-equiv=refresh content="0;url=/c">`), undefined);
  assert.equal(refresh(`<noscript>x</noscript><body>${tag}`)?.url, "https://example.org/c");
});

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("headWithRefresh() is undefined for a page without a refresh in its first 4,096 bytes", () => {
  for (const page of ["", "<meta http-equiv=x-ua-compatible content=ie>refresh", "<p>http-equiv refresh"]) {
    assert.equal(headWithRefresh(bytes(page)), undefined, page);
  }
  const late = (at: number) => bytes(`${" ".repeat(at)}<meta http-equiv=refresh content='0;url=c'>`);
  assert.equal(headWithRefresh(late(4096)), undefined);
  assert.equal(headWithRefresh(late(4080)), undefined);
});

Deno.test("headWithRefresh() gives a short page whole, and a long one up to the end of a tag", () => {
  const short = bytes("<META HTTP-EQUIV = 'Refresh' content='0;url=c'>");
  assert.equal(headWithRefresh(short), short);
  const tag = bytes('<meta http-equiv="refresh" content="0">');
  const long = new Uint8Array([...tag, ...bytes(`<p>${"ü".repeat(4096)}`)]);
  const head = new Uint8Array([...tag, ...bytes("<p>")]);
  assert.deepEqual(headWithRefresh(long), head);
  assert.deepEqual(headWithRefresh(long.subarray(1)), head.subarray(1));
});
