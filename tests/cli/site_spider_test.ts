import assert from "node:assert/strict";
import type { Spider } from "../../lib/spider/spider.ts";
import site from "../../spiders/site.ts";
import { asked, done, open } from "../engine/parts.ts";
import { answer } from "../engine/site.ts";

Deno.test("site follows the links of a page and of its drawings, and none of a template", async () => {
  const page = `<title>t</title><a href=/a>a</a>
    <svg><a xlink:href="/b"><text>b</text></a><a href="/c" xlink:href="/no">c</a><a xlink:href="http://b.com/">d</a></svg>
    <template><a href=/no1>x</a><iframe src=/no2></iframe><svg><a xlink:href=/no3>x</a></svg></template>
    <map><area href=/d></map><iframe src=/e></iframe>`;
  const run = open({
    spider: { ...site, startUrls: ["http://a.com/"] } as Spider,
    site: ({ url }) => answer(url, new URL(url).pathname === "/" ? page : "<title>x</title>"),
  });
  assert.deepEqual(await run.crawl(), done);
  assert.deepEqual(asked(run).sort(), ["/", "/a", "/b", "/c", "/d", "/e"]);
  assert.equal(run.items().find(({ url }) => url === "http://a.com/")?.links, 2);
});
