import type { RequestOptions } from "../model/request.ts";
import { suggest } from "../text/nearest.ts";
import { isPlain } from "./is_plain.ts";

/** What a spider may say of a request. Whatever else a request has is the crawl's own. */
const optionNames = Object.keys(
  {
    callback: true,
    priority: true,
    meta: true,
    method: true,
    headers: true,
    body: true,
    dontFilter: true,
    repeatable: true,
    handleStatuses: true,
    jar: true,
    cookies: true,
    referrerPolicy: true,
  } satisfies Record<keyof RequestOptions, true>,
);

/**
 * Returns what is wrong with the options of a request as a whole, in words: something else than options, a name that is
 * none, or a value of another type; `undefined` when nothing is.
 */
export function wrongOption(options: unknown): string | undefined {
  if (!isPlain(options)) return "its options are not a plain object";
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) return `there is no option "${unknown}"; ${suggest(unknown, optionNames)}`;
  const { priority, meta, dontFilter } = options;
  if (priority !== undefined && typeof priority !== "number") return `priority is ${kindOf(priority)}, not a number`;
  if (meta !== undefined && !isPlain(meta)) return `meta is ${kindOf(meta)}, not a plain object`;
  if (dontFilter !== undefined && typeof dontFilter !== "boolean") return "dontFilter is neither true nor false";
  return undefined;
}

/** Returns a value's kind in words: `null`, `an array`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  const kind = typeof value;
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}
