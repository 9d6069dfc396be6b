import { kindOf } from "../text/kind.ts";
import { suggest } from "../text/nearest.ts";
import { isPlain } from "./is_plain.ts";

const fields = ["value", "domain", "path", "secure"];

/** Returns what keeps the cookies of a request from being sent, in words, or `undefined` when nothing does. */
export function wrongCookie(cookies: unknown): string | undefined {
  if (!isPlain(cookies)) return "cookies is neither false nor a plain object of names and values";
  for (const [name, said] of Object.entries(cookies)) {
    const problem = problemOf(name, isPlain(said) ? said : { value: said });
    if (problem !== undefined) return `cookie ${JSON.stringify(name)} ${problem}`;
  }
  return undefined;
}

function problemOf(name: string, cookie: Readonly<Record<string, unknown>>): string | undefined {
  const { value, domain, path, secure } = cookie;
  const unknown = Object.keys(cookie).find((field) => !fields.includes(field));
  if (unknown !== undefined) return `has no ${unknown}; ${suggest(unknown, fields)}`;
  if (typeof value !== "string") return `has a value that is ${kindOf(value)}, not a text`;
  if (/[\s=;\p{Cc}]/u.test(name) || /[;\p{Cc}]/u.test(value)) return 'holds a character that would end it, such as ";"';
  if (path !== undefined && !(typeof path === "string" && /^\/[^;\p{Cc}]*$/u.test(path))) {
    return `has the path ${JSON.stringify(path)}, and a path begins with "/"`;
  }
  if (secure !== undefined && typeof secure !== "boolean") return "has a secure that is neither true nor false";
  return domain === undefined || (typeof domain === "string" && /^[^\s/:;@]+$/.test(domain))
    ? undefined
    : `has the domain ${JSON.stringify(domain)}, which is not one such as "example.com"`;
}
