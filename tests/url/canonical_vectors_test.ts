import assert from "node:assert/strict";
import { canonicalize } from "../../lib/url/canonical.ts";
import { bytesOf, conformance } from "./vectors.ts";

interface Case {
  readonly id: number;
  readonly input?: string | readonly string[];
  readonly input_b64?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly expected: string;
}

conformance<Case>({
  file: "canonicalize_url.json",
  name: "canonicalize() spells URLs as w3lib does",
  outside({ input, args }) {
    if (args?.keep_blank_values === false && /[?&][^=]*(?:&|$)|=(?:&|$)/.test(String(input))) {
      return "blank values are always kept";
    }
    if (args?.encoding !== undefined && /[^\0-\x7f]/.test(String(input)) && args.encoding !== "utf8") {
      return "what is not ASCII is UTF-8";
    }
    if (input !== undefined && !/^[\s\0-\x20]*h\s*ttps?\s*:/.test(textOf(input))) {
      return "only absolute http and https URLs";
    }
    return undefined;
  },
  notMet: {
    80: "WHATWG allows a host that begins with a dot, so its other labels become punycode",
    140: "WHATWG drops the colon before an empty password",
    164: "WHATWG drops the default port",
    168: "WHATWG refuses a host that is in brackets and no IPv6 address",
    192: "w3lib loses a semicolon at the end of a path",
    338: "WHATWG does not limit the length of a label",
    340: "WHATWG drops the default port",
  },
  check({ input, input_b64, args, expected }) {
    const url = input_b64 === undefined ? textOf(input) : new TextDecoder().decode(bytesOf(input_b64));
    // A fragment is never kept, because no server sees it.
    assert.equal(canonicalize(url), args?.keep_fragments === true ? expected.replace(/#.*/, "") : expected);
  },
});

/** A URL, or its parts as Python's urlparse names them: scheme, host, path, parameters, query, fragment. */
function textOf(input: Case["input"]): string {
  if (typeof input === "string" || input === undefined) return input ?? "";
  const [scheme, host, path, parameters, query] = input;
  return `${scheme}://${host}${path}${parameters === "" ? "" : `;${parameters}`}${query === "" ? "" : `?${query}`}`;
}
