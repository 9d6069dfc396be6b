import { kindOf } from "../text/kind.ts";

/**
 * Returns what keeps a header from being sent, in words, or `undefined` when nothing does. Its value is not in them: it
 * may be a secret.
 */
export function wrongHeader(name: string, value: unknown): string | undefined {
  // A whole line in the place of a name has the value in it, so no more than the name is shown.
  const [token = ""] = /^[!#$%&'*+.^_`|~\w-]*/.exec(name) ?? [];
  if (token === "" || token !== name) return `the name of header "${token}" has a character that no name has`;
  if (typeof value !== "string") return `header ${name} is ${kindOf(value)}, not a text`;
  // White space around a value is left out when it is sent.
  const sent = value.replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, "");
  if (/[\r\n]/.test(sent)) return `header ${name} has a line break in its value`;
  if (/[^\t -~\u0080-\u{10ffff}]/u.test(sent)) return `header ${name} has a control character in its value`;
  return /[^\t -\u00ff]/.test(sent)
    ? `header ${name} has a character in its value that is not Latin-1; write it with encodeURIComponent(...)`
    : undefined;
}
