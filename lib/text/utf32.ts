const utf16 = new TextDecoder("utf-16le");

/**
 * Returns the text of bytes in UTF-32, which `TextDecoder` does not know; a byte order mark is dropped.
 *
 * What is no character, the halves of a pair among them, becomes U+FFFD; so do bytes that are left over at the end.
 */
export function decodeUtf32(body: Uint8Array, order: "le" | "be"): string {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const units = new DataView(new ArrayBuffer(body.length + 4));
  let end = 0;
  const add = (unit: number) => {
    units.setUint16(end, unit, true);
    end += 2;
  };
  for (let at = 0; at < body.length; at += 4) {
    const code = at + 4 > body.length ? Infinity : view.getUint32(at, order === "le");
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) add(0xfffd);
    else if (code < 0x10000) add(code);
    else {
      add(0xd800 | (code - 0x10000) >> 10);
      add(0xdc00 | (code & 0x3ff));
    }
  }
  return utf16.decode(new Uint8Array(units.buffer, 0, end));
}
