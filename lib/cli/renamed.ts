/**
 * Callbacks that have another name than when the checkpoint was made.
 *
 * @module
 */

import { missingCallbacks, type Renamed } from "../engine/renamed.ts";
import { callbacksOf } from "../spider/check.ts";
import type { Spider } from "../spider/spider.ts";
import { counted } from "../text/count.ts";
import { suggest } from "../text/nearest.ts";
import type { OptionReader } from "./options.ts";

/** Returns what `--callback OLD=NEW` says, by the old names. */
export function readRenamed(options: OptionReader, spider: Spider | undefined): Renamed {
  const renamed = new Map<string, string>();
  const callbacks = spider === undefined ? undefined : callbacksOf(spider);
  for (const text of options.all("callback")) {
    const [, old, now] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
    if (old === undefined || now === undefined) {
      options.problems.push(`--callback ${text}: write --callback OLD=NEW`);
    } else if ((renamed.get(old) ?? now) !== now) {
      options.problems.push(`--callback ${text}: ${old} is ${renamed.get(old)} already`);
    } else if (callbacks?.includes(old)) {
      options.problems.push(`--callback ${text}: the spider has a callback "${old}", which its requests go to`);
    } else if (callbacks !== undefined && !callbacks.includes(now)) {
      options.problems.push(`--callback ${text}: the spider has no callback "${now}"; ${suggest(now, callbacks)}`);
    } else renamed.set(old, now);
  }
  return Object.fromEntries(renamed);
}

/**
 * Returns a line for each old name of `--callback` that nothing waits for, and that has not been given before: it may be
 * a slip.
 */
export function unusedWords(
  renamed: Renamed,
  known: Renamed = {},
  waiting: ReadonlyMap<string, number>,
): readonly string[] {
  return Object.entries(renamed).filter(([old]) => !waiting.has(old) && !Object.hasOwn(known, old)).map(
    ([old, now]) => {
      const names = [...waiting.keys()].filter((name) => !name.startsWith("("));
      const nearest = names.length === 0 ? "" : `; ${suggest(old, names)}`;
      return `--callback ${old}=${now}: no request waits for "${old}"${nearest}`;
    },
  );
}

/**
 * Returns why a crawl cannot go on: requests wait for callbacks that its spider does not have. Nothing when it can.
 */
export function missingWords(
  spider: Spider,
  waiting: ReadonlyMap<string, number>,
  renamed: Renamed,
): string | undefined {
  const callbacks = callbacksOf(spider);
  const missing = missingCallbacks(waiting, callbacks, renamed);
  if (missing.size === 0) return undefined;
  const each = Array.from(
    missing,
    ([name, count]) => `"${name}" (${counted(count, "request")})`,
  ).join(", ");
  const flags = Array.from(missing.keys(), (name) => `--callback ${name}=NEW`).join(" ");
  return `Cannot resume "${spider.name}": requests wait for callbacks that the spider does not have any more: ${each}. ` +
    `Its files stay. Name what they are called now, with ${flags} (the spider has ${callbacks.join(", ")}), ` +
    `or begin anew with --fresh`;
}
