import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { authors, quotes } from "../../scripts/demo/mod.ts";
import { type Handler, html, latin, serving } from "./fetch_site.ts";
import { lines } from "./kept.ts";
import { ends, isPlain } from "./trawl.ts";
import { files, Workplace } from "./workplace.ts";

Deno.test("fetch shows the status and the headers, or what a query matches", async () => {
  await using place = await Workplace.open();
  const page = await place.run(["fetch", place.demo.quotes]);
  ends(page, 0);
  assert.equal(lines(page.stdout)[0], `200 ${place.demo.quotes}`);
  assert.match(page.stdout, /^content-type: text\/html; charset=utf-8$/m);
  const css = await place.run(["fetch", place.demo.quotes, "--css", "span.text::text"]);
  ends(css, 0);
  assert.deepEqual(lines(css.stdout), quotes.slice(0, 10).map(({ text }) => text));
  assert.match(css.stderr, /^10 matches$/m);
  const xpath = await place.run(["fetch", place.demo.quotes, "--xpath", "//small[@class='author']/text()"]);
  ends(xpath, 0);
  assert.deepEqual(lines(xpath.stdout), quotes.slice(0, 10).map(({ author }) => author.name));
  const none = await place.run(["fetch", place.demo.quotes, "--css", "video"]);
  ends(none, 1);
  assert.equal(none.stdout, "");
  assert.match(none.stderr, /^0 matches$/m);
});

Deno.test("fetch tells the way, the time, the size, the type, the encoding, robots.txt and the headers, in this order", async () => {
  const packed = new Uint8Array(gzipSync("<p>hello</p>".repeat(100)));
  await serving(
    () => html(packed, { "content-encoding": "gzip", "content-length": `${packed.length}`, "x-a": "b" }),
    async (place, url) => {
      const { stderr, stdout } = await place.run(["fetch", `${url}a`, "--css", "p::text"]);
      assert.deepEqual(lines(stdout), Array(100).fill("hello"));
      // Deno 2.6 takes these headers off with the encoding itself.
      const isTold = stderr.includes("content-encoding");
      const wanted = [
        `200 ${url}a`,
        /^time {5}headers after [\d.]+ m?s, body (at once|[\d.]+ m?s later)$/,
        `size     1.2 KB${isTold ? `, sent as ${packed.length} B with gzip` : ""}`,
        "type     text/html",
        "encoding utf-8, a guess: nothing declares it",
        "robots   allows it",
        /^steps {4}connect and wait T · body T · robots\.txt T · decode T · parse T · select T$/,
        "",
        ...isTold ? ["content-encoding: gzip", `content-length: ${packed.length}`] : [],
        "content-type: text/html",
        /^date: /,
      ];
      for (const [at, want] of wanted.entries()) {
        const line = stderr.split("\n")[at] ?? "";
        if (typeof want === "string") assert.equal(line, want);
        else assert.match(line.startsWith("steps") ? line.replace(/under 1 ms|[\d.]+ m?s/g, "T") : line, want);
      }
      assert.match(stderr, /^x-a: b\n\n100 matches\n$/m);
    },
  );
});

Deno.test("fetch follows redirects with their cookies, and shows the way", async () => {
  await using place = await Workplace.open();
  const author = new URL(`/author/${authors[0]!.slug}`, place.demo.quotes).href;
  const ended = await place.run(["fetch", author, "--css", "h3::text"]);
  ends(ended, 0);
  assert.equal(ended.stdout, `${authors[0]!.name}\n`);
  assert.match(ended.stderr, new RegExp(`^308 ${author} in .*\n200 ${author}/\n`));
  const guarded: Handler = ({ headers }) =>
    headers.get("cookie") === "seen=1"
      ? html("<p>in</p>")
      : html("", { location: "/", "set-cookie": "seen=1; HttpOnly" }, 302);
  await serving(guarded, async (place, url) => {
    const seen = await place.run(["fetch", url, "--css", "p::text"]);
    ends(seen, 0);
    assert.equal(seen.stdout, "in\n");
    assert.match(seen.stderr, new RegExp(`^302 ${url} in .*\n200 ${url}\n`));
    const without = await place.run(["fetch", url, "--css", "p::text", "-s", "cookies=false"]);
    ends(without, 1);
    assert.match(without.stderr, /^redirect Redirected more than 20 times/m);
    assert.equal(without.stderr.match(/^302 /gm)?.length, 21, "the whole way is shown");
  });
});

Deno.test("fetch goes on where a page sends elsewhere, as a crawl does", async () => {
  const handler: Handler = ({ url }) =>
    html(url.endsWith("/a") ? "<p>in</p>" : '<meta http-equiv="refresh" content="0; url=/a">');
  await serving(handler, async (place, url) => {
    const ended = await place.run(["fetch", url, "--css", "p::text"]);
    ends(ended, 0);
    assert.equal(ended.stdout, "in\n");
    assert.match(ended.stderr, new RegExp(`^200 ${url} in .*, goes on by meta refresh\n200 ${url}a\n`));
    const { redirects } = JSON.parse((await place.run(["fetch", url, "--json"])).stdout);
    assert.deepEqual([redirects.length, redirects[0].by], [1, "refresh"]);
  });
});

Deno.test("fetch says when a crawl would take the page for a block", async () => {
  await serving(() => html("<p>wait</p>", { "cf-mitigated": "challenge" }), async (place, url) => {
    const ended = await place.run(["fetch", url, "--css", "p::text"]);
    ends(ended, 1);
    assert.match(
      ended.stderr,
      /^blocked {2}127\.0\.0\.1:\d+ wants proof that we are a browser \(Cloudflare, status 200\)$/m,
    );
    assert.match(JSON.parse((await place.run(["fetch", url, "--json"])).stdout).blocked, /Cloudflare/);
  });
});

const encodings: readonly (readonly [body: Uint8Array<ArrayBuffer>, type: string, said: string, from: string])[] = [
  [latin("\xef\xbb\xbf<p>a"), "text/html; charset=latin1", "utf-8, by its byte order mark", "bom"],
  [latin("<p>\xe9"), "text/html; charset=latin1", "windows-1252, by the Content-Type header", "header"],
  [latin("<meta charset=koi8-r><p>a"), "text/html", "koi8-r, by the page's own declaration", "meta"],
  [latin("<p>\xe9"), "text/html", "windows-1252, a guess: nothing declares it", "guess"],
];
for (const [body, type, said, from] of encodings) {
  Deno.test(`fetch says how it knows an encoding: ${said}`, async () => {
    await serving(() => html(body, { "content-type": type }), async (place, url) => {
      const { stderr } = await place.run(["fetch", url]);
      assert.match(stderr, new RegExp(`^encoding ${said}$`, "m"));
      const { stdout } = await place.run(["fetch", url, "--json"]);
      assert.deepEqual([JSON.parse(stdout).encoding, JSON.parse(stdout).encodingFrom], [said.split(",")[0], from]);
    });
  });
}

Deno.test("fetch says that robots.txt forbids a page, or one that leads to it, and fetches it all the same", async () => {
  const handler: Handler = ({ url }) =>
    url.endsWith("/private/in") ? html("", { location: "/open" }, 302) : html("<p>secret</p>");
  await serving(handler, async (place, url, asked) => {
    for (const path of ["private", "private/in"]) {
      const ended = await place.run(["fetch", url + path, "--css", "p::text"]);
      ends(ended, 0);
      assert.equal(ended.stdout, "secret\n");
      assert.match(ended.stderr, /^robots {3}a crawl would not fetch it: http:.*\/robots\.txt forbids it$/m);
    }
    assert.match((await place.run(["fetch", `${url}open`])).stderr, /^robots {3}allows it$/m);
    asked.length = 0;
    const { stderr } = await place.run(["fetch", `${url}private`, "-s", "robots=false"]);
    assert.match(stderr, /^robots {3}not obeyed \(robots=false\)$/m);
    assert.deepEqual(asked, ["/private"]);
  });
});

Deno.test("fetch asks as a crawl with the same settings does", async () => {
  const echo: Handler = ({ headers }) => html(`<p>${headers.get("user-agent")}</p>`);
  await serving(echo, async (place, url) => {
    assert.match((await place.run(["fetch", url, "--css", "p::text"])).stdout, /^trawl\/\d/);
    const { stdout } = await place.run(["fetch", url, "--css", "p::text", "-s", "userAgent=me/1"]);
    assert.equal(stdout, "me/1\n");
  });
});

Deno.test("fetch goes through the proxy that it is told to", async () => {
  await serving(({ url }) => html(`<p>${url}</p>`), async (place, url) => {
    const fetch = ["fetch", "http://only.proxy.invalid/a", "--css", "p::text", "--proxy-type", "some"];
    const ended = await place.run(fetch, { env: { SOME_PROXY_URL: url } });
    ends(ended, 0);
    assert.equal(ended.stdout, "http://only.proxy.invalid/a\n");
  });
});

Deno.test("fetch ends with 1 for a page that is not there, unless the spider wants to see it", async () => {
  await serving(() => html("<p>gone</p>", {}, 404), async (place, url) => {
    const missing = await place.run(["fetch", url, "--css", "p"]);
    ends(missing, 1);
    assert.equal(missing.stdout, "<p>gone</p>\n");
    assert.match(missing.stderr, /^404 /);
    ends(await place.run(["fetch", url, "--css", "p", "-s", "handleStatuses=404"]), 0);
  });
});

Deno.test("fetch says what failed and what to do", async () => {
  await serving(() => html("x".repeat(2000)), async (place, url, _, close) => {
    const large = await place.run(["fetch", url, "-s", "maxBodySize=1KB"]);
    ends(large, 1);
    assert.match(large.stderr, /^too-large The answer of .* is larger than 1 KB\n.*-s maxBodySize=/);
    await close();
    const refused = await place.run(["fetch", url]);
    ends(refused, 1);
    isPlain(refused);
    assert.match(refused.stderr, /^connect .* refused the connection\nCheck that the server runs/);
    assert.equal(refused.stdout, "");
  });
});

Deno.test("fetch gives up on a page of too many elements, as a crawl does", async () => {
  await serving(() => html("<p>one</p>".repeat(20)), async (place, url) => {
    const few = await place.run(["fetch", url, "--css", "p::text", "-s", "maxElements=10"]);
    ends(few, 1);
    assert.match(few.stderr, /^too-large The page has more than 10 elements; the setting maxElements allows more$/m);
    const enough = await place.run(["fetch", url, "--css", "p::text", "-s", "maxElements=20"]);
    ends(enough, 0);
    assert.equal(lines(enough.stdout).length, 20);
  });
});

Deno.test("fetch answers from a cache without a server, and says so", async () => {
  const tagged: Handler = ({ headers }) =>
    headers.get("if-none-match") === '"v1"'
      ? new Response(null, { status: 304 })
      : html("<p>page</p>", { etag: '"v1"', location: "/" });
  await serving(tagged, async (place, url, asked, close) => {
    const fetch = ["fetch", url, "--css", "p::text", "--cache", "kept/pages"];
    const first = await place.run(fetch);
    ends(first, 0);
    assert.doesNotMatch(first.stderr, /cache/);
    assert.deepEqual(asked, ["/", "/robots.txt"]);
    const renewed = await place.run([...fetch, "--cache-age", "0"]);
    ends(renewed, 0);
    assert.match(renewed.stderr, /^200 .*\ntime .*: nothing has changed; body from the cache, stored .* ago$/m);
    assert.deepEqual(asked, ["/", "/robots.txt", "/", "/robots.txt"]);
    await close();
    const cached = await place.run(fetch);
    ends(cached, 0);
    assert.equal(cached.stdout, "page\n");
    assert.match(cached.stderr, /^time {5}from the cache, stored .* ago; headers after [\d.]+ m?s then$/m);
    const { cached: isCached, bodyTime } = JSON.parse((await place.run([...fetch, "--json"])).stdout);
    assert.deepEqual([isCached, bodyTime], [true, null]);
    ends(await place.run([...fetch, "--cache-age", "0"]), 1);
  });
});

Deno.test("fetch goes on from a redirect of its cache to where the user may go", async () => {
  let target = "/a";
  const handler: Handler = ({ url }) =>
    url.endsWith("/") ? html("", { location: target }, 302) : html(`<p>${new URL(url).pathname}</p>`);
  await serving(handler, async (place, url, asked) => {
    const fetch = ["fetch", url, "--cache", "pages", "-s", "robots=false"];
    ends(await place.run(fetch), 0);
    for (const path of files(`${place.folder}/pages`)) {
      if (new TextDecoder().decode(Deno.readFileSync(path)).includes("<p>")) Deno.removeSync(path);
    }
    target = "/b";
    asked.length = 0;
    const ended = await place.run([...fetch, "--css", "p::text"]);
    ends(ended, 0);
    assert.deepEqual([ended.stdout, asked], ["/a\n", ["/a"]]);
    assert.match(ended.stderr, new RegExp(`^302 ${url} from the cache\n200 ${url}a\n`));
  });
});

Deno.test("fetch is not troubled by a reader that has read enough", async () => {
  await serving(() => html(`<p>${"word ".repeat(1000)}</p>`.repeat(1000)), async (place, url) => {
    for (const more of [["--body"], ["--css", "p"]]) {
      await using trawl = place.start(["fetch", url, ...more]);
      trawl.closeStdout();
      const ended = await trawl.ended;
      ends(ended, 0);
      isPlain(ended);
    }
  });
});

const mistakes: readonly (readonly [args: string, ...said: RegExp[]])[] = [
  ["fetch", /fetch needs <url>/],
  ["fetch ftp://127.0.0.1/", /fetch ftp:\/\/127\.0\.0\.1\/: it is not an http or https URL/],
  ["fetch http://", /fetch http:\/\/: it is not an http or https URL/],
  ["fetch URL --css a[[", /--css: Cannot read CSS selector "a\[\["/],
  ["fetch URL --xpath nope()", /--xpath: Cannot read XPath expression "nope\(\)"/],
  ["fetch URL --css a --body", /--css and --body: give one of them/],
  ["fetch URL --body -o -", /--body and --output: give one of them/],
  ["fetch URL --json -o -", /--json and --output: give one of them/],
  ["fetch URL --output=", /--output needs a value: --output FILE/],
  ["fetch URL --cache=", /--cache needs a value: --cache DIR/],
  ["fetch URL --cache-age 5m", /--cache-age: .* name one with --cache DIR/],
  ["fetch URL --cache c --cache-age soon", /--cache-age: .*"soon"/],
  ["fetch URL --proxy-type nope", /--proxy-type nope: no proxy of that name is configured.*NOPE_PROXY_URL/],
  ["fetch nope --css a[[ --cache=", /fetch nope/, /--css/, /--cache/],
];
for (const [args, ...said] of mistakes) {
  Deno.test(`trawl ${args}: is a usage error, and nobody is asked`, async () => {
    await serving(() => html(""), async (place, url, asked) => {
      const ended = await place.run(args.replace("URL", url).split(" "));
      ends(ended, 2);
      isPlain(ended);
      for (const each of said) assert.match(ended.stderr, each);
      assert.deepEqual([ended.stdout, asked, files(place.folder)], ["", [], []]);
    });
  });
}
