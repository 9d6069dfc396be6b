import type { RequestOptions } from "../model/request.ts";
import { suggest } from "../text/nearest.ts";
import { kindOf } from "../text/kind.ts";
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
  const { callback, priority, meta, dontFilter } = options;
  if (callback !== undefined && typeof callback !== "string") {
    // One without a name of its own is called as the option is.
    const isNamed = typeof callback === "function" && !["", "callback"].includes(callback.name);
    const name = isNamed ? callback.name : "parse";
    return `callback is ${kindOf(callback)}: it takes a name, callback: ${JSON.stringify(name)}`;
  }
  if (priority !== undefined && typeof priority !== "number") return `priority is ${kindOf(priority)}, not a number`;
  if (meta !== undefined && !isPlain(meta)) return `meta is ${kindOf(meta)}, not a plain object`;
  if (dontFilter !== undefined && typeof dontFilter !== "boolean") return "dontFilter is neither true nor false";
  return undefined;
}
