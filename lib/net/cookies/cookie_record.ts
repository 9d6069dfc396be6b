/**
 * A cookie as plain data, for a checkpoint, and back.
 *
 * @module
 */

import { Cookie } from "tough-cookie";

/**
 * One cookie as plain data. Times are milliseconds since 1970; a cookie without `expires` lasts as long as the crawl.
 */
export interface CookieRecord {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly created: number;
  readonly expires?: number;
  readonly secure?: true;
  readonly httpOnly?: true;
  /** Only for the host `domain` itself, not for what is below it. */
  readonly hostOnly?: true;
  /** The name of its jar, unless that is empty. */
  readonly jar?: string;
}

/** Returns a cookie of a jar as a record. */
export function recordOf(cookie: Cookie, jar: string): CookieRecord {
  const { key, value, domain, path, creation, expires, secure, httpOnly, hostOnly } = cookie;
  return Object.freeze({
    name: key,
    value,
    domain: domain ?? "",
    path: path ?? "/",
    created: creation instanceof Date ? creation.getTime() : 0,
    ...expires instanceof Date && { expires: expires.getTime() },
    ...secure && { secure },
    ...httpOnly && { httpOnly },
    ...hostOnly === true && { hostOnly },
    ...jar !== "" && { jar },
  });
}

/** Returns the cookie of a record. */
export function cookieOf(record: CookieRecord): Cookie {
  const { name, value, domain, path, created, expires, secure, httpOnly, hostOnly } = record;
  return new Cookie({
    key: name,
    value,
    domain,
    path,
    creation: new Date(created),
    ...expires !== undefined && { expires: new Date(expires) },
    secure: secure === true,
    httpOnly: httpOnly === true,
    hostOnly: hostOnly === true,
  });
}

/** Throws a `TypeError` that says which record of a snapshot is none. */
export function checkRecord(record: unknown, at: number): void {
  const texts = ["name", "value", "domain", "path"] as const;
  const fields = typeof record === "object" && record !== null
    ? record as Partial<Record<keyof CookieRecord, unknown>>
    : {};
  const wrong = texts.find((field) => typeof fields[field] !== "string") ??
    (typeof fields.created === "number" ? undefined : "created") ??
    (fields.expires === undefined || typeof fields.expires === "number" ? undefined : "expires") ??
    (fields.jar === undefined || typeof fields.jar === "string" ? undefined : "jar");
  if (wrong !== undefined) throw new TypeError(`Cannot restore cookies: record ${at} has no valid "${wrong}"`);
}
