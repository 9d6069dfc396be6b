import assert from "node:assert/strict";
import { referrerPolicies, type ReferrerPolicy } from "../../../lib/model/referrer_policy.ts";
import { policyOf, refererOf } from "../../../lib/net/follow/referer.ts";

const page = "https://a.com/b?c";

/** What each policy sends to the same site, to another, and to one without encryption. */
const sent: Readonly<Record<ReferrerPolicy, readonly [same: string, other: string, plain: string]>> = {
  "no-referrer": ["", "", ""],
  "no-referrer-when-downgrade": [page, page, ""],
  "same-origin": [page, "", ""],
  "origin": ["https://a.com/", "https://a.com/", "https://a.com/"],
  "strict-origin": ["https://a.com/", "https://a.com/", ""],
  "origin-when-cross-origin": [page, "https://a.com/", "https://a.com/"],
  "strict-origin-when-cross-origin": [page, "https://a.com/", ""],
  "unsafe-url": [page, page, page],
};

for (const policy of referrerPolicies) {
  Deno.test(`refererOf() does what ${policy} says`, () => {
    const to = ["https://a.com/d", "https://d.com/", "http://a.com/d"].map((to) => refererOf(policy, page, to));
    assert.deepEqual(to, sent[policy]);
  });
}

Deno.test("refererOf() takes another port, or a name that only begins alike, for another origin", () => {
  const to = (url: string) => refererOf("same-origin", "http://a.com:8080/b", url);
  assert.equal(to("http://a.com:8080/"), "http://a.com:8080/b");
  assert.equal(to("http://a.com:80801/"), "");
  assert.equal(to("http://a.com/"), "");
  assert.equal(refererOf("same-origin", "http://a.com/b", "http://a.com.evil.example/"), "");
  assert.equal(refererOf("same-origin", "http://a.com/b", "http://a.com:8080/"), "");
});

Deno.test("refererOf() never sends a password, a fragment or the port that goes without saying", () => {
  assert.equal(refererOf("unsafe-url", "https://me:secret@A.com:443/b?c#d", "http://d.com/"), "https://a.com/b?c");
  assert.equal(refererOf("origin", "https://me:secret@a.com/b", "http://d.com/"), "https://a.com/");
});

Deno.test("refererOf() sends only the origin of a page with a very long URL", () => {
  const long = (length: number) => `http://a.com/${"x".repeat(length - 13)}`;
  assert.equal(refererOf("unsafe-url", long(4096), "http://d.com/"), long(4096));
  assert.equal(refererOf("unsafe-url", long(4097), "http://d.com/"), "http://a.com/");
});

Deno.test("refererOf() sends nothing of what is no page of the web", () => {
  for (const from of ["file:///etc/passwd", "data:text/html,x", "about:blank", "s3://bucket/key", "nonsense", ""]) {
    assert.equal(refererOf("unsafe-url", from, "http://d.com/"), "", from);
  }
});

Deno.test("policyOf() is the last policy of the header that is known", () => {
  const of = (value: string) => policyOf(new Headers({ "Referrer-Policy": value }));
  assert.equal(of("Origin"), "origin");
  assert.equal(of("unsafe-url, no-referrer, brand-new"), "no-referrer");
  assert.equal(of("same-origin , UNSAFE-URL"), "unsafe-url");
  assert.equal(of("brand-new"), undefined);
  assert.equal(of(""), undefined);
  assert.equal(of(" , "), undefined);
  assert.equal(of("origin, "), "origin");
  assert.equal(policyOf(new Headers()), undefined);
});
