import type { Outputs } from "./spider.ts";

/**
 * Calls `take` with each thing that a callback yields, whether it is a generator, sync or async, an array, or a promise
 * of one.
 */
export async function eachOutput(outputs: Outputs, take: (output: unknown) => void): Promise<void> {
  const given = outputs instanceof Promise ? await outputs : outputs;
  if (given === undefined || given === null) return;
  if (typeof given === "object" && Symbol.iterator in given) {
    for (const output of given) take(output);
  } else if (typeof given === "object" && Symbol.asyncIterator in given) {
    for await (const output of given) take(output);
  } else {
    throw new TypeError(`a callback returned a ${typeof given}: it must be a generator or return an array`);
  }
}
