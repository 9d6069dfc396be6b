import assert from "node:assert/strict";
import { readContentType } from "../../lib/text/content_type.ts";

/** Type and charset, where there are any. */
const read = (header: string | null | undefined) => {
  const { type, charset } = readContentType(header);
  return [type, charset];
};

Deno.test("readContentType() reads type and charset", () => {
  assert.deepEqual(read("text/html"), ["text/html", undefined]);
  assert.deepEqual(read(" TEXT/HTML ;Charset=UTF-8"), ["text/html", "UTF-8"]);
  assert.deepEqual(read('text/html; a="x, y"; charset="koi8-r"'), ["text/html", "koi8-r"]);
  assert.deepEqual(read("application/vnd.a+xml;charset='utf-8'"), ["application/vnd.a+xml", "utf-8"]);
});

Deno.test("readContentType() has no type of a header that says nothing", () => {
  for (const header of [null, undefined, "", "html", "*/*", "text/", "/html", "text / html", '"text/html"', ",", ";"]) {
    assert.deepEqual(read(header), [undefined, undefined], String(header));
  }
});

Deno.test("readContentType() takes the last of several types, and the charset that was given with that type", () => {
  for (
    const [header, type, charset] of [
      ["text/html, text/html; charset=utf-8", "text/html", "utf-8"],
      ["text/html; charset=iso-8859-1, text/html; charset=utf-8", "text/html", "utf-8"],
      ["text/html; charset=utf-8, text/html", "text/html", "utf-8"],
      ["text/html; charset=utf-8, text/plain", "text/plain", undefined],
      ["text/plain; charset=gbk, text/html; charset=utf-8, text/html", "text/html", "utf-8"],
      ["text/html; charset=utf-8, */*", "text/html", "utf-8"],
      ["text/html; charset=utf-8, ", "text/html", "utf-8"],
      [", text/html", "text/html", undefined],
      ["application/json, html", "application/json", undefined],
      ['text/html; a="b, text/plain"; charset=gbk', "text/html", "gbk"],
    ] as const
  ) assert.deepEqual(read(header), [type, charset], header);
});

Deno.test("readContentType() takes a charset from beside what is no type, where no other is given", () => {
  assert.deepEqual(read("charset=utf-8"), [undefined, "utf-8"]);
  assert.deepEqual(read("text/html charset=utf-8"), [undefined, "utf-8"]);
  assert.deepEqual(read("text/html, charset=utf-8"), ["text/html", "utf-8"]);
  assert.deepEqual(read("text/html; charset=gbk, charset=utf-8"), ["text/html", "gbk"]);
});

Deno.test("readContentType() reads a header of a megabyte at once", () => {
  for (const part of ['"', ",", "text/html,", '"\\', "charset=", ";"]) {
    assert.equal(typeof readContentType(part.repeat(1e6 / part.length)), "object");
  }
});
