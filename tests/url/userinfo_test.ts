import assert from "node:assert/strict";
import { resolve } from "../../lib/url/resolve.ts";
import {
  basicAuthorization,
  shownLink,
  splitUserinfo,
  withoutLogins,
  withoutLoginsInWord,
} from "../../lib/url/userinfo.ts";

const split = (url: string) => splitUserinfo(resolve(url, url)!);

Deno.test("splitUserinfo() takes user and password out of a URL", () => {
  assert.deepEqual(split("http://me:secret@a.com/x?y"), { url: "http://a.com/x?y", userinfo: "me:secret" });
  assert.deepEqual(split("https://me@a.com:8443"), { url: "https://a.com:8443/", userinfo: "me" });
  assert.deepEqual(split("http://:secret@a.com/"), { url: "http://a.com/", userinfo: ":secret" });
  assert.deepEqual(split("http://m%40e:se:c@ret@[::1]:80/"), { url: "http://[::1]/", userinfo: "m%40e:se%3Ac%40ret" });
});

Deno.test("splitUserinfo() leaves a URL alone that has none", () => {
  for (const url of ["http://a.com/", "http://a.com/@me", "http://a.com/?to=me@b.com", "http://a.com/x/http://me@b/"]) {
    assert.deepEqual(split(url), { url, userinfo: "" });
  }
  assert.deepEqual(split("http://@a.com/"), { url: "http://a.com/", userinfo: "" });
});

Deno.test("basicAuthorization() is the header that browsers send", () => {
  const sent = (url: string) => basicAuthorization(split(url).userinfo);
  assert.equal(sent("http://Aladdin:open sesame@a.com/"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  assert.equal(sent("http://test:123£@a.com/"), "Basic dGVzdDoxMjPCow==");
  assert.equal(sent("http://me@a.com/"), `Basic ${btoa("me:")}`);
  assert.equal(sent("http://me:a:b@a.com/"), `Basic ${btoa("me:a:b")}`);
  assert.equal(sent("http://me:100%25%zz@a.com/"), `Basic ${btoa("me:100%%zz")}`);
});

Deno.test("withoutLogins() takes the logins out of all URLs in a text, whatever their scheme", () => {
  for (
    const [text, shown] of [
      ["it asked http://me:secret@a.com/x", "it asked http://a.com/x"],
      ["two: ftp://me:secret@a.com/ socks5://me@b:1", "two: ftp://a.com/ socks5://b:1"],
      ["HTTP://me:se:c@ret@a.com", "HTTP://a.com"],
      ["http:\\\\me:secret@a.com/", "http:\\\\a.com/"],
      ["http:/me:secret@a.com/", "http:/a.com/"],
      ["http://me:'se\"cret<@a.com/", "http://a.com/"],
      ["https://a.com/@me?to=me@b.com", "https://a.com/@me?to=me@b.com"],
      ["write to me@a.com", "write to me@a.com"],
      ["", ""],
    ] as const
  ) assert.equal(withoutLogins(text), shown);
});

Deno.test("shownLink() shows a link that is no web page without its login, also where it cannot be read as a URL", () => {
  for (
    const [link, shown] of [
      ["ftp://me:secret@a.com/x", "ftp://a.com/x"],
      ["ftp://a.com/@x", "ftp://a.com/@x"],
      ["http://me:sec/ret@a.com/", "http://…@a.com/"],
      ["http://me:sec ret@a b/", "http://…@a b/"],
      ["me:secret@a.com/", "…@a.com/"],
      ["//me:secret@a.com/", "…@a.com/"],
      ["http://me:se@cret@:x", "http://…@:x"],
      ["mailto:me@a.com", "mailto:me@a.com"],
      ["javascript:void(0)", "javascript:void(0)"],
      ["nope", "nope"],
    ] as const
  ) assert.equal(shownLink(link), shown);
});

Deno.test("withoutLoginsInWord() also takes out a login with white space in it", () => {
  assert.equal(withoutLoginsInWord("--start-url=http://me:a b@c@a.com/@x"), "--start-url=http://a.com/@x");
  assert.equal(withoutLoginsInWord("https://a.com/x y@z"), "https://a.com/x y@z");
});
