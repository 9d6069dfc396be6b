import { readThrown } from "../text/thrown.ts";
import type { Locate } from "./visit.ts";

/**
 * Returns an error that says which function of the spider's threw, what, and where: `onStart: no database
 * (./spider.ts:12:9)`. What was thrown is its cause.
 */
export function spiderError(thrown: unknown, name: string, locate: Locate): Error {
  const { message, stack, error } = readThrown(thrown);
  const at = locate(stack);
  return new Error(`${name}: ${message}${at === undefined ? "" : ` (${at})`}`, { cause: error });
}
