import { Buffer } from "node:buffer";

/** A proxy that downloads go through. */
export interface Proxy {
  /** What people are shown, such as `datacenter` or `datacenter 2`; never the URL, which may tell what is secret. */
  readonly name: string;
  /** Without a user name and a password. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** Returns the `Proxy-Authorization` header for a proxy; undefined where it wants none. */
export function authorizationOf({ username, password = "" }: Proxy): string | undefined {
  return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Whether a proxy speaks SOCKS. */
export function isSocks({ url }: Proxy): boolean {
  return url.startsWith("socks5");
}

/** Returns a user name or a password as it is, from how a URL has it; a percent sign that escapes nothing is itself. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
