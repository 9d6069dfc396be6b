/**
 * Headers that have one value, as they really come: several times, empty, or both.
 *
 * @module
 */

/** The headers that are read so, with how a further value begins where several were joined with commas. */
const beginnings = {
  "content-length": /^\d/,
  etag: /^(?:W\/)?"/,
  "last-modified": /^[a-z]{3,9},?(?:\s|$)/i,
  // A URL may have a comma and a space in it ("/wiki/Paris, Texas"); what follows them rarely begins as a URL does, or is
  // the name of a file.
  location: /^(?:[/\\?#]|\.{1,2}\/|https?:|[a-z][a-z\d+.-]*:\/\/|[\w%~-]+\.[a-z][a-z\d]{1,4}(?:[?#]|$))/i,
  refresh: /^\.?\d[\d.]*\s*(?:;|$)/,
} as const;

/** In the query of a URL anything may stand, behind a comma as well ("?q=Paris, /fr"), but hardly a whole URL. */
const wholeUrl = /^(?:\/\/|https?:|[a-z][a-z\d+.-]*:\/\/)/i;

/** A header that has one value. */
export type SingleHeader = keyof typeof beginnings;

/** Between the values of headers of one name. */
const comma = ", ";

/**
 * Returns the different values of a header that should have one: none where it is missing or says nothing, and one
 * however often that is repeated.
 *
 * `Headers` joins what came several times, so the values are told apart by how they begin.
 */
export function valuesOf(headers: Headers, name: SingleHeader): readonly string[] {
  const joined = headers.get(name);
  if (joined === null) return [];
  const parts = joined.split(comma).filter((part) => part !== "");
  const repeated = repeatedIn(parts);
  if (repeated !== undefined) return [repeated];
  const values: string[] = [];
  for (const part of parts) {
    const before = values.at(-1);
    const beginning = name === "location" && before?.includes("?") ? wholeUrl : beginnings[name];
    if (before === undefined || beginning.test(part)) values.push(part);
    else values[values.length - 1] = `${before}${comma}${part}`;
  }
  return [...new Set(values)];
}

/** Returns the value of a header that has one, or `undefined` where it is missing, says nothing, or has several. */
export function singleHeader(headers: Headers, name: SingleHeader): string | undefined {
  const values = valuesOf(headers, name);
  return values.length === 1 ? values[0] : undefined;
}

/** Returns the length of a body in bytes that a server gives, or `undefined` where it gives none that could be one. */
export function contentLength(headers: Headers): number | undefined {
  const length = singleHeader(headers, "content-length");
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** The value of which these parts are two or more repetitions. */
function repeatedIn(parts: readonly string[]): string | undefined {
  for (let length = 1; length <= parts.length / 2; length++) {
    if (parts.length % length !== 0) continue;
    if (parts.every((part, at) => part === parts[at % length])) return parts.slice(0, length).join(comma);
  }
  return undefined;
}
