import assert from "node:assert/strict";
import { isHtml, mimeTypeOf } from "../../lib/text/mime_type.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const type = (header: string | null | undefined, body: string) => mimeTypeOf(header, bytes(body));
const page = "<title>t</title><a href=/a>a</a>";
const rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>";

Deno.test("mimeTypeOf() believes a header that names a type", () => {
  for (const said of ["text/html", "application/json", "image/svg+xml", "application/xhtml+xml", "text/xml", "a/b"]) {
    assert.equal(type(`${said}; charset=utf-8`, page), said);
  }
  assert.equal(type("text/plain; charset=utf-8", page), "text/plain");
});

Deno.test("mimeTypeOf() looks into the body where the header names none", () => {
  const says = [
    null,
    undefined,
    "",
    "*/*",
    "unknown/unknown",
    "application/unknown",
    "html",
    "text/html charset=utf-8",
  ];
  for (const header of says) {
    assert.equal(type(header, page), "text/html", String(header));
    assert.equal(type(header, "just words"), "text/plain", String(header));
    assert.equal(type(header, ""), "text/plain", String(header));
    assert.equal(type(header, "\x00\x01\x02"), "application/octet-stream", String(header));
  }
});

Deno.test("mimeTypeOf() takes the last of several types", () => {
  assert.equal(type("text/html, text/html; charset=utf-8", page), "text/html");
  assert.equal(type("application/octet-stream, text/html", page), "text/html");
  assert.equal(type("text/html, application/pdf", page), "application/pdf");
});

Deno.test("mimeTypeOf() knows HTML by its first tag", () => {
  for (
    const body of [
      "<!DOCTYPE html>",
      "<!doctype  HTML PUBLIC 'x'>",
      "<HTML>",
      "<html\nlang=en>",
      "\r\n\t <body>",
      "<!-- a comment --><p>",
      "<meta charset=utf-8>",
      "<section>",
      "<h1>",
      "<a href=/>",
      "<br/>",
      "<b",
      "\xef\xbb\xbf<title>",
      "\xff\xfe<\0p\0>\0",
      "\xfe\xff\0<\0p\0>",
      "<\0p\0>\0",
    ]
  ) assert.equal(type(undefined, body), "text/html", JSON.stringify(body));
  for (const body of ["<svg>", "<abbreviation>", "<p-list>", "< p>", "x<p>", "<>", "<!doctype svg>", "<math>"]) {
    assert.equal(type(undefined, body), "text/plain", body);
  }
});

Deno.test("mimeTypeOf() knows XML, feeds and files by how they begin", () => {
  for (
    const [body, is] of [
      ["<?xml version='1.0'?><a/>", "text/xml"],
      ["<?xml version='1.0'?>\n<!-- x --><rss version='2.0'>", "application/rss+xml"],
      ["<feed xmlns='http://www.w3.org/2005/Atom'>", "application/atom+xml"],
      [`<?xml version='1.0'?>${rdf}`, "application/rss+xml"],
      ["%PDF-1.7\n\0", "application/pdf"],
      ["%!PS-Adobe-3.0", "application/postscript"],
      ["GIF89a\0", "image/gif"],
      ["\x89PNG\r\n\x1a\n\0", "image/png"],
      ["\xff\xd8\xff\xe0\0", "image/jpeg"],
      ["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
      ["\x1f\x8b\x08\0", "application/x-gzip"],
      ["PK\x03\x04\0", "application/zip"],
      ["Rar!\x1a\x07\0", "application/x-rar-compressed"],
      ["\xff\xfeh\0i\0", "text/plain"],
      ["\x1b[31mred", "text/plain"],
      ["caf\xe9", "text/plain"],
    ] as const
  ) assert.equal(type("", body), is, JSON.stringify(body));
});

Deno.test("mimeTypeOf() takes a feed that calls itself HTML for a feed", () => {
  assert.equal(type("text/html", "<?xml version='1.0'?><rss>"), "application/rss+xml");
  assert.equal(type("text/html", "<!DOCTYPE html><p><rss>"), "text/html");
  assert.equal(type("text/html", "<rdf:RDF>"), "text/html");
});

Deno.test("mimeTypeOf() takes for binary what a server calls text because it knows no better", () => {
  for (const said of ["text/plain", "text/plain; charset=ISO-8859-1", "text/plain; charset=UTF-8"]) {
    assert.equal(type(said, "a\0b"), "application/octet-stream", said);
    assert.equal(type(said, "\xff\xfea\0"), "text/plain", said);
    assert.equal(type(said, page), "text/plain", said);
  }
  assert.equal(type("text/plain; charset=koi8-r", "a\0b"), "text/plain");
});

Deno.test("isHtml() takes HTML and XHTML, in XML by the outermost element", () => {
  const html = (header: string | undefined, body: string) => isHtml(header, bytes(body));
  const xhtml = '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>';
  for (
    const header of ["text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/html, text/html"]
  ) {
    assert.equal(html(header, ""), true, header);
  }
  for (const header of [undefined, "", "text/xml", "application/xml; charset=utf-8"]) {
    assert.equal(html(header, xhtml), true, header);
    assert.equal(html(header, "<?xml version='1.0'?><urlset><html/></urlset>"), false, header);
  }
  for (const header of ["text/plain", "application/json", "image/svg+xml", "application/rss+xml"]) {
    assert.equal(html(header, page), false, header);
  }
  assert.equal(html("text/html", "<rss>"), false);
});

Deno.test("isHtml() takes no longer for a body that was written to take long", () => {
  for (const part of ["<!--", "<!-- -->", "<!a>", "<?x?>", "<?", " ", "<", "<!-->-->"]) {
    assert.equal(typeof isHtml(undefined, bytes(part.repeat(1000))), "boolean");
  }
});

Deno.test("isHtml() finds the outermost element behind a long comment, declarations in a doctype, and a prefix", () => {
  const declarations = `<!DOCTYPE html [ <!ENTITY a "]>"> <!-- it's ] --> <?x "] ?> <!ATTLIST a b CDATA '>'> ] >`;
  for (
    const before of [`<!-- ${"licence ".repeat(5000)} -->`, declarations, `${declarations}<!-- ${"x".repeat(3000)} -->`]
  ) {
    for (const header of ["text/xml", "application/xml"]) {
      const xml = (root: string) => isHtml(header, bytes(`<?xml version="1.0"?>\n${before}\n${root}`));
      assert.equal(xml('<html xmlns="http://www.w3.org/1999/xhtml"/>'), true, before);
      assert.equal(xml('<h:html xmlns:h="http://www.w3.org/1999/xhtml"/>'), true, before);
      assert.equal(xml("<urlset><html/></urlset>"), false, before);
      assert.equal(xml("<html:p/>"), false, before);
    }
  }
  const far = `<?xml version="1.0"?><!-- ${"x".repeat(65_536)} --><html/>`;
  assert.equal(isHtml("text/xml", bytes(far)), false);
});

Deno.test("isHtml() takes no longer for XML that was written to take long", () => {
  for (const part of ["<!a [", "<!a [ <!-- -->", "<!a [ ' ", "<!a []", "<!a[<?x?>", "<!a [ <!--", "<a", "<!---->"]) {
    assert.equal(isHtml("text/xml", bytes(part.repeat(65_536 / part.length))), false, part);
  }
});
