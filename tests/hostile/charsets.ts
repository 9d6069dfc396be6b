/**
 * Pages whose encoding is not what they say, or not anything.
 *
 * @module
 */
import type { Case } from "./case.ts";

/** A page of these bytes, which has to be read as a page with this title. */
function bytes(name: string, type: string, body: Uint8Array, title: string): Case {
  return {
    name,
    serving: { answer: (peer) => peer.sendPage(body, [`content-type: ${type}`]) },
    wanted: { pages: 1, title },
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string) =>
  Uint8Array.from(text, (character) => character.charCodeAt(0)).reduce<number[]>(
    (all, byte) => [...all, byte, 0],
    [],
  );
const mark = [0xef, 0xbb, 0xbf];

export const charsets: readonly Case[] = [
  bytes(
    "a header that is right and a meta that is not",
    "text/html; charset=utf-8",
    utf8('<meta charset="koi8-r"><title>Grüße</title>'),
    "Grüße",
  ),
  bytes(
    "a byte order mark against its header and its meta",
    "text/html; charset=iso-8859-1",
    new Uint8Array([...mark, ...utf8('<meta charset="shift_jis"><title>Grüße</title>')]),
    "Grüße",
  ),
  bytes(
    "UTF-16 of an odd length",
    "text/html; charset=utf-16le",
    new Uint8Array([...utf16("<title>odd</title>"), 0x41]),
    "odd",
  ),
  bytes(
    "a meta that says UTF-16 in a page that is not",
    "text/html",
    utf8('<meta charset="utf-16le"><title>plain</title>'),
    "plain",
  ),
  bytes(
    "bytes that are not UTF-8",
    "text/html; charset=utf-8",
    latin1("<title>a\xff\xfe\xc3(\xed\xa0\x80z</title>"),
    "a\ufffd\ufffd\ufffd(\ufffd\ufffd\ufffdz",
  ),
  bytes("a charset that does not exist", "text/html; charset=klingon", utf8("<title>Grüße</title>"), "Grüße"),
  bytes("a charset of 10 KB", `text/html; charset=${"x".repeat(10_000)}`, utf8("<title>long</title>"), "long"),
  bytes(
    "UTF-7, which nobody should read",
    "text/html; charset=utf-7",
    utf8("<title>+ADw-script+AD4-</title>"),
    "+ADw-script+AD4-",
  ),
  bytes(
    "a hundred metas that differ",
    "text/html",
    utf8('<meta charset="koi8-r">'.repeat(100) + "<title>many</title>"),
    "many",
  ),
];
