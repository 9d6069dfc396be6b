import assert from "node:assert/strict";
import { authors, quotes } from "../../scripts/demo/mod.ts";
import { lines } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

Deno.test("fetch shows the status and the headers, or what a query matches", async () => {
  await using place = await Workplace.open();
  const page = await place.run(["fetch", place.demo.quotes]);
  ends(page, 0);
  assert.equal(lines(page.stdout)[0], `200 ${place.demo.quotes}`);
  assert.match(page.stdout, /^content-type: text\/html; charset=utf-8$/m);
  const css = await place.run(["fetch", place.demo.quotes, "--css", "span.text::text"]);
  ends(css, 0);
  assert.deepEqual(lines(css.stdout), quotes.slice(0, 10).map(({ text }) => text));
  const xpath = await place.run(["fetch", place.demo.quotes, "--xpath", "//small[@class='author']/text()"]);
  ends(xpath, 0);
  assert.deepEqual(lines(xpath.stdout), quotes.slice(0, 10).map(({ author }) => author.name));
  const none = await place.run(["fetch", place.demo.quotes, "--css", "video"]);
  ends(none, 1);
  assert.equal(none.stdout, "");
  const broken = await place.run(["fetch", place.demo.quotes, "--css", "a[["]);
  ends(broken, 2);
  isPlain(broken);
});

Deno.test("fetch follows redirects and shows the way", async () => {
  await using place = await Workplace.open();
  const author = new URL(`/author/${authors[0]!.slug}`, place.demo.quotes).href;
  const ended = await place.run(["fetch", author, "--css", "h3::text"]);
  ends(ended, 0);
  assert.equal(ended.stdout, `${authors[0]!.name}\n`);
  assert.match(ended.stderr, new RegExp(`308 ${author} in .*\n200 ${author}/ in `));
});

Deno.test("fetch ends with 1 for a page that is not there and for a server that is not there", async () => {
  await using place = await Workplace.open();
  const missing = await place.run(["fetch", new URL("/missing", place.demo.quotes).href]);
  ends(missing, 1);
  assert.match(missing.stdout, /^404 /);
  const url = place.demo.quotes;
  await place.demo.close();
  const refused = await place.run(["fetch", url]);
  ends(refused, 1);
  isPlain(refused);
  assert.match(refused.stderr, /^connect /);
  assert.equal(refused.stdout, "");
});
