import assert from "node:assert/strict";
import { createRequest, isRequest, type Request } from "../../../lib/model/request.ts";
import { redirectOf, type RedirectRules } from "../../../lib/net/follow/redirect.ts";

const from = "https://example.com/dir/a";

interface Said extends Partial<Request>, Omit<RedirectRules, "referrerPolicy"> {
  readonly status?: number;
  /** The `Referrer-Policy` header of the answer. */
  readonly asks?: string;
}

function redirected(location: string, { status = 302, asks, url = from, maxRedirects, ...said }: Said = {}) {
  const request = createRequest(url, said);
  const headers = new Headers({ location, ...asks !== undefined && { "referrer-policy": asks } });
  const rules = maxRedirects === undefined ? {} : { maxRedirects };
  return redirectOf(request, { url: request.url, status, headers, body: new Uint8Array(0), latency: 0 }, rules);
}

function next(...given: Parameters<typeof redirected>): Request {
  const request = redirected(...given)?.request;
  assert.ok(request !== undefined);
  return request;
}

Deno.test("redirectOf() resolves where an answer points to", () => {
  assert.equal(next("/b").url, "https://example.com/b");
  assert.equal(next("b?c=d#e").url, "https://example.com/dir/b?c=d");
  assert.equal(next("//other.example/b").url, "https://other.example/b");
  assert.equal(next("http://example.com").url, "http://example.com/");
  assert.equal(next(" /b ").url, "https://example.com/b");
});

Deno.test("redirectOf() reads the bytes of a location as bytes", () => {
  assert.equal(next("/a\xc3\xa7\xc3\xa3o").url, "https://example.com/a%C3%A7%C3%A3o");
  assert.equal(next("/caf\xe9").url, "https://example.com/caf%E9");
});

Deno.test("redirectOf() is undefined for an answer that is no redirect", () => {
  const answer = (status: number, location?: string) =>
    redirectOf(createRequest(from), {
      url: from,
      status,
      headers: new Headers(location === undefined ? {} : { location }),
      body: new Uint8Array(0),
      latency: 0,
    });
  for (const status of [200, 201, 300, 304, 305, 306, 404]) {
    assert.equal(answer(status, "/b"), undefined, String(status));
  }
  assert.equal(answer(302), undefined);
});

Deno.test("redirectOf() leaves a redirect to a request that wants to see it", () => {
  assert.equal(redirected("/b", { status: 301, handleStatuses: [301] }), undefined);
  assert.equal(next("/b", { status: 302, handleStatuses: [301] }).url, "https://example.com/b");
});

Deno.test("redirectOf() keeps what the spider said, and starts anew", () => {
  const request = createRequest(from, {
    callback: "detail",
    priority: 7,
    meta: { a: 1 },
    depth: 3,
    handleStatuses: [404],
    headers: { "x-a": "b" },
    attempt: 2,
    waits: 3,
    notBefore: 5,
    wait: 4,
    redirects: ["https://example.com/start"],
    repeatable: true,
    jar: "alice",
    cookies: { a: "b" },
    referrerPolicy: "no-referrer",
    referer: "https://example.com/",
    referrer: "https://example.com/links",
    userinfo: "me:secret",
  });
  const { request: found } = redirectOf(request, {
    url: from,
    status: 301,
    headers: new Headers({ location: "/b" }),
    body: new Uint8Array(0),
    latency: 0,
  }) ?? {};
  assert.ok(isRequest(found));
  assert.deepEqual({ ...found }, {
    url: "https://example.com/b",
    callback: "detail",
    priority: 7,
    meta: { a: 1 },
    method: "GET",
    headers: { "x-a": "b" },
    body: undefined,
    dontFilter: false,
    handleStatuses: [404],
    depth: 3,
    attempt: 0,
    notBefore: 0,
    wait: 0,
    redirects: ["https://example.com/start", from],
    waits: 0,
    repeatable: true,
    jar: "alice",
    cookies: {},
    referrerPolicy: "no-referrer",
    referer: "",
    referrer: "https://example.com/links",
    userinfo: "me:secret",
  });
});

Deno.test("redirectOf() changes the method as browsers do, and drops the body with its headers", () => {
  const all = { "Content-Type": "text/plain", "X-A": "b" };
  const after = (method: string, status: number) => {
    const { method: then, body, headers } = next("/b", { method, status, body: "x", headers: all });
    return [then, body, headers];
  };
  assert.deepEqual(after("POST", 301), ["GET", undefined, { "X-A": "b" }]);
  assert.deepEqual(after("POST", 302), ["GET", undefined, { "X-A": "b" }]);
  assert.deepEqual(after("PUT", 302), ["PUT", "x", all]);
  assert.deepEqual(after("PUT", 303), ["GET", undefined, { "X-A": "b" }]);
  assert.deepEqual(after("HEAD", 303), ["HEAD", "x", all]);
  assert.deepEqual(after("POST", 307), ["POST", "x", all]);
  assert.deepEqual(after("POST", 308), ["POST", "x", all]);
});

Deno.test("redirectOf() leaves credentials behind", () => {
  const headers = {
    Authorization: "secret",
    cookie: "a=b",
    Host: "example.com",
    "Proxy-Authorization": "secret",
    "X-A": "b",
  };
  const kept = (url: string, to: string) => Object.keys(next(to, { url, headers }).headers);
  assert.deepEqual(kept("https://example.com/", "https://example.com/b"), Object.keys(headers));
  assert.deepEqual(kept("https://example.com/", "https://example.org/"), ["X-A"]);
  assert.deepEqual(kept("https://example.com/", "https://www.example.com/"), ["X-A"]);
  assert.deepEqual(kept("https://example.com/", "http://example.com/"), ["X-A"]);
  assert.deepEqual(kept("http://example.com/", "https://example.com/"), ["cookie", "X-A"]);
  assert.deepEqual(kept("http://example.com/", "http://example.com:8080/"), ["cookie", "X-A"]);
});

Deno.test("redirectOf() does not show the login of what it refuses", () => {
  for (const target of ["ftp://u:canary@example.com/", "http://u:canary@:x/", "ftp:\\\\u:canary@example.com"]) {
    assert.doesNotMatch(redirected(target)?.failure?.message ?? "canary", /canary/);
  }
});

Deno.test("redirectOf() refuses what is not a web page, in words that are safe to print", () => {
  assert.deepEqual(redirected("ftp://example.com/\x1b[31m"), {
    failure: {
      kind: "redirect",
      status: 302,
      message: 'Redirected to "ftp://example.com/\\e[31m", which is not a web page',
    },
  });
  for (const location of ["javascript:alert(1)", "mailto:a@example.com", "data:,x", "file:///etc/passwd", "http://"]) {
    assert.equal(redirected(location)?.failure?.kind, "redirect", location);
  }
});

Deno.test("redirectOf() ends a chain at the limit", () => {
  const chain = (length: number) => Array.from({ length }, (_, at) => `https://example.com/${at}`);
  assert.equal(next("/b", { redirects: chain(19) }).redirects.length, 20);
  assert.deepEqual(redirected("/b", { redirects: chain(20) }), {
    failure: { kind: "redirect", status: 302, message: "Redirected more than 20 times, last to https://example.com/b" },
  });
  assert.equal(redirected("/b", { maxRedirects: 0 })?.failure?.kind, "redirect");
});

Deno.test("redirectOf() does not filter what comes back to its own chain", () => {
  assert.equal(next("/dir/a").dontFilter, true);
  assert.equal(next("/start?a=1&b=2", { redirects: ["https://example.com/start?b=2&a=1"] }).dontFilter, true);
  assert.equal(next("/b").dontFilter, false);
  assert.equal(next("/b", { dontFilter: true }).dontFilter, true);
});

Deno.test("redirectOf() keeps user and password of a URL to its origin, and takes those of the new one", () => {
  const userinfo = (to: string) => next(to, { userinfo: "me:secret" }).userinfo;
  assert.equal(userinfo("/b"), "me:secret");
  for (const to of ["http://example.com/", "https://example.com:8443/", "https://www.example.com/"]) {
    assert.equal(userinfo(to), "", to);
  }
  const { url, userinfo: taken } = next("https://you:other@example.org/b", { userinfo: "me:secret" });
  assert.deepEqual([url, taken], ["https://example.org/b", "you:other"]);
  assert.equal(next("https://you@example.com/b", { userinfo: "me:secret" }).userinfo, "you");
});

Deno.test("redirectOf() shows no password when a chain is too long", () => {
  assert.equal(
    redirected("https://me:secret@example.com/b", { maxRedirects: 0 })?.failure?.message,
    "Redirected more than 0 times, last to https://example.com/b",
  );
});

Deno.test("redirectOf() keeps that a request wants no cookies", () => {
  assert.equal(next("/b", { cookies: false }).cookies, false);
});

Deno.test("redirectOf() goes on naming the page that linked, as the policies on the way allow", () => {
  const page = "https://example.com/page?q";
  const referer = (location: string, said: Said) => next(location, { referer: page, ...said }).referer;
  assert.equal(next("/b").referer, "");
  assert.equal(next("/b", { asks: "unsafe-url" }).referer, "");
  assert.equal(referer("/b", {}), page);
  assert.equal(referer("https://example.org/b", {}), "https://example.com/");
  assert.equal(referer("http://example.com/b", {}), "");
  assert.equal(referer("/b", { asks: "origin" }), "https://example.com/");
  assert.equal(referer("/b", { asks: "no-referrer" }), "");
  assert.equal(referer("https://example.org/b", { referrerPolicy: "unsafe-url" }), page);
  assert.equal(referer("https://example.org/b", { asks: "same-origin", referrerPolicy: "unsafe-url" }), "");
  assert.equal(referer("https://example.org/b", { asks: "", referrerPolicy: "no-referrer" }), "");
  // What was cut off on the way stays so.
  assert.equal(referer("/b", { asks: "unsafe-url", referer: "https://example.com/" }), "https://example.com/");
  assert.equal(referer("/b", { asks: "unsafe-url", referer: "" }), "");
});

Deno.test("redirectOf() keeps the policy of a redirect for the next one", () => {
  assert.equal(next("/b", { asks: "origin" }).referrerPolicy, "origin");
  assert.equal(next("/b", { asks: "origin", referrerPolicy: "unsafe-url" }).referrerPolicy, "origin");
  assert.equal(next("/b", { referrerPolicy: "unsafe-url" }).referrerPolicy, "unsafe-url");
  assert.equal(next("/b", { asks: "" }).referrerPolicy, undefined);
});

Deno.test("redirectOf() treats a Referer of the spider's own as the page that linked", () => {
  const on = (location: string) => {
    const { headers, referer } = next(location, { headers: { REFERER: "https://shop.example/x", "X-A": "b" } });
    return [headers, referer];
  };
  assert.deepEqual(on("https://shop.example/b"), [{ "X-A": "b" }, "https://shop.example/x"]);
  assert.deepEqual(on("https://example.org/b"), [{ "X-A": "b" }, "https://shop.example/"]);
});

/** What follows from `Location` headers that come several times. */
function among(...locations: readonly string[]) {
  const headers = new Headers(locations.map((location) => ["location", location]));
  return redirectOf(createRequest(from), { url: from, status: 302, headers, body: new Uint8Array(0), latency: 0 });
}

Deno.test("redirectOf() takes a location that is repeated, or spelled in two ways, for one", () => {
  for (const locations of [["/t", "/t"], ["/t", "/t", "/t"], ["", "/t"], ["/t", ""], ["/t", "https://example.com/t"]]) {
    assert.equal(among(...locations)?.request?.url, "https://example.com/t", JSON.stringify(locations));
  }
  assert.equal(among("b.html", "b.html")?.request?.url, "https://example.com/dir/b.html");
});

Deno.test("redirectOf() takes a comma for a part of a location", () => {
  assert.equal(among("/a,b")?.request?.url, "https://example.com/a,b");
  assert.equal(among("/wiki/Paris, Texas")?.request?.url, "https://example.com/wiki/Paris,%20Texas");
  assert.equal(
    among("/wiki/Paris, Texas", "/wiki/Paris, Texas")?.request?.url,
    "https://example.com/wiki/Paris,%20Texas",
  );
  assert.equal(among("/a,/b")?.request?.url, "https://example.com/a,/b");
});

Deno.test("redirectOf() refuses to choose between different locations", () => {
  assert.deepEqual(among("/x", "/y"), {
    failure: {
      kind: "redirect",
      status: 302,
      message: 'Redirected to "/x" and to "/y" at once: there is more than one Location header',
    },
  });
  assert.equal(among("/x", "http://[")?.failure?.kind, "redirect");
});

Deno.test("redirectOf() takes an empty location for none", () => {
  assert.equal(among(""), undefined);
  assert.equal(among("", ""), undefined);
});

Deno.test("redirectOf() passes over further slashes before a host", () => {
  for (const location of ["///host.test/x", "////host.test/x", "//\\host.test/x", "/\t//host.test/x"]) {
    assert.equal(next(location).url, "https://host.test/x", location);
  }
});

Deno.test("redirectOf() does not show the logins of two targets at once", () => {
  const headers = new Headers([["location", "http://u:canary@a.com/"], ["location", "http://u:canary@b.com/"]]);
  const response = { url: "https://example.com/", status: 302, headers, body: new Uint8Array(), latency: 0 };
  const { message } = redirectOf(createRequest("https://example.com/"), response)!.failure!;
  assert.equal(
    message,
    'Redirected to "http://a.com/" and to "http://b.com/" at once: there is more than one Location header',
  );
});
