import assert from "node:assert/strict";
import { headersOf } from "../../lib/engine/request_headers.ts";
import { createRequest, type Request } from "../../lib/model/request.ts";
import { Cookies } from "../../lib/net/cookies/cookies.ts";
import { ManualClock } from "../../lib/time/clock.ts";

const url = "https://a.com/x";
const clock = new ManualClock(0);

function jars(): Cookies {
  const cookies = new Cookies(clock);
  cookies.store(url, new Headers({ "set-cookie": "who=nobody" }));
  cookies.store(url, new Headers({ "set-cookie": "who=alice" }), "alice");
  return cookies;
}

const sent = (said: Partial<Request>, cookies: Cookies | undefined = jars()) =>
  headersOf(createRequest(url, said), cookies, clock);

Deno.test("headersOf() gives the request's own headers, the same object, when nothing goes with it besides", () => {
  const headers = { a: "1" };
  assert.equal(sent({ headers }, new Cookies(clock)), headers);
  assert.equal(sent({ headers, cookies: false }), headers);
});

Deno.test("headersOf() adds the cookies of the request's jar", () => {
  assert.deepEqual(sent({ headers: { a: "1" } }), { cookie: "who=nobody", a: "1" });
  assert.deepEqual(sent({ jar: "alice" }), { cookie: "who=alice" });
  assert.deepEqual(sent({ jar: "bob" }), {});
});

Deno.test("headersOf() puts the cookies that a request gives into its jar first", () => {
  const cookies = jars();
  assert.deepEqual(sent({ jar: "alice", cookies: { who: "ALICE", b: "2" } }, cookies), { cookie: "who=ALICE; b=2" });
  assert.equal(cookies.header(url, "alice"), "who=ALICE; b=2");
  assert.equal(cookies.header(url), "who=nobody");
});

Deno.test("headersOf() sends the cookies that a request gives also where none are kept", () => {
  assert.deepEqual(headersOf(createRequest(url, { cookies: { a: "1" } }), undefined, clock), { cookie: "a=1" });
  assert.deepEqual(headersOf(createRequest(url, {}), undefined, clock), {});
});

Deno.test("headersOf() adds the page that the request was found on, and the login of its URL", () => {
  const cookies = new Cookies(clock);
  assert.deepEqual(sent({ referer: "https://a.com/list", userinfo: "me:secret" }, cookies), {
    referer: "https://a.com/list",
    authorization: `Basic ${btoa("me:secret")}`,
  });
});

Deno.test("headersOf() lets a header of the spider's own come last, so that it wins", () => {
  const headers = { Referer: "https://b.com/", Authorization: "Bearer x", Cookie: "c=3" };
  const all = sent({ headers, referer: "https://a.com/list", userinfo: "me:secret" });
  assert.deepEqual(Object.entries(all).slice(-3), Object.entries(headers));
  const lower = { referer: "https://b.com/", authorization: "Bearer x", cookie: "c=3" };
  assert.deepEqual(sent({ headers: lower, referer: "https://a.com/list", userinfo: "me:secret" }), lower);
});
