import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { EngineOptions } from "../../lib/engine/engine.ts";
import { namedSitemaps, readSitemap, sitemapsOf } from "../../lib/engine/sitemaps.ts";
import type { Failure } from "../../lib/model/outcome.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import type { Response } from "../../lib/model/response.ts";
import { parseRobots } from "../../lib/robots/rules.ts";
import type { Page } from "../../lib/spider/page.ts";
import type { Spider } from "../../lib/spider/spider.ts";
import { conformance } from "../url/vectors.ts";
import { asked, done, open as openCrawl, type Said } from "./parts.ts";
import { answer, followAll, links, pathOf } from "./site.ts";

const urlset = (...urls: string[]) => `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join("")}</urlset>`;
const index = (...urls: string[]) =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join("")}</sitemapindex>`;

const logged: string[] = [];
const log = (level: string) => (message: string) => {
  if (level !== "debug") logged.push(`${level}: ${message}`);
};

const sitemap = "http://a.com/maps/1.xml";

async function read(
  body: string | Uint8Array<ArrayBuffer>,
  about: Partial<Request> = {},
  status = 200,
): Promise<readonly Request[] | Failure> {
  logged.length = 0;
  const { response } = answer(sitemap, "", status);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return await readSitemap(
    createRequest(sitemap, { callback: "(sitemap)", depth: 1, ...about }),
    { ...response as Response, body: bytes },
    {
      maxBodySize: 100_000,
      log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    },
  );
}

const plain = (requests: readonly Request[] | Failure) =>
  "kind" in requests ? requests : requests.map(({ url, callback, depth, meta }) => ({ url, callback, depth, meta }));

Deno.test("readSitemap() makes requests of the spider of the pages that a sitemap names, one link from the start", async () => {
  const text = "<urlset><url><loc>http://a.com/2</loc><lastmod>2024-05-01</lastmod></url><url><loc>/1#top</loc></url>" +
    "<url><loc>ftp://a.com/</loc></url></urlset>";
  assert.deepEqual(plain(await read(text)), [
    { url: "http://a.com/2", callback: "parse", depth: 1, meta: { sitemap, lastmod: "2024-05-01" } },
    { url: "http://a.com/1", callback: "parse", depth: 1, meta: { sitemap } },
  ]);
  assert.deepEqual(logged, []);
});

Deno.test("readSitemap() follows indexes three times, and says what it does not read", async () => {
  const next = (nested: number) => ({ url: "http://a.com/2.xml", callback: "(sitemap)", depth: 1, meta: { nested } });
  assert.deepEqual(plain(await read(index("/2.xml"))), [next(1)]);
  assert.deepEqual(plain(await read(index("/2.xml"), { meta: { nested: 1 } })), [next(2)]);
  assert.deepEqual(plain(await read(index("/2.xml"), { meta: { nested: 2 } })), [next(3)]);
  assert.deepEqual(logged, []);
  assert.deepEqual(plain(await read(index("/2.xml", "/3.xml"), { meta: { nested: 3 } })), []);
  assert.deepEqual(logged, ["warn: the 2 sitemaps that it names are not read: 3 indexes led here"]);
  assert.deepEqual(plain(await read(urlset("/x"), { meta: { nested: 3 } })), [
    { url: "http://a.com/x", callback: "parse", depth: 1, meta: { sitemap } },
  ]);
});

Deno.test("readSitemap() takes the first fifty thousand URLs", async () => {
  const text = Array.from({ length: 50_001 }, (_, at) => `http://a.com/${at}`).join("\n");
  const requests = await read(text) as readonly Request[];
  assert.equal(requests.length, 50_000);
  assert.equal(requests.at(-1)?.url, "http://a.com/49999");
  assert.deepEqual(logged, ["warn: it names more than 50,000 URLs: the first count"]);
});

Deno.test("readSitemap() unpacks gzip, up to the size of one body, and reads any encoding", async () => {
  const packed = (body: string | Uint8Array) => new Uint8Array(gzipSync(body));
  const page = [{ url: "http://a.com/%C3%A9", callback: "parse", depth: 1, meta: { sitemap } }];
  assert.deepEqual(plain(await read(packed(urlset("/é")))), page);
  const latin1 = Uint8Array.from(
    `<?xml version="1.0" encoding="iso-8859-1"?>${urlset("/\xe9")}`,
    (each) => each.charCodeAt(0),
  );
  assert.deepEqual(plain(await read(latin1)), page);
  assert.deepEqual(plain(await read(packed(latin1))), page);
  assert.deepEqual(await read(packed(new Uint8Array(100_001))), {
    kind: "too-large",
    message: "The sitemap is larger than 100 KB when it is decompressed",
  });
  // Without the checksum at its end.
  assert.deepEqual(plain(await read(packed(urlset("/é")).slice(0, -8))), page);
  const damaged = await read(packed(urlset("/1")).slice(0, -9)) as Failure;
  assert.equal(damaged.kind, "protocol");
  assert.match(damaged.message, /^Cannot decompress the sitemap: ./);
});

Deno.test("readSitemap() fails for what is no sitemap, except where one was only guessed", async () => {
  const html = "\n<html>\x1b[31m<h1>Not here</h1></html>";
  assert.deepEqual(await read(html), {
    kind: "protocol",
    message: 'It is not a sitemap; it begins with "<html>\\e[31m<h1>Not here</h1></html>"',
  });
  assert.deepEqual(await read("", {}, 404), { kind: "status", status: 404, message: "status 404" });
  const guessed = { meta: { guessed: true } };
  assert.deepEqual(await read("", guessed, 404), []);
  assert.deepEqual(logged, []);
  assert.deepEqual(await read(html, guessed), []);
  assert.equal(logged.length, 1);
});

Deno.test("namedSitemaps() asks for those that a robots.txt names, or else for /sitemap.xml", () => {
  const robots = sitemapsOf(createRequest("https://a.com:8443/x/y?z"));
  assert.equal(robots.url, "https://a.com:8443/robots.txt");
  assert.deepEqual(plain(namedSitemaps(robots, ["/1.xml", "http://b.com/2.xml", "ftp://b.com/3.xml"])), [
    { url: "https://a.com:8443/1.xml", callback: "(sitemap)", depth: 1, meta: {} },
    { url: "http://b.com/2.xml", callback: "(sitemap)", depth: 1, meta: {} },
  ]);
  for (const none of [[], ["ftp://b.com/3.xml"]]) {
    const [guessed, ...others] = namedSitemaps(robots, none);
    assert.deepEqual(others, []);
    assert.equal(guessed?.url, "https://a.com:8443/sitemap.xml");
    assert.deepEqual(guessed.handleStatuses, [404, 410]);
  }
});

Deno.test("what sitemaps name is of the session of the start request, and the password stays on its site", async () => {
  const start = createRequest("http://a.com/x", { jar: "two", userinfo: "me:secret" });
  const [sitemap, other] = namedSitemaps(sitemapsOf(start), ["/1.xml", "http://b.com/2.xml"]);
  assert.deepEqual([sitemap?.jar, sitemap?.userinfo, other?.jar, other?.userinfo], ["two", "me:secret", "two", ""]);
  const requests = await read(urlset("/1", "http://you:too@a.com/2", "http://b.com/3"), sitemap) as readonly Request[];
  assert.deepEqual(requests.map(({ url, jar, userinfo }) => [url, jar, userinfo]), [
    ["http://a.com/1", "two", "me:secret"],
    ["http://a.com/2", "two", "you:too"],
    ["http://b.com/3", "two", ""],
  ]);
});

interface Case {
  readonly id: number;
  readonly fn: string;
  readonly robots?: string | { readonly $b64: string };
  readonly base_url?: string;
  readonly result?: readonly string[];
}

conformance<Case>({
  file: "sitemap.json",
  name: "namedSitemaps() finds the sitemaps in a robots.txt that Scrapy finds",
  outside: ({ fn }) =>
    fn === "sitemap_urls_from_robots" ? undefined : "sitemaps are tests/html/sitemap_vectors_test.ts",
  check({ robots, base_url, result }) {
    const text = typeof robots === "object" ? atob(robots.$b64) : robots;
    const request = sitemapsOf(createRequest(`${base_url ?? "http://example.com"}/`));
    const { sitemaps } = parseRobots(request.url, text ?? "", "trawl");
    assert.deepEqual(namedSitemaps(request, sitemaps).map(({ url }) => url), result);
  },
});

const spider: Spider = {
  ...followAll,
  *parse(page: Page) {
    yield { url: page.url, depth: page.depth };
    yield* page.follow("a");
  },
};

/** A crawl of a site of these files; `crawled` runs it, and returns what it asked for. */
function open(said: Partial<Said>, files: Readonly<Record<string, string>>, options: Partial<EngineOptions> = {}) {
  const run = openCrawl({
    spider,
    site({ url }) {
      const text = files[pathOf(url)];
      return text === undefined ? answer(url, "", 404) : answer(url, text);
    },
    robots: true,
    ...said,
  }, { sitemaps: true, ...options });
  const crawled = async () => {
    assert.deepEqual(await run.crawl(), done);
    return asked(run);
  };
  return { ...run, crawled };
}

const files = {
  "/robots.txt": "Sitemap: /index.xml\nUser-agent: *\nDisallow: /secret",
  "/index.xml": index("http://a.com/index.xml", "http://a.com/1.xml", "http://a.com/2.xml", "http://a.com/secret.xml"),
  "/1.xml": urlset("http://a.com/one", "http://a.com/two", "http://b.com/"),
  "/2.xml": urlset("http://a.com/two", "http://a.com/", "http://a.com/secret/page"),
  "/": links("/one"),
  "/one": "",
  "/two": links("/1.xml"),
};

Deno.test("a crawl with sitemaps begins from them too, asks for each URL once, and counts no sitemap as a page", async () => {
  const run = open({ spider: { ...spider, allowedDomains: ["a.com"] }, concurrency: 1 }, files);
  const asked = await run.crawled();
  assert.deepEqual(asked, ["/robots.txt", "/", "/index.xml", "/one", "/1.xml", "/2.xml", "/two"]);
  assert.deepEqual(run.items(), [
    { url: "http://a.com/", depth: 0 },
    { url: "http://a.com/one", depth: 1 },
    { url: "http://a.com/two", depth: 1 },
  ]);
  const { pages, failed, forbidden, offsite } = run.parts.counters;
  assert.deepEqual({ pages, failed, forbidden, offsite }, { pages: 3, failed: 0, forbidden: 2, offsite: 1 });
  assert.deepEqual(run.failures().map(({ url, kind, callback }) => ({ url, kind, callback })), [
    { url: "http://a.com/secret.xml", kind: "robots", callback: "(sitemap)" },
    { url: "http://a.com/secret/page", kind: "robots", callback: "parse" },
  ]);
});

Deno.test("a crawl without the setting asks for no sitemap", async () => {
  assert.deepEqual(await open({}, files, { sitemaps: false }).crawled(), ["/robots.txt", "/", "/one"]);
});

Deno.test("a crawl that does not obey robots.txt asks it for sitemaps all the same", async () => {
  const run = open({ robots: false, spider: { ...spider, allowedDomains: ["a.com"] } }, files);
  const asked = await run.crawled();
  assert.equal(asked.filter((path) => path === "/robots.txt").length, 1);
  assert.ok(asked.includes("/secret/page"));
  assert.deepEqual(run.failures().map(({ status }) => status), [404, 404]);
});

Deno.test("a site without robots.txt is asked for /sitemap.xml, and has failed at nothing when there is none", async () => {
  const run = open({}, { "/": "" });
  assert.deepEqual(await run.crawled(), ["/robots.txt", "/", "/sitemap.xml"]);
  assert.deepEqual(run.failures(), []);
  const found = open({}, { "/": "", "/sitemap.xml": urlset("/x"), "/x": "" });
  assert.deepEqual(await found.crawled(), ["/robots.txt", "/", "/sitemap.xml", "/x"]);
});

Deno.test("a depth limit of nought leaves out what sitemaps name", async () => {
  const run = open({ depthLimit: 0 }, files);
  assert.deepEqual(await run.crawled(), ["/robots.txt", "/"]);
});

Deno.test("a sitemap that is none costs itself alone", async () => {
  const run = open({}, { ...files, "/1.xml": "<html>" });
  await run.crawled();
  const { kind, attempts } = run.failures().find(({ url }) => url === "http://a.com/1.xml")!;
  assert.deepEqual([kind, attempts], ["protocol", 1]);
  assert.ok(run.items().some(({ url }) => url === "http://a.com/two"));
});
