/**
 * What is not ASCII in the query of a link, in the encoding of the page that the link stands in: so browsers send it,
 * and so the server that wrote the page reads it.
 *
 * @module
 */

/** UTF-8 as it is, what means UTF-8 in a URL, and one that nobody writes links in. */
const asUtf8 = /^(?:utf-|replacement$|iso-2022-jp$)/;

/** For each encoding the bytes of each character, as a URL spells them. */
const tables = new Map<string, ReadonlyMap<string, string>>();

/**
 * Returns a link whose query is ASCII, or the link as it was where its query is that already or is to be UTF-8.
 *
 * `encoding` is asked for the page's encoding (WHATWG's name, in lower case) only where it matters. A character that the
 * encoding does not have becomes `&#…;`, escaped, as in a form (URL Standard, "percent-encode after encoding").
 */
export function inPageEncoding(link: string, encoding: () => string): string {
  const start = link.indexOf("?");
  if (start < 0) return link;
  const hash = link.indexOf("#");
  const end = hash < 0 ? link.length : hash;
  const query = link.slice(start, end);
  if (end < start || /^[\0-\x7f]*$/.test(query)) return link;
  const name = encoding();
  if (asUtf8.test(name)) return link;
  const table = tableOf(name);
  const spelled = query.replace(
    /[^\0-\x7f]/gu,
    (character) => table.get(character) ?? `%26%23${character.codePointAt(0)}%3B`,
  );
  return link.slice(0, start) + spelled + link.slice(end);
}

function tableOf(encoding: string): ReadonlyMap<string, string> {
  let table = tables.get(encoding);
  if (table === undefined) tables.set(encoding, table = make(encoding));
  return table;
}

/** Reads every character there is of one byte and of two; where there are several spellings the first one counts. */
function make(encoding: string): ReadonlyMap<string, string> {
  const decoder = new TextDecoder(encoding);
  const table = new Map<string, string>();
  const add = (...bytes: readonly number[]) => {
    const [character, ...more] = decoder.decode(Uint8Array.from(bytes));
    if (character === undefined || more.length > 0 || character < "\x80" || character === "\ufffd") return;
    if (!table.has(character)) table.set(character, bytes.map(spell).join(""));
  };
  for (let byte = 0x80; byte <= 0xff; byte++) add(byte);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    if (neverWritten(encoding, lead)) continue;
    for (let trail = 0x40; trail <= 0xfe; trail++) add(lead, trail);
  }
  return table;
}

/** Rows that are read, but that the standard does not write: what they hold has another place too. */
function neverWritten(encoding: string, lead: number): boolean {
  return (encoding === "big5" && lead < 0xa1) || (encoding === "shift_jis" && (lead === 0xed || lead === 0xee));
}

function spell(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`;
}
