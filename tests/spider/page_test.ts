import assert from "node:assert/strict";
import type { ReferrerPolicy } from "../../lib/model/referrer_policy.ts";
import { createRequest, isRequest, type Request, type RequestOptions } from "../../lib/model/request.ts";
import { type FollowOptions, Page, type PageLog, type State } from "../../lib/spider/page.ts";

const log: PageLog = { debug() {}, info() {}, warn() {}, error() {} };

interface Said {
  readonly url?: string;
  readonly type?: string;
  readonly request?: Partial<Request>;
  readonly state?: State;
  readonly referrerPolicy?: ReferrerPolicy;
  /** The page's `Referrer-Policy` header. */
  readonly policy?: string;
}

function pageOf(body: string | Uint8Array<ArrayBuffer>, said: Said = {}): Page {
  const url = said.url ?? "http://a.com/dir/page";
  return new Page({
    request: createRequest("http://a.com/start", said.request),
    response: {
      url,
      status: 200,
      headers: new Headers({
        "content-type": said.type ?? "text/html",
        ...said.policy !== undefined && { "referrer-policy": said.policy },
      }),
      body: typeof body === "string" ? new TextEncoder().encode(body) : body,
      latency: 0.1,
    },
    callbacks: ["parse", "author"],
    state: () => said.state ?? {},
    log,
    referrerPolicy: said.referrerPolicy,
  });
}

const followed = (html: string, selector = "a", options?: FollowOptions, said?: Said) =>
  pageOf(html, said).follow(selector, options).map(({ url }) => url);

Deno.test("Page shows the response and its surroundings", () => {
  const page = pageOf("<p>ü</p>", { request: { meta: { a: 1 }, depth: 3, callback: "author" } });
  assert.equal(page.url, "http://a.com/dir/page");
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("Content-Type"), "text/html");
  assert.equal(page.bytes.length, 9);
  assert.equal(page.text, "<p>ü</p>");
  assert.equal(page.encoding, "utf-8");
  assert.deepEqual(page.meta, { a: 1 });
  assert.equal(page.depth, 3);
  assert.equal(page.log, log);
  assert.equal(page.css("p::text").get(), "ü");
  assert.equal(page.xpath("//p/text()").get(), "ü");
});

Deno.test("Page reads the text as its header says", () => {
  const page = pageOf(new Uint8Array([0x3c, 0x70, 0x3e, 0xfc]), { type: "text/html; charset=iso-8859-1" });
  assert.equal(page.text, "<p>ü");
});

Deno.test("json() gives the body, or a SyntaxError", () => {
  assert.deepEqual(pageOf('{"a": [1, "ü"]}', { type: "application/json" }).json(), { a: [1, "ü"] });
  assert.throws(() => pageOf("<html>").json(), SyntaxError);
});

Deno.test("request is the request that led to the page", () => {
  const page = pageOf("", { request: { meta: { a: 1 }, callback: "author", redirects: ["http://a.com/0"], depth: 2 } });
  assert.equal(page.request.url, "http://a.com/start");
  assert.equal(page.request.callback, "author");
  assert.deepEqual(page.request.redirects, ["http://a.com/0"]);
  assert.equal(page.request.method, "GET");
  assert.equal(page.request, page.request);
});

Deno.test("request() makes a request that is resolved against the page", () => {
  const page = pageOf("", { request: { depth: 4 } });
  const urls: readonly (readonly [string | URL, string])[] = [
    ["/x", "http://a.com/x"],
    ["x?y#z", "http://a.com/dir/x?y"],
    [" ../up\n", "http://a.com/up"],
    ["//b.com", "http://b.com/"],
    [new URL("https://c.com/a#b"), "https://c.com/a"],
    ["", "http://a.com/dir/page"],
  ];
  for (const [url, expected] of urls) {
    const request = page.request(url);
    assert.equal(request.url, expected);
    assert.ok(isRequest(request) && Object.isFrozen(request));
    assert.deepEqual([request.depth, request.callback, request.priority], [5, "parse", 0]);
  }
});

Deno.test("request() takes the options of a request, and a method in any case", () => {
  const options: RequestOptions = {
    callback: "author",
    priority: -100,
    meta: { a: [1] },
    method: "post",
    headers: { "X-A": "1" },
    body: "b=1",
    dontFilter: true,
    repeatable: true,
    handleStatuses: [404],
    jar: "alice",
    cookies: { a: "1", b: { value: "2", domain: "a.com", path: "/", secure: false } },
    referrerPolicy: "origin",
  };
  const request = pageOf("").request("/x", options);
  assert.deepEqual({ ...request }, {
    url: "http://a.com/x",
    ...options,
    method: "POST",
    depth: 1,
    attempt: 0,
    waits: 0,
    notBefore: 0,
    wait: 0,
    redirects: [],
    referer: "http://a.com/",
    referrer: pageOf("").url,
    userinfo: "",
  });
});

const wrong:
  readonly (readonly [name: string, url: string, options: unknown, error: { name: string; message: RegExp }])[] = [
    ["a URL that is not http", "mailto:x@a.com", {}, {
      name: "RangeError",
      message: /^Cannot request "mailto:x@a.com": it is not an http or https URL$/,
    }],
    ["a URL that is none", "http://", {}, { name: "RangeError", message: /^Cannot request "http:\/\/": / }],
    ["a callback that does not exist", "/x", { callback: "autor" }, {
      name: "RangeError",
      message: /^Cannot request http:\/\/a.com\/x: the spider has no callback "autor"; did you mean author\?$/,
    }],
    ["a callback that is a function", "/x", { callback: () => {} }, {
      name: "TypeError",
      message: /callback is a function: it takes a name/,
    }],
    ["a priority that is not whole", "/x", { priority: 0.5 }, {
      name: "RangeError",
      message: /priority 0.5 is not a whole number from -100 to 100$/,
    }],
    ["a priority that is too high", "/x", { priority: 101 }, { name: "RangeError", message: /priority 101 / }],
    ["meta that cannot be stored", "/x", { meta: { a: { node: () => {} } } }, {
      name: "SerializationError",
      message: /^meta.a.node is a function, which cannot be stored$/,
    }],
    ["an option that is misspelt", "/x", { calback: "author" }, {
      name: "TypeError",
      message: /^Cannot request http:\/\/a.com\/x: there is no option "calback"; did you mean callback\?$/,
    }],
    ["an option that nothing is near to", "/x", { url: "/y" }, {
      name: "TypeError",
      message: /there is no option "url"; there are callback, priority, meta, method, headers, body, dontFilter, /,
    }],
    ...["notBefore", "attempt", "waits", "wait", "userinfo", "referer", "referrer", "redirects", "depth"].map((name) =>
      [`${name}, which is the crawl's own`, "/x", { [name]: 9e15 }, {
        name: "TypeError",
        message: new RegExp(`there is no option "${name}"`),
      }] as const
    ),
    ...[[null, "null"], ["text", "a string"], [5, "a number"], [[1], "an array"], [new Map(), "a Map"]].map((
      [meta, kind],
    ) =>
      [`meta that is ${kind}`, "/x", { meta }, {
        name: "TypeError",
        message: new RegExp(`meta is ${kind}, not a plain object$`),
      }] as const
    ),
    ["options that are a text", "/x", "author", { name: "TypeError", message: /its options are not a plain object$/ }],
    ["options that are null", "/x", null, { name: "TypeError", message: /its options are not a plain object$/ }],
    ["options that are a request", "/x", createRequest("http://a.com/y"), {
      name: "TypeError",
      message: /there is no option "url"/,
    }],
    ["a priority that is a text", "/x", { priority: "5" }, {
      name: "TypeError",
      message: /priority is a string, not a number$/,
    }],
    ["a priority that is NaN", "/x", { priority: NaN }, { name: "RangeError", message: /priority NaN is not a whole/ }],
    ["dontFilter that is a text", "/x", { dontFilter: "yes" }, {
      name: "TypeError",
      message: /dontFilter is neither true nor false$/,
    }],
    ["statuses that are none", "/x", { handleStatuses: [404, 5] }, {
      name: "TypeError",
      message: /handleStatuses is not a list of statuses$/,
    }],
  ];

for (const [name, url, options, error] of wrong) {
  Deno.test(`request() refuses ${name}`, () => {
    assert.throws(() => pageOf("").request(url, options as RequestOptions), error);
  });
}

const unsendable: Readonly<Record<string, unknown>> = {
  "a body that is an object": { method: "POST", body: { a: 1 } },
  "a body that is URLSearchParams": { method: "POST", body: new URLSearchParams({ a: "1" }) },
  "a body that is a number": { method: "POST", body: 5 },
  "headers that are a Headers object": { headers: new Headers({ "x-a": "1" }) },
  "a header that is a function": { headers: { "x-a": () => {} } },
  "statuses that are no list": { handleStatuses: 404 },
  "a repeatable that is no boolean": { repeatable: "yes" },
  "a jar that is no name": { jar: 5 },
  "a referrerPolicy that does not exist": { referrerPolicy: "Origin" },
  "cookies that are true": { cookies: true },
  "cookies that are a text": { cookies: "a=1" },
  "cookies that are a Map": { cookies: new Map([["a", "1"]]) },
  "a cookie that is a number": { cookies: { a: 1 } },
  "a cookie without a value": { cookies: { a: { path: "/" } } },
  "a cookie whose value would end it": { cookies: { a: "1; Path=/" } },
  "a cookie with a line break": { cookies: { a: "1\r\nx-a: 1" } },
  "a cookie whose name would end it": { cookies: { "a=b": "1" } },
  "a cookie with a path that is none": { cookies: { a: { value: "1", path: "x" } } },
  "a cookie with a domain that is none": { cookies: { a: { value: "1", domain: "http://a.com" } } },
  "a cookie that is perhaps secure": { cookies: { a: { value: "1", secure: "no" } } },
  "a cookie with a field that there is not": { cookies: { a: { value: "1", Path: "/" } } },
};

for (const [name, options] of Object.entries(unsendable)) {
  Deno.test(`request() refuses ${name} at the line that makes it`, () => {
    assert.throws(() => pageOf("").request("/x", options as RequestOptions), (error) => {
      assert.ok(error instanceof Error && /^(RangeError|TypeError|SerializationError)$/.test(error.name));
      assert.match(error.message, /body|header|method|handleStatuses|repeatable|jar|referrerPolicy|cookie/);
      return true;
    });
  });
}

const badHeaders: readonly (readonly [name: string, value: string, message: string])[] = [
  ["authorization", "canary\r\nb: c", "header authorization has a line break in its value"],
  ["Cookie", "a=canary\nb", "header Cookie has a line break in its value"],
  ["x-a", "canary\0", "header x-a has a control character in its value"],
  ["x-a", "canary\x7f", "header x-a has a control character in its value"],
  [
    "x-a",
    "canary 日本",
    "header x-a has a character in its value that is not Latin-1; write it with encodeURIComponent(...)",
  ],
  ["x-a: canary", "1", 'the name of header "x-a" has a character that no name has'],
  ["", "canary", 'the name of header "" has a character that no name has'],
];
for (const [name, value, message] of badHeaders) {
  Deno.test(`request() refuses the header ${JSON.stringify(name)}: ${JSON.stringify(value)} without its value`, () => {
    assert.throws(() => pageOf("").request("/x", { headers: { [name]: value } }), {
      name: "TypeError",
      message: `Cannot request http://a.com/x: ${message}`,
    });
  });
}

Deno.test("request() takes the headers that can be sent", () => {
  const headers = { authorization: " Bearer abc\n", "x-a": "é\tü", "X_B!": "" };
  assert.deepEqual(pageOf("").request("/x", { headers }).headers, headers);
});

Deno.test("request() refuses a link that is no web page without its login", () => {
  for (
    const [link, shown] of [["ftp://u:canary@h/", "ftp://h/"], ["http://u:can/ary@h/", "http://…@h/"]] as const
  ) {
    assert.throws(() => pageOf("").request(link), {
      name: "RangeError",
      message: `Cannot request "${shown}": it is not an http or https URL`,
    });
  }
});

Deno.test("request() copies what it is given, so that it does not change any more", () => {
  const meta = { list: [1] }, headers = { a: "1" }, cookies = { a: { value: "1" } };
  const request = pageOf("").request("/x", { meta, headers, cookies });
  meta.list.push(2);
  headers.a = cookies.a.value = "2";
  assert.deepEqual([request.meta, request.headers, request.cookies], [{ list: [1] }, { a: "1" }, {
    a: { value: "1" },
  }]);
});

Deno.test("request() suggests the referrerPolicy that was meant", () => {
  assert.throws(() => pageOf("").request("/x", { referrerPolicy: "no-referer" } as unknown as RequestOptions), {
    name: "TypeError",
    message: 'Cannot request http://a.com/x: there is no referrerPolicy "no-referer"; did you mean no-referrer?',
  });
});

Deno.test("a request says what page it was found on: as its option, the page's header or the setting have it", () => {
  const referer = (url: string, said: Said = {}, options?: RequestOptions) =>
    pageOf("", said).request(url, options).referer;
  assert.equal(referer("/x"), "http://a.com/dir/page");
  assert.equal(referer("http://b.com/"), "http://a.com/");
  assert.equal(referer("http://b.com/", { referrerPolicy: "unsafe-url" }), "http://a.com/dir/page");
  assert.equal(referer("http://b.com/", { referrerPolicy: "unsafe-url", policy: "same-origin" }), "");
  const said: Said = { referrerPolicy: "no-referrer", policy: "same-origin" };
  assert.equal(referer("http://b.com/", said, { referrerPolicy: "origin" }), "http://a.com/");
  assert.deepEqual(pageOf("<a href=/1><a href=//b.com>").follow("a").map(({ referer }) => referer), [
    "http://a.com/dir/page",
    "http://a.com/",
  ]);
});

Deno.test("requests have the jar of the page that they are made on, unless they name another", () => {
  const page = pageOf("<a href=/1>", { request: { jar: "alice" } });
  assert.deepEqual(page.follow("a").map(({ jar }) => jar), ["alice"]);
  assert.equal(page.request("/x").jar, "alice");
  assert.equal(page.request("/x", { jar: "bob" }).jar, "bob");
  assert.equal(page.request("/x", { jar: "" }).jar, "");
  assert.deepEqual(page.request("/x").cookies, {});
});

Deno.test("user and password of a URL go on within its origin, and are shown nowhere", () => {
  const page = pageOf("<a href=http://a.com/1><a href=https://a.com/2><a href=http://you:other@b.com/3>", {
    request: { userinfo: "me:secret" },
  });
  assert.deepEqual(page.follow("a").map(({ url, userinfo }) => [url, userinfo]), [
    ["http://a.com/1", "me:secret"],
    ["https://a.com/2", ""],
    ["http://b.com/3", "you:other"],
  ]);
  assert.equal(page.request("http://you@a.com/").userinfo, "you");
  const same = page.request("http://you:other@a.com/x");
  assert.deepEqual([same.url, same.referer], ["http://a.com/x", "http://a.com/dir/page"]);
  assert.throws(() => page.request("http://you:other@b.com/", { callback: "gone" }), (error) => {
    assert.ok(error instanceof RangeError && /^Cannot request http:\/\/b\.com\/: /.test(error.message));
    return true;
  });
});

Deno.test("follow() gives a request for each distinct link, in document order", () => {
  const html = `<a href="/b">1</a><a href="a">2</a><a href="/b">3</a><a href="http://a.com/b#x">4</a>
    <a href="/dir/a">5</a><a href="http://c.com">6</a><a>7</a><a href="">8</a>`;
  assert.deepEqual(followed(html), [
    "http://a.com/b",
    "http://a.com/dir/a",
    "http://c.com/",
    "http://a.com/dir/page",
  ]);
});

Deno.test("follow() drops fragments, and links that differ in nothing else", () => {
  assert.deepEqual(followed(`<a href="/x#a"></a><a href="/x#b"></a><a href="/x"></a>`), ["http://a.com/x"]);
});

Deno.test("follow() passes over what is not http or https", () => {
  const html = `<a href="mailto:x@a.com"></a><a href="javascript:void(0)"></a><a href="ftp://a.com/"></a>
    <a href="tel:1"></a><a href="http://[bad"></a><a href="https://ok.com/"></a>`;
  assert.deepEqual(followed(html), ["https://ok.com/"]);
});

Deno.test("follow() takes src, and links that a selector gives as strings", () => {
  const html = `<img src="/i.png"><frame src="/f"><p data-url=" /d ">/t</p>`;
  assert.deepEqual(followed(html, "img"), ["http://a.com/i.png"]);
  assert.deepEqual(followed(html, "p::attr(data-url)"), ["http://a.com/d"]);
  assert.deepEqual(followed(html, "p::text"), ["http://a.com/t"]);
  assert.deepEqual(followed(html, "a"), []);
});

Deno.test("follow() resolves links against <base>, and so does request()", () => {
  const html = `<base href="http://b.com/x/"><a href="y">1</a>`;
  assert.deepEqual(followed(html), ["http://b.com/x/y"]);
  assert.equal(pageOf(html).request("z").url, "http://b.com/x/z");
  assert.deepEqual(followed(`<BASE\nHREF="/x/"><a href="y">1</a>`), ["http://a.com/x/y"]);
  assert.deepEqual(followed(`<p>&lt;base href="/x/"&gt;</p><a href="y">1</a>`), ["http://a.com/dir/y"]);
});

Deno.test("follow() and request() send the query of a link in the encoding of the page, as browsers do", () => {
  const page = pageOf(Uint8Array.from('<a href="/\xe9?q=\xe9">', (character) => character.charCodeAt(0)), {
    type: "text/html; charset=iso-8859-1",
  });
  assert.deepEqual(page.follow("a").map(({ url }) => url), ["http://a.com/%C3%A9?q=%E9"]);
  assert.equal(page.request("/é?q=é").url, "http://a.com/%C3%A9?q=%E9");
  assert.equal(page.request(new URL("http://a.com/?q=é")).url, "http://a.com/?q=%C3%A9");
  assert.equal(pageOf("<p>").request("/?q=é").url, "http://a.com/?q=%C3%A9");
});

Deno.test("follow() and request() pass over further slashes before a host", () => {
  for (const link of ["///host.test/x", "////host.test/x", "/\t//host.test/x", "//\\host.test/x"]) {
    assert.deepEqual(followed(`<a href="${link}">1</a>`), ["http://host.test/x"], link);
    assert.deepEqual(followed(`<img src="${link}">`, "img"), ["http://host.test/x"], link);
    assert.deepEqual(followed(`<base href="${link}/"><a href="y">1</a>`), ["http://host.test/x/y"], link);
    assert.equal(pageOf("").request(link).url, "http://host.test/x", link);
  }
});

Deno.test("follow() resolves links against the <base> that counts", () => {
  assert.deepEqual(followed("<base/href=/x/><a href=y>1</a>"), ["http://a.com/x/y"]);
  assert.deepEqual(followed("<svg><base href=/no/></svg><a href=y>1</a>"), ["http://a.com/dir/y"]);
  assert.deepEqual(followed("<template><base href=/no/></template><base href=/x/><a href=y>1</a>"), [
    "http://a.com/x/y",
  ]);
});

Deno.test("mimeType and isHtml say what the body is, whatever its header says", () => {
  const of = (type: string, body = "<title>t</title>") => {
    const page = pageOf(body, { type });
    return [page.mimeType, page.isHtml];
  };
  for (const type of ["text/html", "text/html, text/html; charset=utf-8", "", "*/*", "html", "unknown/unknown"]) {
    assert.deepEqual(of(type), ["text/html", true], type);
  }
  assert.deepEqual(of("application/xhtml+xml"), ["application/xhtml+xml", true]);
  assert.deepEqual(of("application/json", "{}"), ["application/json", false]);
  assert.deepEqual(of("", "%PDF-1.7"), ["application/pdf", false]);
  assert.deepEqual(of("text/plain"), ["text/plain", false]);
});

Deno.test("follow() keeps to allow and deny, which are patterns on the absolute URL", () => {
  const html = ["/p/1", "/p/2", "/q/1", "http://b.com/p/1"].map((link) => `<a href="${link}"></a>`).join("");
  const cases: readonly (readonly [FollowOptions, readonly string[]])[] = [
    [{ allow: "/p/" }, ["http://a.com/p/1", "http://a.com/p/2", "http://b.com/p/1"]],
    [{ allow: /^http:\/\/a\.com\/p/ }, ["http://a.com/p/1", "http://a.com/p/2"]],
    [{ allow: [/q/, "b.com"] }, ["http://a.com/q/1", "http://b.com/p/1"]],
    [{ deny: /1$/ }, ["http://a.com/p/2"]],
    [{ allow: "/p/", deny: ["b.com", /2$/] }, ["http://a.com/p/1"]],
    [{ allow: [] }, []],
    [{ deny: [] }, ["http://a.com/p/1", "http://a.com/p/2", "http://a.com/q/1", "http://b.com/p/1"]],
    [{ allow: /\/\d/g }, ["http://a.com/p/1", "http://a.com/p/2", "http://a.com/q/1", "http://b.com/p/1"]],
    [{ allow: /http:\/\/a.com\/p/y }, ["http://a.com/p/1", "http://a.com/p/2"]],
  ];
  for (const [options, expected] of cases) assert.deepEqual(followed(html, "a", options), expected);
});

Deno.test("follow() gives its other options to every request, and checks them", () => {
  const page = pageOf(`<a href="/1"></a><a href="/2"></a>`, { request: { depth: 1 } });
  const requests = page.follow("a", { callback: "author", priority: 3, meta: { a: 1 }, allow: "a.com" });
  assert.deepEqual(requests.map(({ callback, priority, meta, depth }) => ({ callback, priority, meta, depth })), [
    { callback: "author", priority: 3, meta: { a: 1 }, depth: 2 },
    { callback: "author", priority: 3, meta: { a: 1 }, depth: 2 },
  ]);
  assert.notEqual(requests[0]!.meta, requests[1]!.meta);
  assert.throws(() => page.follow("a", { callback: "nobody" }), /the spider has no callback "nobody"/);
  assert.throws(() => page.follow("a", { meta: { x: 1n } }), /meta.x is a bigint/);
});

Deno.test("state is the state as it is now, and cannot be changed", () => {
  const state = Object.freeze({ count: 1 });
  const page = pageOf("", { state });
  assert.deepEqual(page.state, { count: 1 });
  assert.throws(() => {
    (page.state as State).count = 2;
  }, TypeError);
});

Deno.test("update() is remembered in order until the page ends, and refused afterwards", () => {
  const page = pageOf("");
  const one = () => {}, two = () => {};
  page.update(one);
  page.update(two);
  assert.deepEqual(page.end(), [one, two]);
  assert.throws(() => page.update(one), {
    message: "Cannot update the state: the callback of http://a.com/dir/page has ended",
  });
  assert.deepEqual(page.end(), [one, two]);
});

Deno.test("follow() refuses an option that is misspelt, and takes its own", () => {
  const page = pageOf('<a href="/1">1</a>');
  assert.equal(page.follow("a", { allow: "/1", deny: "/2" }).length, 1);
  assert.throws(() => page.follow("a", { alow: "/1" } as FollowOptions), {
    name: "TypeError",
    message:
      'Cannot request http://a.com/1: there is no option "alow"; there are callback, priority, meta, method, headers, body, dontFilter, repeatable, handleStatuses, jar, cookies, referrerPolicy',
  });
});

Deno.test("a page knows where it was asked for something last", () => {
  const page = pageOf('<a href="/1">1</a>');
  assert.equal(page.lastAsked, "");
  const asking: readonly (() => unknown)[] = [
    () => page.css("a"),
    () => page.xpath("//a"),
    () => page.text,
    () => page.follow("a"),
    () => page.request("/2"),
    () => page.update(() => {}),
  ];
  for (const ask of asking) {
    const before = page.lastAsked;
    ask();
    assert.match(page.lastAsked, /page_test\.ts:\d+:\d+/);
    assert.notEqual(page.lastAsked, before);
  }
});
