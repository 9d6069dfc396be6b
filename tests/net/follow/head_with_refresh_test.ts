import assert from "node:assert/strict";
import { metaRefresh } from "../../../lib/html/meta_refresh.ts";
import { parseHtml } from "../../../lib/html/parse.ts";
import { headWithRefresh } from "../../../lib/net/follow/head_with_refresh.ts";

const refresh = (html: string) => metaRefresh(parseHtml(html));

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
