import assert from "node:assert/strict";
import { baseHref, mentionsBase } from "../../lib/html/base_href.ts";
import { parseHtml } from "../../lib/html/parse.ts";

const href = (html: string) => mentionsBase(html) ? baseHref(parseHtml(html)) : undefined;

Deno.test("baseHref() is undefined when there is no base that says something", () => {
  assert.equal(href("<base target=_top><p>text"), undefined);
  assert.equal(href("<basefont href=/x/><p>&lt;base href=/x/&gt;"), undefined);
});

Deno.test("baseHref() takes the first base that has an href, wherever it stands and however it is written", () => {
  const page = '<head><base target=x></head><body><div><base href="/one/"></div><base href="/two/">';
  assert.equal(href(page), "/one/");
  for (const base of ["<base href=/x/>", "<base/href=/x/>", "<BASE\nHREF='/x/'>", "<base\t/href='/x/' />"]) {
    assert.equal(href(`${base}<p>`), "/x/", base);
  }
  assert.equal(href("<base href><base href=/x/>"), "");
});

Deno.test("baseHref() passes over a base that is no element of HTML, or no part of the page", () => {
  for (
    const outer of [
      "svg",
      "math",
      "template",
      "svg><g",
      "template><svg><desc",
      "svg><desc><svg",
      "svg><template",
      "noframes",
      "iframe",
      "noembed",
      "xmp",
      "textarea",
      "title",
      "script",
      "style",
    ]
  ) {
    const end = outer.split("><").reverse().map((name) => `</${name}>`).join("");
    assert.equal(href(`<${outer}><base href="/bad/">${end}<base href="/good/">`), "/good/", outer);
  }
  assert.equal(href('<!-- <base href="/bad/"> --><base href="/good/">'), "/good/");
});

Deno.test("baseHref() takes a base in noscript, and one in HTML within SVG or MathML", () => {
  for (const outer of ["noscript", "svg><foreignObject", "svg><desc", "math><mi", "svg><desc><div"]) {
    const end = outer.split("><").reverse().map((name) => `</${name}>`).join("");
    assert.equal(href(`<${outer}><base href="/in/">${end}<base href="/behind/">`), "/in/", outer);
  }
});
