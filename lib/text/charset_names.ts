/**
 * The names of encodings, in all the spellings that servers and pages use for them.
 *
 * @module
 */

/** What the names look like without what is written differently from page to page. */
const bare = new Map(
  ("utf-8 ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-10 " +
    "iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u macintosh windows-874 windows-1250 windows-1251 " +
    "windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 gbk gb18030 gb2312 big5 " +
    "euc-jp iso-2022-jp shift_jis euc-kr iso-8859-1 utf-16le utf-16be")
    .split(" ").map((name) => [withoutMarks(name), name]),
);

/** Names that other systems have for them, without marks. */
const others: Readonly<Record<string, string>> = {
  utf8mb3: "utf-8",
  utf8mb4: "utf-8",
  macroman: "macintosh",
  cp932: "shift_jis",
  windows932: "shift_jis",
  cp936: "gbk",
  ms936: "gbk",
  windows936: "gbk",
  cp949: "euc-kr",
  ms949: "euc-kr",
  uhc: "euc-kr",
  cp950: "big5",
  ms950: "big5",
  windows950: "big5",
};

const decoders = new Map<string, TextDecoder>();

/**
 * Returns the WHATWG name of an encoding in lower case, or `undefined` where nobody knows it.
 *
 * Besides the labels of the standard: other systems' names, and names in which hyphens are missing or something else
 * stands for them (`utf_8`, `shiftjis`, `win-1251`).
 */
export function encodingOf(label: string): string | undefined {
  const name = label.trim().toLowerCase();
  return standard(name) ?? meant(withoutMarks(name.slice(0, longestName)).replace(/^win(?=\d)/, "windows"));
}

function standard(label: string): string | undefined {
  try {
    return decoderOf(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function meant(key: string): string | undefined {
  return standard(bare.get(key) ?? (Object.hasOwn(others, key) ? others[key] : undefined) ?? key);
}

/** Longer than any name of an encoding. */
const longestName = 40;

function withoutMarks(name: string): string {
  return name.replace(/[^a-z0-9]+/g, "");
}

/**
 * Returns what reads an encoding of the WHATWG standard.
 *
 * A decoder keeps no state between two whole texts, so one for each label is enough. Labels that are not the standard's
 * are a `RangeError` and are not kept.
 */
export function decoderOf(label: string): TextDecoder {
  let found = decoders.get(label);
  if (found === undefined) decoders.set(label, found = new TextDecoder(label));
  return found;
}
