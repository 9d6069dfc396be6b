import assert from "node:assert/strict";
import { Cookies } from "../../lib/net/cookies.ts";
import { conformance } from "../url/vectors.ts";

interface Step {
  readonly step: "request" | "response";
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly cookies: Readonly<Record<string, unknown>> | readonly unknown[];
    readonly meta: Readonly<Record<string, unknown>>;
  };
  readonly response_url?: string;
  readonly set_cookie?: readonly string[];
  readonly cookie_header_after?: readonly string[];
}

interface Case {
  readonly id: number;
  readonly steps: readonly Step[];
}

conformance<Case>({
  file: "cookies.json",
  name: "Cookies sends what Scrapy's jar sends",
  outside({ steps }) {
    const given = steps.some(({ request }) => Object.keys(request.cookies).length > 0 || "Cookie" in request.headers);
    if (given) return "a request has a Cookie header of its own, not cookies for the jar";
    return steps.some(({ request }) => "cookiejar" in request.meta) ? "there is one jar" : undefined;
  },
  notMet: {
    4: "a byte that is no UTF-8 goes back as it came",
    28: "no cookie is taken for a public suffix, not even from its own host",
  },
  check({ steps }) {
    const cookies = new Cookies();
    for (const { step, request, response_url, set_cookie, cookie_header_after } of steps) {
      if (step === "request") {
        assert.equal(cookies.header(request.url) ?? "", cookie_header_after?.join("; ") ?? "");
      } else {
        cookies.store(response_url ?? request.url, new Headers(set_cookie?.map((line) => ["set-cookie", line])));
      }
    }
  },
});
