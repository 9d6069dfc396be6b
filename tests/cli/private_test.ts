import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** Follows every link, wherever it leads. */
const everywhere = `export default {
  name: "all",
  *parse(page) {
    yield { url: page.url };
    yield* page.follow("a");
  },
};`;

/** Addresses that are not public and not of this machine, in several spellings, each with what it is. */
const elsewhere: Readonly<Record<string, string>> = {
  "http://169.254.169.254/latest/meta-data/": "metadata",
  "http://0xA9FEA9FE/decimal": "metadata",
  "http://[::ffff:169.254.169.254]/mapped": "metadata",
  "http://10.255.255.1/": "private",
  "http://012.0.0.1/octal": "private",
  "http://[fd12::1]/": "private",
  "http://[fe80::1]/": "link-local",
  "http://metadata.google.internal/": "metadata",
};

function page(links: readonly string[]): Response {
  return new Response(links.map((url) => `<a href="${url}">x</a>`).join(), {
    headers: { "content-type": "text/html" },
  });
}

Deno.test("pages lead to addresses of the kinds that the start URLs have, also after a kill, and to no others", async () => {
  await using place = await Workplace.open();
  const held = Promise.withResolvers<void>();
  let isHeld = true;
  const other: string[] = [];
  await using neighbour = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    other.push(new URL(request.url).pathname);
    return page([]);
  });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/robots.txt") return new Response("", { status: 404 });
    if (pathname === "/") return page(["/later"]);
    if (isHeld) await held.promise;
    const moved = `http://127.0.0.1:${neighbour.addr.port}/neighbour`;
    return page([...Object.keys(elsewhere), moved]);
  });
  const spider = place.write("all.js", everywhere);
  const start = `http://127.0.0.1:${server.addr.port}/`;
  const crawl = ["crawl", spider, "--start-url", start, "--checkpoint-interval", "0.05s"];
  const kept = place.kept("all");
  {
    await using trawl = place.start(crawl);
    await trawl.until("a page is saved", () => kept.isPaused && kept.saved.crawl.counters.pages === 1);
    trawl.kill("SIGKILL");
    await trawl.ended;
  }
  isHeld = false;
  held.resolve();
  ends(await place.run(crawl), 0);
  assert.deepEqual(
    records(kept.output).map((line) => new URL(JSON.parse(line).url).pathname).sort(),
    ["/", "/later", "/neighbour"],
  );
  assert.deepEqual(other.sort(), ["/neighbour", "/robots.txt"]);
  const failed = kept.failures.map((
    { url, kind, message, attempts },
  ) => [url, kind, attempts, message.split(":").at(-1)]);
  assert.deepEqual(
    failed.sort(),
    Object.keys(elsewhere).map((url) => {
      return [new URL(url).href, "address", 1, " pages may lead there only with --allow-private"];
    }).sort(),
  );
  for (const [url, kind] of Object.entries(elsewhere)) {
    const line = kept.failures.find((failure) => failure.url === new URL(url).href);
    assert.match(line?.message ?? "", new RegExp(`\\b${kind} address`), url);
  }
});

Deno.test("--allow-private lets pages lead anywhere", async () => {
  await using place = await Workplace.open();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => page(["http://10.255.255.1/", "http://[fd12::1]/"]),
  );
  const spider = place.write("all.js", everywhere);
  const start = `http://127.0.0.1:${server.addr.port}/`;
  const quick = ["timeout=1s", "connectTimeout=1s", "retries=0", "robots=false"].flatMap((each) => ["-s", each]);
  ends(await place.run(["crawl", spider, "--start-url", start, "--allow-private", ...quick]), 0);
  const kinds = place.kept("all").failures.map(({ kind }) => kind);
  assert.equal(kinds.length, 2);
  assert.ok(!kinds.includes("address"), kinds.join());
});
