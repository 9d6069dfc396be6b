/**
 * What `trawl fetch` sends besides the URL: `-H`, `-X` and `-d`, as curl has them.
 *
 * No message here holds a header's value or a body: either may be a secret.
 *
 * @module
 */

import { resolve } from "node:path";
import { DiskError } from "../../disk/disk.ts";
import type { Request } from "../../model/request.ts";
import type { Context } from "../context.ts";
import type { OptionReader } from "../options.ts";

/** The part of a request that flags say. */
export type Said = Partial<Pick<Request, "method" | "headers" | "body">>;

const wordPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** `fetch` sends none of these. */
const unsendable: readonly string[] = ["CONNECT", "TRACE", "TRACK"];
const bodiless: readonly string[] = ["GET", "HEAD"];

/** Reads the flags; what is wrong with them goes to the other problems. */
export async function readRequest(context: Context, options: OptionReader): Promise<Said> {
  const headers = readHeaders(options);
  const body = options.has("data") ? await readBody(context, options) : undefined;
  const method = readMethod(options);
  if (body === undefined) return { headers, ...method !== undefined && { method } };
  if (method !== undefined && bodiless.includes(method)) {
    options.problems.push(`--request ${method} and --data: a ${method} has no body; leave --request out for a POST`);
  }
  const type = "application/x-www-form-urlencoded";
  return { method: method ?? "POST", headers: { "content-type": type, ...headers }, body };
}

function readMethod(options: OptionReader): string | undefined {
  const text = options.text("request");
  if (text === undefined) return undefined;
  const method = text.toUpperCase();
  if (!wordPattern.test(method)) options.problems.push(`--request ${text}: it is not a method such as PUT`);
  else if (unsendable.includes(method)) options.problems.push(`--request ${text}: this method cannot be sent`);
  return method;
}

/** Names in lower case; a header that is given several times has all its values. */
function readHeaders(options: OptionReader): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const text of options.all("header")) {
    const colon = text.indexOf(":");
    const name = (colon < 0 ? text : text.slice(0, colon)).trim().toLowerCase();
    const value = colon < 0 ? "" : text.slice(colon + 1).trim();
    if (colon < 0) options.problems.push("--header: write it as 'Name: value'");
    else if (!wordPattern.test(name)) {
      options.problems.push("--header: what is before the colon is not a header's name");
    } else if (value === "") options.problems.push(`--header ${name}: it has no value; write it as '${name}: value'`);
    // deno-lint-ignore no-control-regex
    else if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) {
      options.problems.push(`--header ${name}: its value has a line break or another control character`);
    } else {
      const before = headers[name] === undefined ? "" : `${headers[name]}${name === "cookie" ? "; " : ", "}`;
      headers[name] = before + inBytes(value);
    }
  }
  return headers;
}

/** Text as it is typed goes out as UTF-8; a header holds one byte a character. */
function inBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** Several are joined as the fields of a form are. */
async function readBody(context: Context, options: OptionReader): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  for (const text of options.all("data")) {
    if (parts.length > 0) parts.push("&");
    parts.push(text.startsWith("@") ? await contentOf(text.slice(1), context, options) : text);
  }
  return await new Blob(parts).bytes();
}

async function contentOf(
  path: string,
  { disk, folder, terminal }: Context,
  { problems }: OptionReader,
): Promise<Uint8Array<ArrayBuffer>> {
  const none = new Uint8Array(0);
  if (path === "") {
    problems.push("--data @: name a file, or - for standard input");
    return none;
  }
  try {
    const bytes = path === "-" ? await terminal.input() : disk.read(resolve(folder, path));
    if (bytes === undefined) problems.push(`--data @${path}: there is no such file`);
    // As curl does: a file that an editor has ended with a line break holds a value without one.
    return bytes?.filter((byte) => byte !== 0x0a && byte !== 0x0d) ?? none;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    problems.push(`--data @${path}: ${error.message}`);
    return none;
  }
}
