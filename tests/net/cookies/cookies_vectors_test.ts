import assert from "node:assert/strict";
import type { GivenCookie } from "../../../lib/model/request.ts";
import { Cookies } from "../../../lib/net/cookies/cookies.ts";
import { bytesOf, conformance } from "../../url/vectors.ts";

/** A text of Python's, or bytes, or another plain value. */
type Plain = string | number | boolean | { readonly $b64: string };

interface Step {
  readonly step: "request" | "response";
  readonly request: {
    readonly url: string;
    readonly cookies:
      | Readonly<Record<string, Plain>>
      | { readonly $items: readonly (readonly [name: Plain, value: Plain])[] }
      | readonly Readonly<Record<string, Plain>>[];
    readonly meta: { readonly cookiejar?: string; readonly dont_merge_cookies?: boolean };
  };
  readonly response_url?: string;
  readonly set_cookie?: readonly string[];
  readonly cookie_header_after?: readonly string[];
}

interface Case {
  readonly id: number;
  readonly steps: readonly Step[];
}

/** A value as Python writes it. */
function text(value: Plain): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? new TextDecoder().decode(bytesOf(value.$b64)) : String(value);
}

/** The cookies of a request of Scrapy's, as one of ours has them. */
function given(cookies: Step["request"]["cookies"]): Readonly<Record<string, string | GivenCookie>> {
  if (Array.isArray(cookies)) {
    return Object.fromEntries(cookies.map(({ name, value, domain, path, secure }) => [text(name), {
      value: text(value),
      ...domain !== undefined && { domain: text(domain) },
      ...path !== undefined && { path: text(path) },
      ...secure !== undefined && { secure: Boolean(secure) },
    }]));
  }
  const items = "$items" in cookies && Array.isArray(cookies.$items) ? cookies.$items : Object.entries(cookies);
  return Object.fromEntries(items.map(([name, value]) => [text(name), text(value)]));
}

conformance<Case>({
  file: "cookies.json",
  name: "Cookies sends what Scrapy's jars send",
  notMet: { 4: "a byte that is no UTF-8 goes back as it came" },
  check({ steps }) {
    const cookies = new Cookies();
    for (const { step, request, response_url, set_cookie, cookie_header_after } of steps) {
      const { url, meta: { cookiejar = "", dont_merge_cookies = false } } = request;
      if (dont_merge_cookies) continue;
      if (step === "request") {
        cookies.give(url, given(request.cookies), cookiejar);
        assert.equal(cookies.header(url, cookiejar) ?? "", cookie_header_after?.join("; ") ?? "");
      } else {
        const headers = new Headers(set_cookie?.map((line) => ["set-cookie", line]));
        cookies.store(response_url ?? url, headers, cookiejar);
      }
    }
  },
});
