import assert from "node:assert/strict";
import type { CookieRecord } from "../../../lib/net/cookies/cookie_record.ts";
import { Cookies } from "../../../lib/net/cookies/cookies.ts";
import { ManualClock } from "../../../lib/time/clock.ts";

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

Deno.test("Cookies keeps a tab within a cookie, the one control character that may be there", () => {
  const { cookies } = jar("a=1\t2", "b=\t3 \t", "c\td=4;\tPath=/", "e=\x015", "f=6\x7f");
  assert.equal(cookies.header(site), "a=1\t2; b=3; c\td=4");
  assert.deepEqual(cookies.snapshot().map(({ name, value }) => [name, value]), [["a", "1\t2"], ["b", "3"], [
    "c\td",
    "4",
  ]]);
  assert.equal(new Headers({ cookie: cookies.header(site)! }).get("cookie"), "a=1\t2; b=3; c\td=4");
});

Deno.test("Cookies takes a domain in Unicode, upper case or with a dot as a URL spells it", () => {
  for (const domain of ["b\u00fccher.test", "B\u00dcCHER.test", ".xn--bcher-kva.test", "b\u00fccher.test."]) {
    const cookies = new Cookies(new ManualClock(epoch));
    cookies.give("https://shop.xn--bcher-kva.test/", { a: { value: "1", domain } });
    assert.equal(cookies.header("https://www.xn--bcher-kva.test/"), "a=1", domain);
  }
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
  assert.equal(cookies.header("https://below.www.example.com/dir/"), "domain=2");
  assert.equal(cookies.header("https://www.example.com/dir/"), "host=1; domain=2");
  assert.equal(cookies.header("https://example.org/"), undefined);
});

Deno.test("Cookies does not send a secure cookie without encryption", () => {
  const { cookies } = jar("a=1; Secure", "b=2");
  assert.equal(cookies.header("http://www.example.com/dir/"), "b=2");
});

Deno.test("Cookies takes this machine for safe: a secure cookie goes there without encryption", () => {
  const { cookies } = jar();
  for (const host of ["localhost:8000", "app.localhost", "127.0.0.1:8000", "[::1]"]) {
    cookies.store(`http://${host}/`, setting("a=1; Secure"));
    assert.equal(cookies.header(`http://${host}/x`), "a=1", host);
  }
  cookies.store("http://127.example.com/", setting("b=2; Secure"));
  cookies.store("https://127.example.com/", setting("c=3; Secure"));
  assert.equal(cookies.header("http://127.example.com/"), undefined);
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
  const { cookies } = jar(`a=1; Max-Age=${"9".repeat(400)}`, "b=2; Expires=Fri, 31 Dec 9999 23:59:59 GMT");
  const latest = epoch + 400 * 86_400_000;
  assert.deepEqual(cookies.snapshot().map(({ expires }) => expires), [latest, latest]);
});

Deno.test("Cookies works for an IPv6 address", () => {
  const { cookies } = jar();
  cookies.store("http://[::1]:8000/", setting("a=1"));
  assert.equal(cookies.header("http://[::1]:9000/x"), "a=1");
});

Deno.test("Cookies deletes a cookie that is set with a time that has passed", () => {
  const { cookies } = jar("a=1", "b=2");
  cookies.store(site, setting("a=; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"));
  cookies.store(site, setting(`c=; Max-Age=-${"9".repeat(400)}`));
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

Deno.test("Cookies goes on from a snapshot as if nothing had happened", () => {
  const { cookies } = jar("a=1; Path=/", "b=2; Domain=example.com; Path=/", "c=3; Secure", "nameless");
  const snapshot = structuredClone(cookies.snapshot());
  const restored = new Cookies(new ManualClock(epoch));
  assert.equal(restored.restore(snapshot), 0);
  assert.deepEqual(restored.snapshot(), snapshot);
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

Deno.test("Cookies has a jar for each name, and none sees what is in another", () => {
  const { cookies } = jar("who=nobody; Path=/");
  cookies.store(site, setting("who=alice; Path=/"), "alice");
  cookies.give(site, { who: "bob" }, "bob");
  assert.equal(cookies.header(site), "who=nobody");
  assert.equal(cookies.header(site, "alice"), "who=alice");
  assert.equal(cookies.header(site, "bob"), "who=bob");
  assert.equal(cookies.header(site, "carol"), undefined);
});

Deno.test("Cookies keeps all jars in one snapshot, each cookie with the name of its jar unless that is empty", () => {
  const { clock, cookies } = jar("a=1");
  cookies.store(site, setting("b=2; Max-Age=60"), "alice");
  cookies.store("http://[::1]:8000/", setting("c=3"), "alice");
  const snapshot = structuredClone(cookies.snapshot());
  assert.deepEqual(snapshot.map(({ name, jar }) => [name, jar]), [["a", undefined], ["b", "alice"], ["c", "alice"]]);
  const restored = new Cookies(clock);
  assert.equal(restored.restore(snapshot), 0);
  assert.equal(restored.header(site), "a=1");
  assert.equal(restored.header(site, "alice"), "b=2");
  assert.equal(restored.header("http://[::1]:9000/", "alice"), "c=3");
  clock.advance(60_000);
  assert.equal(new Cookies(clock).restore(snapshot), 1);
});

Deno.test("Cookies takes what a spider gives for the host and all paths of a URL, by https only if the URL is https", () => {
  const { cookies } = jar();
  cookies.give("http://a.example.com/dir/page", { plain: "1" });
  cookies.give(site, { secret: "2" });
  assert.equal(cookies.header("https://a.example.com:8443/"), "plain=1");
  assert.equal(cookies.header("http://example.com/"), undefined);
  assert.equal(cookies.header("https://www.example.com/other"), "secret=2");
  assert.equal(cookies.header("http://www.example.com/other"), undefined);
});

Deno.test("Cookies takes a domain, a path and secure from the spider, but no domain that is not the host's", () => {
  const { cookies } = jar();
  cookies.give(site, {
    wide: { value: "1", domain: ".example.com" },
    deep: { value: "2", path: "/deep" },
    open: { value: "3", secure: false },
    other: { value: "4", domain: "example.org" },
    suffix: { value: "5", domain: "com" },
  });
  cookies.give("http://www.example.com/", { closed: { value: "6", secure: true } });
  assert.equal(cookies.header("https://shop.example.com/"), "wide=1");
  assert.equal(cookies.header("http://www.example.com/deep/x"), "open=3");
  assert.equal(cookies.header("https://www.example.com/deep/x"), "deep=2; wide=1; open=3; closed=6");
  assert.equal(cookies.header("https://example.org/"), undefined);
});

Deno.test("Cookies sends the bytes of UTF-8 for other characters, and those that a server set as they came", () => {
  const { cookies } = jar("server=caf\xe9");
  cookies.give(site, { "näme": "ü€" });
  assert.equal(cookies.header(site), "server=caf\xe9; n\xc3\xa4me=\xc3\xbc\xe2\x82\xac");
});

Deno.test("Cookies lets a host that is a public suffix set cookies for itself alone", () => {
  const { cookies } = jar();
  cookies.store("https://co.uk/", setting("a=1; Domain=co.uk", "__Host-b=2; Secure; Path=/; Domain=com"));
  assert.equal(cookies.header("https://co.uk/"), "a=1");
  assert.equal(cookies.header("https://bar.co.uk/"), undefined);
});

Deno.test("Cookies passes over a cookie that is larger than browsers take", () => {
  const { cookies } = jar(`a=${"x".repeat(4095)}`, `b=${"x".repeat(4096)}`, `c=3; Path=/${"x".repeat(1024)}`);
  assert.deepEqual(cookies.snapshot().map(({ name }) => name), ["a"]);
});

Deno.test("Cookies keeps 180 cookies of a site, and forgets the oldest first", () => {
  const { cookies } = jar(...Array.from({ length: 150 }, (_, at) => `n${at}=1; Domain=example.com; Path=/`));
  cookies.store("https://shop.example.com/", setting(...Array.from({ length: 50 }, (_, at) => `m${at}=1`)));
  const names = cookies.snapshot().map(({ name }) => name);
  assert.deepEqual([names.length, names[0], names.at(-1)], [180, "n20", "m49"]);
  assert.equal(cookies.header("https://www.example.com/")?.split("; ").length, 130);
});

Deno.test("Cookies forgets the sites that were asked longest ago when there is more than a megabyte, and says so once", () => {
  let told = 0;
  const cookies = new Cookies(new ManualClock(epoch), () => told += 1);
  const url = (at: number) => `http://site${at}.example.com.x${at}.com/`;
  const fill = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      cookies.store(url(at), setting(`a=${"x".repeat(3900)}`), at === 0 ? "alice" : "");
    }
  };
  fill(0, 240);
  assert.equal(told, 0);
  assert.equal(cookies.snapshot().length, 240);
  assert.ok(cookies.header(url(0), "alice") !== undefined);
  fill(240, 300);
  const kept = cookies.snapshot().map(({ domain }) => Number(domain.replace(/^site(\d+).*/, "$1")));
  assert.equal(told, 1);
  assert.ok(kept.length >= 200 && kept.length <= 250, `${kept.length}`);
  const [used, ...others] = kept.toSorted((a, b) => a - b);
  assert.equal(used, 0);
  assert.deepEqual(others, Array.from(others, (_, at) => 300 - others.length + at));
  const restored = new Cookies(new ManualClock(epoch));
  restored.restore(cookies.snapshot());
  assert.deepEqual(restored.snapshot(), cookies.snapshot());
});

Deno.test("Cookies takes in no more of a snapshot than it keeps", () => {
  const records = Array.from({ length: 300 }, (_, at): CookieRecord => (
    { name: "a", value: "x".repeat(4000), domain: `x${at}.com`, path: "/", created: 0, hostOnly: true }
  ));
  const cookies = new Cookies(new ManualClock(epoch));
  cookies.restore(records);
  const kept = cookies.snapshot();
  assert.ok(kept.length >= 200 && kept.length <= 250, `${kept.length}`);
  assert.equal(kept.at(-1)?.domain, "x299.com");
});
