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
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
};

conformance<Case>({
  file: "encoding_detection.json",
  name: "decode() finds encodings as w3lib and Scrapy do",
  outside({ auto_detect_returns, default_encoding }) {
    if (auto_detect_returns !== undefined || default_encoding !== undefined) return "the last resort is not a setting";
    return undefined;
  },
  notMet: {
    22: "the WHATWG standard does not know UTF-32",
    24: "the WHATWG standard does not know UTF-32",
  },
  check({ body_b64, content_type, explicit_encoding, expected_text, expected_encoding, whatwg_label }) {
    // What Scrapy is told by hand comes first there, as the header does here.
    const header = explicit_encoding ? `text/html; charset=${explicit_encoding}` : content_type ?? undefined;
    const { text, encoding } = decode(bytesOf(body_b64), header);
    if (expected_text !== undefined) assert.equal(text, expected_text);
    if (expected_encoding !== undefined) {
      assert.equal(names[encoding] ?? encoding, whatwg_label ?? names[expected_encoding] ?? expected_encoding);
    }
  },
});
