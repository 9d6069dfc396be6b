import assert from "node:assert/strict";
import { records } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { Workplace } from "./workplace.ts";

/** Where the pages of the site lead; nobody is there. */
const places = [
  "http://10.255.255.1:81/",
  "http://0xA9FEA9FE/latest/meta-data/",
  "http://[::ffff:10.0.0.1]/",
  "/moved",
];

/** Crawls a site on this machine that leads to private addresses. */
async function crawl(
  place: Workplace,
  flags: readonly string[],
): Promise<{ items: unknown[]; failures: Map<string, { kind: string; message: string; attempts: number }> }> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/moved") {
      return new Response(null, { status: 302, headers: { location: "http://10.255.255.2/" } });
    }
    const links = pathname === "/" ? [...places, "/other"] : [];
    const html = links.map((link) => `<a href="${link}">on</a>`).join("");
    return new Response(`<h1>${pathname}</h1>${html}`, { headers: { "content-type": "text/html" } });
  });
  const spider = place.write(
    "everywhere.ts",
    `export default {
      name: "everywhere",
      startUrls: ["http://127.0.0.1:${server.addr.port}/"],
      settings: { robots: false, retries: 1, timeout: "200ms" },
      *parse(page) {
        yield { path: new URL(page.url).pathname };
        yield* page.follow("a");
      },
    };`,
  );
  const ended = await place.run(["crawl", spider, "-o", "items.jsonl", "--data-dir", "data", ...flags]);
  ends(ended, 0);
  isPlain(ended);
  const lines = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line));
  const folder = `${place.folder}/data/default/everywhere/crawls`;
  const [failed] = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".failed.jsonl"));
  const failures = lines(Deno.readTextFileSync(`${folder}/${failed!.name}`));
  return {
    items: lines(Deno.readTextFileSync(`${place.folder}/items.jsonl`)),
    failures: new Map(failures.map((failure) => [failure.url, failure])),
  };
}

Deno.test("a crawl that begins on this machine is not led into the networks around it", async () => {
  await using place = await Workplace.open();
  const { items, failures } = await crawl(place, []);
  assert.deepEqual(items, [{ path: "/" }, { path: "/other" }]);
  const messages = [...failures.values()].map(({ kind, message, attempts }) => `${attempts} ${kind}: ${message}`)
    .sort();
  assert.deepEqual(messages, [
    "1 address: 10.255.255.1:81 is a private address: pages may lead there only with --allow-private",
    "1 address: 10.255.255.2 is a private address: pages may lead there only with --allow-private",
    "1 address: 169.254.169.254 is a metadata address: pages may lead there only with --allow-private",
    "1 address: [::ffff:a00:1] is a private address: pages may lead there only with --allow-private",
  ]);
});

Deno.test("crawl --allow-private lets itself be led anywhere", async () => {
  await using place = await Workplace.open();
  const { items, failures } = await crawl(place, ["--allow-private"]);
  assert.deepEqual(items, [{ path: "/" }, { path: "/other" }]);
  assert.equal(failures.size, 4);
  for (const { kind } of failures.values()) assert.notEqual(kind, "address");
});

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
