import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const spider = `export default {
  name: "mapped",
  allowedDomains: ["127.0.0.1"],
  *parse(page) {
    yield { path: new URL(page.url).pathname, lastmod: page.meta.lastmod ?? null };
  },
};
`;

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `/page/${from + at}`);
const urlset = (paths: readonly string[]) =>
  `<urlset>${paths.map((path) => `<url><loc>${path}</loc><lastmod>2024-05-01</lastmod></url>`).join("")}</urlset>`;
const index = (...paths: string[]) =>
  `<sitemapindex>${paths.map((path) => `<sitemap><loc>${path}</loc></sitemap>`).join("")}</sitemapindex>`;

/** A site whose pages have no links: its sitemaps alone name them. */
const files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  "/robots.txt": "User-agent: *\nDisallow: /page/7$\nSitemap: /index.xml\n",
  "/index.xml": index("/index.xml", "/pages.xml", "/more/index.xml", "/broken.xml"),
  "/more/index.xml": index("/index.xml", "/more/pages.xml.gz"),
  "/pages.xml": urlset(["/", ...names(0, 60), "http://elsewhere.invalid/"]),
  "/more/pages.xml.gz": new Uint8Array(gzipSync(urlset([...names(50, 120), "/page/3#again"]))),
  "/broken.xml": "<html><h1>Not here</h1></html>",
};

Deno.test("a crawl begins from the sitemaps of its site, and kills and resumes cost no page and repeat none", async () => {
  await using place = await Workplace.open();
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const body = files[pathname];
    return pathname === "/" || pathname.startsWith("/page/")
      ? new Response("", { headers: { "content-type": "text/html" } })
      : new Response(body ?? null, { status: body === undefined ? 404 : 200 });
  });
  const path = place.write("mapped.ts", spider);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const crawl = ["crawl", path, "--start-url", url, "-s", "sitemaps=true", "--checkpoint-interval", "0.05s"];
  const moments = [["SIGKILL", 3], ["SIGKILL", 5], ["SIGINT", 30], ["SIGKILL", 70], ["SIGTERM", 100]] as const;
  for (const [signal, requests] of moments) {
    await using trawl = place.start(crawl);
    await trawl.until(`${requests} requests`, () => asked.length >= requests);
    trawl.kill(signal);
    await trawl.ended;
  }
  ends(await place.run(crawl), 0);
  const kept = place.kept("mapped");
  const items = records(kept.output).map((line) => JSON.parse(line));
  const pages = names(0, 120).filter((page) => page !== "/page/7");
  assert.deepEqual(items.map(({ path }) => path).sort(), ["/", ...pages].sort());
  assert.deepEqual(items.find(({ path }) => path === "/page/3"), { path: "/page/3", lastmod: "2024-05-01" });
  assert.deepEqual(kept.failures.map(({ url, kind }) => `${new URL(url).pathname} ${kind}`).sort(), [
    "/broken.xml protocol",
    "/page/7 robots",
  ]);
});
