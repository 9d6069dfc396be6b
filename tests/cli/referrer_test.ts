import assert from "node:assert/strict";
import { html } from "./fetch_site.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** A line of the failures' file, as far as it is about the way there. */
interface Failed {
  readonly url: string;
  readonly time: string;
  readonly referrer?: string;
  readonly redirects?: readonly string[];
}

Deno.test("a page that is given up is listed with its time and the page that links there, over pauses, redirects and retries", async () => {
  const held = Promise.withResolvers<void>(), asked: string[] = [];
  const pages: Readonly<Record<string, () => Response | Promise<Response>>> = {
    "/": () => {
      const links = ["hold", "missing", "moved", "flaky", "silent", `http://localhost:${port}/other`];
      return html(links.map((link) => `<a href="${link}">x</a>`).join(""));
    },
    "/hold": () => held.promise.then(() => html("held")),
    "/moved": () => html("", { location: "/moved-on" }, 302),
    "/moved-on": () => html(`<meta http-equiv="refresh" content="0; url=/gone">`),
    "/gone": () => html("", {}, 410),
    "/flaky": () => html("", {}, 500),
    "/silent": () => html(`<a href="/unsaid?a=1#b">x</a>`, { "referrer-policy": "no-referrer" }),
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    return pages[pathname]?.() ?? html("", {}, 404);
  });
  const { port } = server.addr;
  const site = `http://127.0.0.1:${port}`;
  await using place = await Workplace.open();
  const spider = place.write(
    "links.ts",
    `export default { name: "links", startUrls: ["${site}/", "${site}/no-start"], allowedDomains: ["127.0.0.1", "localhost"],
       *parse(page) { yield* page.follow("a"); } };`,
  );
  const crawl = ["crawl", spider, "-s", "concurrency=1", "-s", "retries=1", "-s", "robots=false"];
  const began = Date.now();
  {
    await using trawl = place.start(crawl);
    await trawl.until("the page that is held is asked for", () => asked.includes("/hold"));
    trawl.kill("SIGINT");
    try {
      await trawl.says("SIGINT: finishing 1 page;");
    } finally {
      held.resolve();
    }
    ends(await trawl.ended, 130);
  }
  assert.ok(!asked.includes("/missing"), "the pause was before");
  const wanted: Readonly<Record<string, Omit<Failed, "url" | "time">>> = {
    [`${site}/no-start`]: {},
    [`${site}/missing`]: { referrer: `${site}/` },
    [`${site}/gone`]: { referrer: `${site}/`, redirects: [`${site}/moved`, `${site}/moved-on`] },
    [`${site}/flaky`]: { referrer: `${site}/` },
    // What the page says of what is sent does not count for what is told.
    [`${site}/unsaid?a=1`]: { referrer: `${site}/silent` },
    [`http://localhost:${port}/other`]: { referrer: `${site}/` },
  };
  for (const more of [[], ["--retry-failed"]]) {
    ends(await place.run([...crawl, ...more]), 0);
    const failures = place.kept("links").failures as unknown as readonly Failed[];
    const found = failures.map(({ url, referrer, redirects }) => [url, {
      ...referrer !== undefined && { referrer },
      ...redirects !== undefined && { redirects },
    }]);
    assert.deepEqual(Object.fromEntries(found), wanted);
    assert.equal(failures.length, 6);
    for (const { time } of failures) {
      assert.equal(new Date(time).toISOString(), time);
      assert.ok(Date.parse(time) >= began && Date.parse(time) <= Date.now(), time);
    }
  }
});

Deno.test("what a sitemap names and fails is listed with the sitemap", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/robots.txt") return new Response(`Sitemap: ${origin}/map.txt`);
    if (pathname === "/map.txt") {
      return new Response(`${origin}/missing\n`, { headers: { "content-type": "text/plain" } });
    }
    return pathname === "/" ? html("start") : html("", {}, 404);
  });
  const site = `http://127.0.0.1:${server.addr.port}`;
  await using place = await Workplace.open();
  ends(await place.run(["crawl", "site", "--start-url", `${site}/`, "-s", "sitemaps=true"]), 0);
  const failures = place.kept("site").failures as unknown as readonly Failed[];
  assert.deepEqual(failures.map(({ url, referrer }) => [url, referrer]), [[`${site}/missing`, `${site}/map.txt`]]);
});
