import assert from "node:assert/strict";
import { resolve } from "../../lib/url/resolve.ts";
import { bytesOf, conformance } from "./vectors.ts";

interface Case {
  readonly id: number;
  readonly input?: unknown;
  readonly input_b64?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly expected?: string;
  /** The name of the error that there is instead of a URL. */
  readonly raises?: string;
}

/** Relative cases are resolved here. */
const base = "http://example.com/";

conformance<Case>({
  file: "safe_url_string.json",
  name: "resolve() spells URLs as w3lib does, or refuses them as it should",
  outside(one) {
    const url = textOf(one);
    if (url === undefined) return "a link is text";
    if (one.args?.path_encoding !== undefined) return "a path is UTF-8";
    if (/^[\s\0-\x20]*[^/?#]*:/.test(url) && !/^[\s\0-\x20]*h\s*ttps?\s*:/.test(url)) return "only http and https";
    if (one.raises !== undefined && !/^https?:/.test(url)) return "whatever is no URL is a path";
    return undefined;
  },
  notMet: {
    58: "WHATWG leaves a lone percent sign in userinfo",
    80: "WHATWG refuses a host that is in brackets and no IPv6 address",
    126: "WHATWG drops the default port",
    188: "WHATWG leaves brackets in a path",
    190: "WHATWG leaves brackets in a path",
    192: "WHATWG leaves brackets in a query",
    196: "WHATWG leaves brackets in a query",
    270: "WHATWG does not limit the length of a label",
    286: "WHATWG leaves escapes in userinfo",
    342: "WHATWG leaves a lone percent sign, brackets and a bar in a path",
    348: "WHATWG leaves a lone percent sign, brackets, a backslash, a circumflex, a grave accent and braces in a query",
  },
  check(one) {
    const { args, expected } = one;
    const encoding = typeof args?.encoding === "string" ? new TextDecoder(args.encoding).encoding : "utf-8";
    const url = resolve(textOf(one) ?? "", base, () => encoding);
    if (expected === undefined) return assert.equal(url, undefined);
    const absolute = /^https?:/.test(expected) ? expected : new URL(base).origin + expected.replace(/^\/?/, "/");
    // A path is never empty, because a request begins with one; and a fragment is never kept.
    assert.equal(url, absolute.replace(/#.*/, "").replace(/^(https?:\/\/[^/?]*)(?=\?|$)/, "$1/"));
  },
});

/** What the case asks for, or `undefined` where that are bytes that are no text, or something else. */
function textOf({ input, input_b64 }: Case): string | undefined {
  if (input_b64 === undefined) return typeof input === "string" ? input : undefined;
  const text = new TextDecoder().decode(bytesOf(input_b64));
  return text.includes("\ufffd") ? undefined : text;
}

interface OtherCase {
  readonly id: number;
  readonly fn: string;
  readonly args: readonly [unknown];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly expected: string | boolean;
}

conformance<OtherCase>({
  file: "url_misc.json",
  name: "resolve() agrees with w3lib's safe_download_url and is_url",
  outside({ fn, args: [url], kwargs }) {
    if (fn !== "safe_download_url" && fn !== "is_url") return "another function";
    return typeof url !== "string" || Object.keys(kwargs).length > 0 ? "a link is text, and its path UTF-8" : undefined;
  },
  check({ args: [url], expected }) {
    const resolved = resolve(String(url), String(url));
    assert.equal(typeof expected === "boolean" ? resolved !== undefined : resolved, expected);
  },
});
