import { kindOf } from "../text/kind.ts";
import type { Outputs } from "./spider.ts";

/**
 * Calls `take` with each thing that a callback yields, whether it is a generator, sync or async, an array, or a promise
 * of one, and awaits what that returns before it asks for the next. After each it calls `pace`, which may throw to stop
 * it, and awaits what that returns.
 */
export async function eachOutput(
  outputs: Outputs,
  take: (output: unknown) => unknown,
  pace: () => Promise<void> | undefined = () => undefined,
  callback = "a callback",
): Promise<void> {
  const given = isThenable(outputs) ? await outputs : outputs;
  if (given === undefined || given === null) return;
  if (typeof given === "object" && Symbol.iterator in given) {
    for (const output of given) {
      const taken = take(output);
      if (isThenable(taken)) await taken;
      const turn = pace();
      if (turn !== undefined) await turn;
    }
  } else if (typeof given === "object" && Symbol.asyncIterator in given) {
    for await (const output of given as AsyncIterable<unknown>) {
      const taken = take(output);
      if (isThenable(taken)) await taken;
      const turn = pace();
      if (turn !== undefined) await turn;
    }
  } else {
    throw new TypeError(`${callback} returned ${kindOf(given)}: it must be a generator or return an array`);
  }
}

/** Whether a value is a promise, or what `await` takes for one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
