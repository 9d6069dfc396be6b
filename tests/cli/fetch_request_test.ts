import assert from "node:assert/strict";
import { html, serving } from "./fetch_site.ts";
import { ends, isPlain } from "./trawl.ts";
import type { Workplace } from "./workplace.ts";

/** What a server got: the method, the headers that were given, and the body. */
interface Got {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A site that remembers what it gets; `/moved` redirects. */
async function receiving(work: (place: Workplace, url: string, got: Got[]) => Promise<void>): Promise<void> {
  const got: Got[] = [];
  const handler = async (request: Request) => {
    const { method, headers } = request;
    got.push({ method, headers, body: await request.text() });
    return new URL(request.url).pathname === "/moved" ? html("", { location: "/" }, 302) : html("<p>here</p>");
  };
  await serving(handler, (place, url) => work(place, url, got));
}

const form = "application/x-www-form-urlencoded";

/** Flags, and what must arrive: method, body, headers. */
const cases: readonly (readonly [
  args: readonly string[],
  method: string,
  body: string,
  headers: Readonly<Record<string, string | null>>,
])[] = [
  [[], "GET", "", { "x-a": null, "content-type": null }],
  [["-H", "X-A: b: c"], "GET", "", { "x-a": "b: c" }],
  [["--header", "x-a:b", "-H", "X-B:  c  "], "GET", "", { "x-a": "b", "x-b": "c" }],
  [["-H", "X-A: 1", "-H", "x-a: 2"], "GET", "", { "x-a": "1, 2" }],
  [["-H", "Cookie: a=1", "-H", "cookie: b=2"], "GET", "", { cookie: "a=1; b=2" }],
  [["-H", "User-Agent: me", "-H", "Accept: application/json"], "GET", "", {
    "user-agent": "me",
    accept: "application/json",
  }],
  [["-H", "X-A: ä"], "GET", "", { "x-a": "Ã¤" }],
  [["-d", "a=1"], "POST", "a=1", { "content-type": form }],
  [["-d", "a=1", "--data", "b=2"], "POST", "a=1&b=2", { "content-type": form }],
  [["-d", ""], "POST", "", { "content-type": form }],
  [["-d", "ä"], "POST", "ä", {}],
  [["-d", "{}", "-H", "content-type: application/json"], "POST", "{}", { "content-type": "application/json" }],
  [["-X", "PUT", "-d", "x"], "PUT", "x", { "content-type": form }],
  [["-X", "delete"], "DELETE", "", {}],
  [["--request", "POST"], "POST", "", { "content-type": null }],
  [["-d", "@body.txt"], "POST", "one=1two=2", {}],
];

Deno.test("fetch sends what -H, -X and -d say, as curl does", async () => {
  await receiving(async (place, url, got) => {
    place.write("body.txt", "one=1\r\ntwo=2\n");
    for (const [args, method, body, headers] of cases) {
      got.length = 0;
      const ended = await place.run(["fetch", url, "--css", "p::text", ...args]);
      ends(ended, 0);
      assert.equal(ended.stdout, "here\n");
      const [first] = got;
      assert.deepEqual([got.length, first?.method, first?.body], [1, method, body], args.join(" "));
      for (const [name, value] of Object.entries(headers)) {
        assert.equal(first!.headers.get(name), value, args.join(" "));
      }
    }
  });
});

Deno.test("fetch -d @- sends standard input", async () => {
  await receiving(async (place, url, got) => {
    ends(await place.run(["fetch", url, "-d", "@-"], { stdin: "a=1\n" }), 0);
    assert.deepEqual([got[0]?.method, got[0]?.body], ["POST", "a=1"]);
  });
});

Deno.test("what -d and -H said of a body ends at a redirect, as it does in a crawl", async () => {
  await receiving(async (place, url, got) => {
    ends(await place.run(["fetch", `${url}moved`, "-d", "a=1", "-H", "X-A: b"]), 0);
    const seen = got.map((
      { method, headers, body },
    ) => [method, body, headers.get("content-type"), headers.get("x-a")]);
    assert.deepEqual(seen, [["POST", "a=1", form, "b"], ["GET", "", null, "b"]]);
  });
});

const mistakes: readonly (readonly [args: readonly string[], ...said: RegExp[]])[] = [
  [["-H", "secret"], /--header: write it as 'Name: value'$/m],
  [["-H", "a b: secret"], /--header: what is before the colon is not a header's name$/m],
  [["-H", ": secret"], /--header: what is before the colon is not a header's name$/m],
  [["-H", "X-A:"], /--header x-a: it has no value/],
  [["-H", "X-A: secret\r\nX-B: c"], /--header x-a: its value has a line break/],
  [["-H", ""], /-H needs a value: -H NAME: VALUE/],
  [["-X", "A B"], /--request A B: it is not a method such as PUT/],
  [["-X", "TRACE"], /--request TRACE: this method cannot be sent/],
  [["-X", "GET", "-d", "secret"], /--request GET and --data: a GET has no body/],
  [["-X", "head", "-d", ""], /--request HEAD and --data: a HEAD has no body/],
  [["-d", "@missing"], /--data @missing: there is no such file/],
  [["-d", "@"], /--data @: name a file/],
  [["-d", "@."], /--data @\.: /],
  [["-H", "secret", "-X", "A B", "-d", "@missing"], /--header/, /--request/, /--data/],
];

Deno.test("wrong -H, -X and -d are usage errors that show no value, and nobody is asked", async () => {
  await receiving(async (place, url, got) => {
    for (const [args, ...said] of mistakes) {
      const ended = await place.run(["fetch", url, ...args]);
      ends(ended, 2);
      isPlain(ended);
      for (const each of said) assert.match(ended.stderr, each);
      assert.doesNotMatch(ended.stderr, /secret/);
    }
    assert.deepEqual(got, []);
  });
});
