import assert from "node:assert/strict";
import { decode } from "../../lib/text/charset.ts";
import { bytesOf, conformance } from "../url/vectors.ts";

interface Case {
  readonly id: number;
  readonly content_type: string | null;
  readonly body_b64: string;
  readonly expected_text?: string;
  readonly expected_encoding?: string;
  readonly whatwg_label?: string | null;
  readonly explicit_encoding?: string | null;
  readonly auto_detect_returns?: string;
  readonly default_encoding?: string;
}

/**
 * The WHATWG names for what Python calls otherwise. WHATWG reads gbk with the decoder of gb18030, so the two are one
 * here.
 */
const names: Readonly<Record<string, string>> = {
  utf8: "utf-8",
  cp1252: "windows-1252",
  big5hkscs: "big5",
  gbk: "gb18030",
};

conformance<Case>({
  file: "encoding_detection.json",
  name: "decode() finds encodings as w3lib and Scrapy do",
  outside({ explicit_encoding, auto_detect_returns, default_encoding }) {
    if (explicit_encoding) return "an encoding is found, not given";
    if (auto_detect_returns !== undefined || default_encoding !== undefined) return "the last resort is not a setting";
    return undefined;
  },
  notMet: {
    22: "WHATWG has no UTF-32",
    24: "WHATWG has no UTF-32",
    26: "WHATWG reads utf-16 without a byte order mark as little-endian",
    28: "a space after the angle bracket makes it text and no element, and the text is valid UTF-8",
    38: "an empty body is valid UTF-8",
    68: "an empty body is valid UTF-8",
    108: "an empty body is valid UTF-8",
  },
  check({ body_b64, content_type, expected_text, expected_encoding, whatwg_label }) {
    const { text, encoding } = decode(bytesOf(body_b64), content_type ?? undefined);
    if (expected_text !== undefined) assert.equal(text, expected_text);
    if (expected_encoding !== undefined) {
      assert.equal(names[encoding] ?? encoding, whatwg_label ?? names[expected_encoding] ?? expected_encoding);
    }
  },
});
