/**
 * Servers whose robots.txt is the trouble.
 *
 * @module
 */
import { bombOf } from "./bodies.ts";
import type { Answer, Case } from "./case.ts";

const page: Answer = (peer) => peer.sendPage("<title>page</title>");
const isRead = { pages: 1, title: "page" } as const;
const plain = ["content-type: text/plain"];

/** A host with ordinary pages and this robots.txt. */
function robots(name: string, robots: Answer, wanted: Case["wanted"], path = "/"): Case {
  return { name: `a robots.txt ${name}`, path, serving: { robots, answer: page }, wanted };
}

const text = (body: string, headers: readonly string[] = plain): Answer => (peer) => peer.sendPage(body, headers);
const status = (line: string): Answer => (peer) => peer.sendAnswer(line, ["content-length: 0", "connection: close"]);
const refused = (message: RegExp) => ({ failure: "robots", message }) as const;

export const robotsFiles: readonly Case[] = [
  robots("without end", async (peer) => {
    await peer.sendAnswer("200 OK", plain);
    await peer.sendForEver("user-agent: nobody\ndisallow: /\n".repeat(1000));
  }, isRead),
  robots("of 500 MB, announced", async (peer) => {
    await peer.sendAnswer("200 OK", [...plain, "content-length: 500000000"]);
    await peer.sendForEver("# nothing\n".repeat(1000));
  }, isRead),
  robots("of one line without end", async (peer) => {
    await peer.sendAnswer("200 OK", plain, "user-agent: *\ndisallow: /");
    await peer.sendForEver("x".repeat(10_000));
  }, isRead),
  robots("that is a bomb", async (peer) => {
    const { encoding, body } = bombOf(peer.scale, "br");
    await peer.sendPage(body, [...plain, `content-encoding: ${encoding}`]);
  }, isRead),
  robots("with status 500", status("500 Internal Server Error"), refused(/status 500/)),
  robots("with status 503", status("503 Service Unavailable"), refused(/status 503/)),
  robots("with status 403", status("403 Forbidden"), isRead),
  robots("that does not come", (peer) => peer.untilGone(), refused(/sent no answer within/)),
  robots(
    "that breaks off",
    (peer) => peer.sendAnswer("200 OK", [...plain, "content-length: 500"], "user-agent: *\n"),
    refused(/ends too early/),
  ),
  robots("that redirects for ever", (peer) => peer.sendRedirect(`${peer.path}?`), isRead),
  robots("that redirects to a file", (peer) => peer.sendRedirect("file:///etc/passwd"), isRead),
  robots(
    "that is HTML",
    text("<!doctype html><title>not a robots.txt</title>\nUser-agent: *\n", ["content-type: text/html"]),
    isRead,
  ),
  robots("that is binary", (peer) => peer.sendPage(new Uint8Array(100_000).map((_, at) => at * 7), plain), isRead),
  robots("of nothing but groups", text("user-agent: trawl\n".repeat(20_000)), isRead),
  robots(
    "of nothing but wildcards",
    text(`user-agent: *\ndisallow: /${"*a".repeat(2000)}b$\n`.repeat(20)),
    isRead,
    `/${"a".repeat(5000)}`,
  ),
  robots(
    "of 10,000 rules with wildcards",
    text(`user-agent: *\n${Array.from({ length: 10_000 }, (_, at) => `disallow: /*${at}*x*y*z$\n`).join("")}`),
    isRead,
    `/${"xyz1234567890".repeat(100)}`,
  ),
  robots(
    "that names 10,000 sitemaps",
    text(Array.from({ length: 10_000 }, (_, at) => `sitemap: /map${at}.xml\n`).join("")),
    isRead,
  ),
];
