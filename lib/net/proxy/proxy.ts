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

/** Returns what a proxy is told of a user: either may be empty, since some want only a password, but not both. */
export function loginOf(username: string, password: string): Pick<Proxy, "username" | "password"> {
  return { ...(username + password !== "" && { username }), ...(password !== "" && { password }) };
}

/** Returns a user name or a password as it is, from how a URL has it; a percent sign that escapes nothing is itself. */
export function unescaped(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // They are not UTF-8.
      return escapes;
    }
  });
}
