import assert from "node:assert/strict";
import { html } from "./fetch_site.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** One of something, said as if there were several; `6.1 pages/s` is none. */
const wrong =
  /(?<![\d.,])1 (?:pages|items|requests|links|bytes|files|hosts|cookies|times|matches|sitemaps|URLs|spiders|attempts)\b/;

Deno.test("one page, one item, one request: nothing counts one as several", async () => {
  const held: (() => void)[] = [];
  let isHeld = true;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return html(`<a href="/held">1</a>`);
    if (pathname === "/held" && isHeld) await new Promise<void>((resolve) => held.push(resolve));
    return pathname === "/held" ? html(`<a href="/missing">1</a>`) : html("", {}, 404);
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await using place = await Workplace.open();
  const crawl = ["crawl", "site", "--start-url", url, "--log-level", "debug", "-s", "robots=false"];
  const said: string[] = [];
  {
    await using trawl = place.start(crawl);
    await trawl.until("the second page is asked for", () => held.length > 0);
    trawl.kill("SIGINT");
    try {
      await trawl.says("SIGINT: finishing 1 page; once more");
    } finally {
      isHeld = false;
      for (const release of held) release();
    }
    ends(await trawl.ended, 130);
    said.push(trawl.stderr);
  }
  assert.match(said[0]!, /1 item, 1 link$/m);
  assert.match(said[0]!, /^1 request waits; the items so far are in /m);
  for (
    const [args, code] of [[["status"], 0], [["checkpoint", "show", "site"], 0], [
      ["checkpoint", "verify", "site"],
      0,
    ]] as const
  ) {
    const ended = await place.run(args);
    ends(ended, code);
    said.push(ended.stdout, ended.stderr);
  }
  const rest = await place.run(crawl);
  ends(rest, 0);
  said.push(rest.stderr);
  const again = await place.run([...crawl, "--retry-failed"]);
  ends(again, 0);
  assert.match(again.stderr, /Retrying 1 page that the last crawl gave up/);
  const single = await place.run([...crawl, "--project", "one", "-s", "maxPages=1"]);
  ends(single, 0);
  assert.match(single.stderr, /^Finished "site": 1 page, 1 item, 0 failed in /m);
  const one = await place.run(["fetch", url, "--css", "a"]);
  ends(one, 0);
  const status = await place.run(["status", "--project", "one"]);
  assert.match(status.stdout, /\b1 page {2}1 item {2}0 failed\b/);
  said.push(again.stderr, single.stderr, one.stderr, status.stdout);
  for (const text of said) assert.doesNotMatch(text, wrong);
});
