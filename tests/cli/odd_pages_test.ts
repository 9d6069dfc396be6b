import assert from "node:assert/strict";
import { RawServer, send } from "../net/raw_server.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A page, byte for byte, with its headers: what an ordinary server would not say. */
function page(headers: readonly string[], body: string, status = "200 OK"): Uint8Array {
  const lines = [`HTTP/1.1 ${status}`, ...headers, "Connection: close", `Content-Length: ${body.length}`, "", body];
  return latin(lines.join("\r\n"));
}

const html = "Content-Type: text/html; charset=utf-8";
const ok = (path: string) => page([html], `<title>page ${path}</title>`);

/** Serves these pages by their paths, and a small one on every other path; `asked` has the paths in their order. */
function serving(pages: Readonly<Record<string, Uint8Array>>, asked: string[] = []): RawServer {
  return new RawServer(async (connection, head) => {
    const path = head.split(" ")[1] ?? "";
    const missing = page([], "", "404 Not Found");
    if (path !== "/robots.txt") asked.push(path);
    await send(connection, pages[path] ?? (path === "/robots.txt" ? missing : ok(path)));
    connection.closeWrite();
  });
}

interface Item {
  readonly url: string;
  readonly title: string;
  readonly links: number;
}

/** Crawls a site of these pages with `site`; returns the titles by path, and what was asked for. */
async function site(pages: Readonly<Record<string, Uint8Array>>) {
  const asked: string[] = [];
  await using server = serving(pages, asked);
  await using place = await Workplace.open();
  const ended = await place.run(["crawl", "site", "--start-url", server.url, "-o", "-", "-s", "retries=0"]);
  const items = ended.stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Item);
  const titles = Object.fromEntries(items.map(({ url, title }) => [new URL(url).pathname, title]));
  return { ended, titles, asked: asked.sort() };
}

Deno.test("site takes a page for HTML as browsers do, however its Content-Type comes", async () => {
  const shown = [
    ["Content-Type: text/html", "Content-Type: text/html; charset=utf-8"],
    ["Content-Type: text/html, text/html; charset=utf-8"],
    ["Content-Type: application/octet-stream", "Content-Type: text/html"],
    ["Content-Type: text/html; charset=iso-8859-1", "Content-Type: text/html; charset=utf-8"],
    ["Content-Type:"],
    ["Content-Type: */*"],
    ["Content-Type: unknown/unknown"],
    ["Content-Type: html"],
    [],
  ];
  const other = [["Content-Type: text/plain"], ["Content-Type: text/html", "Content-Type: application/json"]];
  const body = "<title>Gr\xc3\xbc\xc3\x9fe</title>";
  const all = [...shown, ...other].map((headers, at) => [`/${at}`, page(headers, body)] as const);
  const links = all.map(([path]) => `<a href=${path}>x</a>`).join("");
  const { ended, titles } = await site({
    "/": page([html], `<title>home</title>${links}`),
    ...Object.fromEntries(all),
  });
  ends(ended, 0);
  assert.deepEqual(titles, { "/": "home", ...Object.fromEntries(shown.map((_, at) => [`/${at}`, "Grüße"])) });
});

Deno.test("site goes on where a page sends by a repeated Location, by Refresh and from far down, and is told of two", async () => {
  const to = (...headers: readonly string[]) => page(headers, "", "302 Found");
  const { ended, asked } = await site({
    "/": page([html], ["/1", "/2", "/3", "/4", "/5", "/6"].map((path) => `<a href=${path}>x</a>`).join("")),
    "/1": to("Location: /to1", "Location: /to1"),
    "/2": to("Location:", "Location: /to2"),
    "/3": to("Location: /x", "Location: /y"),
    "/4": page([html, "Refresh: 0; url=/to4"], "<title>wait</title>"),
    "/5": page([html], `<!--${"x".repeat(5000)}--><meta http-equiv=refresh content='0;url=/to5'>`),
    "/6": page(["Content-Type: text/html"], "<meta http-equiv=refresh content='0;url=/suche?q=B\xfccher'>"),
  });
  ends(ended, 0);
  assert.deepEqual(asked, [
    "/",
    "/1",
    "/2",
    "/3",
    "/4",
    "/5",
    "/6",
    "/suche?q=B%FCcher",
    "/to1",
    "/to2",
    "/to4",
    "/to5",
  ]);
  assert.match(ended.stderr, /Redirected to "\/x" and to "\/y" at once: there is more than one Location header/);
});

Deno.test("site follows areas, frames and iframes, and links with too many slashes", async () => {
  await using elsewhere = serving({});
  const { host } = new URL(elsewhere.url);
  const { asked, titles } = await site({
    "/": page([html], "<title>Home</title><map name=m><area href=/a><area href=/b></map><iframe src=/c></iframe>"),
    "/a": page([html], "<title>Set</title><frameset cols=*><frame src=/menu><frame src=/main></frameset>"),
    "/b": page(
      [html],
      "<base/href=/below/><svg><base href=/no/><title>icon</title></svg><title>B</title><a href=d>d</a>",
    ),
    "/c": page([html], `<body><svg><title>Menu icon</title></svg><h1>H</h1><a href=///${host}/elsewhere>x</a>`),
    "/menu": page([`Location: ///${host}/`], "", "302 Found"),
  });
  assert.deepEqual(asked, ["/", "/a", "/b", "/below/d", "/c", "/main", "/menu"]);
  assert.deepEqual(titles, {
    "/": "Home",
    "/a": "Set",
    "/b": "B",
    "/c": "",
    "/main": "page /main",
    "/below/d": "page /below/d",
  });
});

Deno.test("fetch reads a page in the encoding that it declares far down, and says what the page is", async () => {
  const russian = "\xcf\xf0\xe8\xe2\xe5\xf2";
  await using server = serving({
    "/far": page(
      ["Content-Type: text/html"],
      `<style>${"x".repeat(5000)}</style><meta charset=windows-1251><title>${russian}</title>`,
    ),
    "/cut": page(["Content-Type:"], "<title>\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82</title><p>\xff"),
    "/sloppy": page([], "<meta httpequiv=ContentType content='text/html; charset=gbk'><title>\xc8\xd5\xb1\xbe</title>"),
  });
  await using place = await Workplace.open();
  const fetched = async (path: string) => {
    const ended = await place.run(["fetch", `${server.url}${path}`, "--css", "title::text"]);
    ends(ended, 0);
    return ended;
  };
  assert.equal((await fetched("far")).stdout, "Привет\n");
  const cut = await fetched("cut");
  assert.equal(cut.stdout, "Привет\n");
  assert.match(cut.stderr, /^type +empty, read as text\/html$/m);
  const sloppy = await fetched("sloppy");
  assert.equal(sloppy.stdout, "日本\n");
  assert.match(sloppy.stderr, /^type +none, read as text\/html$/m);
  assert.match(sloppy.stderr, /^encoding gbk, by the page's own declaration$/m);
});

Deno.test("a spider's allowedDomains may be in Unicode or with a star, and its columns count for JSON", async () => {
  await using server = serving({
    "/": page([html], "<a href=http://shop.b\xc3\xbccher.test/x>x</a><a href=http://a.other.test/y>y</a>"),
  });
  await using place = await Workplace.open();
  const spider = place.write(
    "unicode.ts",
    `export default { name: "unicode", startUrls: ["${server.url}"], allowedDomains: ["bücher.test", "*.other.test"],
      settings: { columns: ["b", "a"], retries: 0 },
      *parse(page) { yield { a: 1, b: 2, c: 3 }; yield* page.follow("a"); } };`,
  );
  const { stdout, stderr } = await place.run(["crawl", spider, "--limit", "1", "-o", "-"]);
  assert.equal(stdout, '{"b":2,"a":1}\n');
  const whole = await place.run(["crawl", spider, "-o", "-"]);
  assert.match(whole.stderr, /shop\.xn--bcher-kva\.test/, stderr);
  assert.match(whole.stderr, /a\.other\.test/, stderr);
});
