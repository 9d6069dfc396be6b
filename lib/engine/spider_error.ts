import { isInstance, readThrown } from "../text/thrown.ts";
import { TimeLimitError } from "./time_limit.ts";
import type { Locate } from "./visit.ts";

/**
 * Returns an error that says which function of the spider's threw, what, and where: `onStart: no database
 * (./spider.ts:12:9)`. What was thrown is its cause.
 */
export function spiderError(thrown: unknown, name: string, locate: Locate): Error {
  const { message, stack, error } = readThrown(thrown);
  const at = locate(stack);
  const where = at === undefined ? "" : ` (${at})`;
  // This one names the function itself.
  const what = isInstance(thrown, TimeLimitError) ? message : `${name}: ${message}`;
  return new Error(`${what}${where}`, { cause: error });
}
