import assert from "node:assert/strict";
import { type Handler, html, latin, serving } from "./fetch_site.ts";
import { ends, isPlain } from "./trawl.ts";
import { files } from "./workplace.ts";

Deno.test("fetch --json prints one object with all of it, and nothing else", async () => {
  const handler: Handler = ({ url }) => {
    if (!url.endsWith("/a")) return html("", { location: "/a" }, 301);
    const page = html("<p>1</p><p>2</p>", { "x-a": "b" });
    for (const cookie of ["c=1", "d=2; Path=/"]) page.headers.append("set-cookie", cookie);
    return page;
  };
  await serving(handler, async (place, url) => {
    const ended = await place.run(["fetch", url, "--json", "--css", "p::text"]);
    ends(ended, 0);
    assert.equal(ended.stderr, "");
    const { headers: { date, vary: _, ...headers }, latency, bodyTime, redirects, times, ...rest } = JSON.parse(
      ended.stdout,
    );
    assert.deepEqual(rest, {
      url: `${url}a`,
      status: 200,
      contentType: "text/html",
      mimeType: "text/html",
      encoding: "utf-8",
      encodingFrom: "guess",
      bytes: 16,
      transferred: 16,
      cached: false,
      storedAt: null,
      blocked: null,
      robots: { allowed: true, reason: null },
      matches: ["1", "2"],
    });
    assert.deepEqual(Object.keys(times), ["lookup", "answer", "body", "robots", "decode", "parse", "select"]);
    // Nobody was asked for the address of an address.
    assert.equal(times.lookup, null);
    for (const name of ["answer", "body", "robots", "decode", "parse", "select"]) assert.ok(times[name] >= 0, name);
    assert.ok(times.answer + times.body > 0);
    assert.deepEqual(headers, {
      "content-length": "16",
      "content-type": "text/html",
      "set-cookie": ["c=1", "d=2; Path=/"],
      "x-a": "b",
    });
    assert.equal(typeof date, "string");
    assert.ok(latency > 0 && bodyTime >= 0 && redirects[0].latency > 0);
    assert.equal(redirects.length, 1);
    assert.deepEqual([redirects[0].url, redirects[0].status, redirects[0].by], [url, 301, "redirect"]);
    const bare = JSON.parse((await place.run(["fetch", `${url}a`, "--json", "--body", "-s", "robots=false"])).stdout);
    assert.deepEqual([bare.body, bare.robots, "matches" in bare], ["<p>1</p><p>2</p>", null, false]);
    // Of what was not done there is no time.
    assert.deepEqual([bare.times.robots, bare.times.parse, bare.times.select], [null, null, null]);
  });
});

Deno.test("fetch --json prints an object for a failure, too", async () => {
  await serving(() => html("", { location: "ftp://a.example/" }, 302), async (place, url) => {
    const ended = await place.run(["fetch", url, "--json"]);
    ends(ended, 1);
    const { redirects: [{ latency: _, ...hop }], ...rest } = JSON.parse(ended.stdout);
    assert.deepEqual(hop, { url, status: 302, by: "redirect" });
    assert.deepEqual(rest, {
      url,
      failure: {
        kind: "redirect",
        message: 'Redirected to "ftp://a.example/", which is not a web page',
        status: 302,
      },
    });
  });
});

Deno.test("fetch --body prints the page as text, in UTF-8 whatever it was", async () => {
  await serving(
    () => html(latin("Gr\xfc\xdfe\n"), { "content-type": "text/html; charset=latin1" }),
    async (place, url) => {
      const ended = await place.run(["fetch", url, "--body"]);
      ends(ended, 0);
      assert.equal(ended.stdout, "Grüße\n");
      assert.match(ended.stderr, /^200 /);
    },
  );
});

Deno.test("fetch --output - prints the bytes as they are", async () => {
  await serving(() => html(latin("\xc3\xa9"), { "content-type": "text/html; charset=latin1" }), async (place, url) => {
    assert.equal((await place.run(["fetch", url, "--body"])).stdout, "Ã©\n");
    assert.equal((await place.run(["fetch", url, "-o", "-"])).stdout, "é");
  });
});

const picture = latin("\x89PNG\0\x01\xff\xfe");
Deno.test("fetch does not print what is no text, and writes any bytes into a file", async () => {
  await serving(() => html(picture, { "content-type": "image/png" }), async (place, url) => {
    const text = await place.run(["fetch", url, "--body"]);
    ends(text, 1);
    assert.equal(text.stdout, "");
    assert.match(text.stderr, /The body is no text.*--output FILE/);
    place.write("there.png", "an older one, and longer");
    for (const name of ["there.png", "below/new.png"]) {
      const ended = await place.run(["fetch", url, "-o", name]);
      ends(ended, 0);
      assert.equal(ended.stdout, "");
      assert.match(ended.stderr, new RegExp(`^Wrote 8 B to ${name}$`, "m"));
      assert.deepEqual(Deno.readFileSync(`${place.folder}/${name}`), picture);
    }
    assert.equal(files(place.folder).length, 2, "nothing else is left");
    place.write("file", "in the way");
    const refused = await place.run(["fetch", url, "-o", "file/a.png"]);
    ends(refused, 2);
    isPlain(refused);
    assert.match(refused.stderr, /Cannot (open|look at) .*file\/a\.png/);
  });
});
