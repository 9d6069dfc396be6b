import assert from "node:assert/strict";
import { bytesOf, conformance } from "../../url/vectors.ts";
import { once, pageOf } from "../one_download.ts";
import { answer, RawServer } from "../raw_server.ts";

interface Case {
  readonly id: number;
  readonly content_encoding: string;
  readonly body_b64: string;
  readonly max_size?: number;
  readonly expected_prefix_len?: number;
  readonly expected_sha1?: string;
}

/** The SHA-1 of the page that most of the cases hold. */
const html = "628dba3d0a1238468608d81ce696799aec7f92c9";

conformance<Case>({
  file: "content_encoding.json",
  name: "download() takes encodings off as Scrapy does",
  notMet: {
    16: "a body that is cut short is no page, even where its beginning can be read",
  },
  async check({ content_encoding, body_b64, max_size, expected_prefix_len, expected_sha1 }) {
    const packed = bytesOf(body_b64);
    await using server = new RawServer(
      answer([`Content-Encoding: ${content_encoding}`, `Content-Length: ${packed.length}`], packed),
    );
    const outcome = await once(server.url, { ...max_size !== undefined && { maxBodySize: max_size } });
    if (max_size !== undefined) return assert.equal(outcome.failure?.kind, "too-large");
    const { body } = pageOf(outcome);
    if (expected_prefix_len !== undefined) assert.equal(body.length, expected_prefix_len);
    if (expected_sha1 !== undefined) return assert.equal(await sha1(body), expected_sha1);
    // All but the sentence that names the encoding.
    const page = new TextDecoder().decode(body).replace(/encoding `\w+'/, "encoding");
    assert.equal(await sha1(new TextEncoder().encode(page)), html);
  },
});

async function sha1(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes)).toHex();
}
