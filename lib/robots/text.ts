/**
 * From the bytes of a robots.txt to its text.
 *
 * @module
 */

/** As much of a file as counts, in bytes (RFC 9309, section 2.5). */
export const robotsSize = 500 * 1024;

const lineFeed = 0x0a, carriageReturn = 0x0d;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Returns the text of a robots.txt, up to the last whole line of its first 500 KiB.
 *
 * It should be UTF-8. Of other bytes those above ASCII become escapes, which is what they are compared as; UTF-16 is
 * known by its mark; and NUL characters are dropped.
 */
export function robotsText(body: Uint8Array): string {
  const text = decoded(body.length <= robotsSize ? body : wholeLines(body.subarray(0, robotsSize)));
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

/** The first half of a pattern would be another rule. */
function wholeLines(part: Uint8Array): Uint8Array {
  return part.subarray(0, Math.max(part.lastIndexOf(lineFeed), part.lastIndexOf(carriageReturn)) + 1);
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    // The decoder of the platform takes "latin1" for windows-1252, and would change the bytes.
    const latin1 = Array.from(bytes, (byte) => byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`);
    return latin1.join("");
  }
}
