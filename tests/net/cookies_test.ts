import assert from "node:assert/strict";
import { type CookieRecord, Cookies } from "../../lib/net/cookies.ts";
import { ManualClock } from "../../lib/time/clock.ts";

const epoch = Date.UTC(2026, 0, 1);
const site = "https://www.example.com/dir/page";

function jar(...lines: string[]) {
  const clock = new ManualClock(epoch);
  const cookies = new Cookies(clock);
  cookies.store(site, setting(...lines));
  return { clock, cookies };
}

function setting(...lines: string[]): Headers {
  return new Headers(lines.map((line) => ["set-cookie", line]));
}

Deno.test("Cookies has no header for a URL without cookies", () => {
  assert.equal(new Cookies().header(site), undefined);
  assert.equal(jar("a=b").cookies.header("https://example.org/"), undefined);
});

Deno.test("Cookies sends what was set, longest path first", () => {
  const { cookies } = jar("a=1; Path=/", "b=2; Path=/dir", "c=3");
  assert.equal(cookies.header(site), "b=2; c=3; a=1");
  assert.equal(cookies.header("https://www.example.com/"), "a=1");
});

Deno.test("Cookies replaces a cookie that is set again", () => {
  const { cookies } = jar("a=1", "a=2");
  assert.equal(cookies.header(site), "a=2");
});

Deno.test("Cookies keeps to the host unless a domain is named, and to no public suffix", () => {
  const { cookies } = jar(
    "host=1",
    "domain=2; Domain=example.com; Path=/",
    "suffix=3; Domain=com",
    "other=4; Domain=example.org",
  );
  assert.equal(cookies.header("https://shop.example.com/dir/"), "domain=2");
  assert.equal(cookies.header("https://www.example.com/dir/"), "host=1; domain=2");
  assert.equal(cookies.header("https://example.org/"), undefined);
});

Deno.test("Cookies does not send a secure cookie without encryption", () => {
  const { cookies } = jar("a=1; Secure", "b=2");
  assert.equal(cookies.header("http://www.example.com/dir/"), "b=2");
});

Deno.test("Cookies works for localhost, IP addresses and other ports of a host", () => {
  const { cookies } = jar();
  cookies.store("http://localhost:8000/", setting("a=1"));
  cookies.store("http://127.0.0.1:8000/", setting("b=2"));
  assert.equal(cookies.header("http://localhost:9000/x"), "a=1");
  assert.equal(cookies.header("http://127.0.0.1:9000/x"), "b=2");
});

Deno.test("Cookies passes over what is no cookie", () => {
  const { cookies } = jar("", "a=1\u0001", "=", "ok=1", "__Host-x=1; Domain=example.com");
  assert.equal(cookies.header(site), "ok=1");
});

Deno.test("Cookies forgets a cookie when its time has passed, whether it was looked at or not", () => {
  const { clock, cookies } = jar("a=1; Max-Age=100", "b=2; Expires=Thu, 01 Jan 2026 00:03:20 GMT", "c=3");
  clock.advance(99_999);
  assert.equal(cookies.header(site), "a=1; b=2; c=3");
  clock.advance(1);
  assert.equal(cookies.header(site), "b=2; c=3");
  clock.advance(100_000);
  assert.equal(cookies.header(site), "c=3");
});

Deno.test("Cookies lets no cookie live longer than 400 days", () => {
  const { cookies } = jar(`a=1; Max-Age=${"9".repeat(30)}`);
  assert.deepEqual(cookies.snapshot().map(({ expires }) => expires), [epoch + 400 * 86_400_000]);
});

Deno.test("Cookies works for an IPv6 address", () => {
  const { cookies } = jar();
  cookies.store("http://[::1]:8000/", setting("a=1"));
  assert.equal(cookies.header("http://[::1]:9000/x"), "a=1");
});

Deno.test("Cookies deletes a cookie that is set with a time that has passed", () => {
  const { cookies } = jar("a=1", "b=2");
  cookies.store(site, setting("a=; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"));
  assert.equal(cookies.header(site), undefined);
  assert.deepEqual(cookies.snapshot(), []);
});

Deno.test("Cookies has a snapshot of plain data", () => {
  const { cookies } = jar("a=1; Domain=example.com; Path=/; Max-Age=60; Secure; HttpOnly", "b=2");
  assert.deepEqual(cookies.snapshot(), [
    {
      name: "a",
      value: "1",
      domain: "example.com",
      path: "/",
      created: epoch,
      expires: epoch + 60_000,
      secure: true,
      httpOnly: true,
    },
    { name: "b", value: "2", domain: "www.example.com", path: "/dir", created: epoch, hostOnly: true },
  ]);
});

Deno.test("Cookies gives the same snapshot while no cookie is set", () => {
  const { cookies } = jar("a=1");
  const before = cookies.snapshot();
  cookies.header(site);
  cookies.store(site, setting());
  cookies.store(site, setting("x=1; Domain=com"));
  assert.equal(cookies.snapshot(), before);
  cookies.store(site, setting("b=2"));
  assert.notEqual(cookies.snapshot(), before);
  const empty = new Cookies();
  assert.equal(empty.snapshot(), empty.snapshot());
});

Deno.test("Cookies goes on from a snapshot as if nothing had happened", () => {
  const { cookies } = jar("a=1; Path=/", "b=2; Domain=example.com; Path=/", "c=3; Secure", "nameless");
  const snapshot = structuredClone(cookies.snapshot());
  const restored = new Cookies(new ManualClock(epoch));
  assert.equal(restored.restore(snapshot), 0);
  assert.equal(restored.snapshot(), snapshot);
  for (const url of [site, "http://www.example.com/dir/", "https://shop.example.com/", "https://example.com/"]) {
    assert.equal(restored.header(url), cookies.header(url), url);
  }
  restored.store(site, setting("a=9; Path=/"));
  assert.equal(restored.header("https://www.example.com/"), "a=9; b=2");
});

Deno.test("Cookies leaves out and counts what has expired when it goes on", () => {
  const { cookies } = jar("a=1; Max-Age=60", "b=2; Max-Age=120", "c=3");
  const restored = new Cookies(new ManualClock(epoch + 60_000));
  assert.equal(restored.restore(cookies.snapshot()), 1);
  assert.equal(restored.header(site), "b=2; c=3");
  assert.deepEqual(restored.snapshot().map(({ name }) => name), ["b", "c"]);
});

Deno.test("Cookies refuses a snapshot with a record that is none, and keeps what it has", () => {
  const { cookies } = jar("a=1");
  const record = { name: "b", value: "2", domain: "example.com", path: "/", created: 0 };
  assert.throws(
    () => cookies.restore([record, { ...record, path: 7 } as unknown as CookieRecord]),
    new TypeError('Cannot restore cookies: record 1 has no valid "path"'),
  );
  assert.throws(() => cookies.restore([null as unknown as CookieRecord]), TypeError);
  assert.throws(() => cookies.restore([{ ...record, expires: "soon" } as unknown as CookieRecord]), TypeError);
  assert.equal(cookies.header(site), "a=1");
});
