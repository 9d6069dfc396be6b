/**
 * Servers whose sitemaps are the trouble. They are met only by a crawl with `sitemaps=true`.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { bombOf } from "./bodies.ts";
import type { Answer, Case } from "./case.ts";
import type { Peer } from "./peer.ts";

const xml = ["content-type: application/xml"];

const index = (...urls: readonly string[]) =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join("")}</sitemapindex>`;
const urlset = (...urls: readonly string[]) =>
  `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join("")}</urlset>`;

/** A host with ordinary pages and this for `/sitemap.xml` and all that begins with `/sitemap`. */
function sitemap(name: string, sitemap: Answer, wanted: Case["wanted"]): Case {
  const answer: Answer = (peer) =>
    peer.path.startsWith("/sitemap") ? sitemap(peer) : peer.sendPage("<title>page</title>");
  return { name: `a sitemap ${name}`, serving: { answer }, wanted };
}

const file = (make: (peer: Peer) => string | Uint8Array): Answer => (peer) => peer.sendPage(make(peer), xml);
const number = (path: string) => Number(/\d+/.exec(path)?.[0] ?? 0);
const onlyStart = { pages: 1, title: "page" } as const;

export const sitemapFiles: readonly Case[] = [
  sitemap("as it should be, of a page to which nothing links", file(({ origin }) => urlset(`${origin}/only-here`)), {
    pages: 2,
    title: "page",
  }),
  sitemap("that names itself", file(({ origin }) => index(`${origin}/sitemap.xml`)), onlyStart),
  sitemap(
    "that names another, and that the next, without end",
    file(({ origin, path }) => index(`${origin}/sitemap${number(path) + 1}.xml`)),
    onlyStart,
  ),
  sitemap("that is a bomb", (peer) => {
    const { encoding, body } = bombOf(peer.scale, "gzip");
    return peer.sendPage(body, [...xml, `content-encoding: ${encoding}`]);
  }, { failure: "too-large", message: /larger than/, pages: 1 }),
  sitemap(
    "that is a bomb of which no header tells",
    file(({ scale }) => bombOf(scale, "gzip").body),
    {
      failure: "too-large",
      message: /larger than/,
      pages: 1,
    },
  ),
  sitemap("without end", async (peer) => {
    await peer.sendAnswer("200 OK", xml, "<urlset>");
    await peer.sendForEver("<url></url>".repeat(1000));
  }, { failure: "too-large", message: /larger than/, pages: 1 }),
  sitemap("of elements nested in each other", file(({ scale }) => `<urlset>${"<url>".repeat(scale.many)}`), onlyStart),
  sitemap(
    "of the same page again and again",
    file(({ origin, scale }) => urlset(...new Array<string>(scale.many).fill(`${origin}/`))),
    onlyStart,
  ),
  sitemap(
    "whose entities grow",
    file(({ origin }) =>
      `<!DOCTYPE x [<!ENTITY a "${"a".repeat(1000)}"><!ENTITY b "${"&a;".repeat(1000)}"><!ENTITY c "${
        "&b;".repeat(1000)
      }">]>` +
      `<urlset><url><loc>${origin}/&c;</loc></url></urlset>`
    ),
    onlyStart,
  ),
  sitemap(
    "with a file of this machine as an entity",
    file(({ origin }) =>
      `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>${origin}/&f;</loc></url></urlset>`
    ),
    onlyStart,
  ),
  sitemap("that is gzip cut short", file(({ origin }) => gzipSync(urlset(`${origin}/x`)).subarray(0, -12)), {
    failure: "protocol",
    message: /Cannot decompress the sitemap/,
    pages: 1,
  }),
  sitemap(
    "of URLs that lead nowhere",
    file(() => urlset("file:///etc/passwd", "javascript:1", "http://", "//", "")),
    onlyStart,
  ),
  sitemap("of hosts that nobody should reach", file(() => urlset("http://169.254.77.77/sitemap-leads-here")), {
    failure: "address",
    message: /only with --allow-private/,
    about: "http://169.254.77.77/sitemap-leads-here",
    pages: 1,
  }),
];
