/**
 * What runs in the thread that `startApart` starts.
 *
 * @module
 */
import type { Scale } from "./case.ts";
import { allCases, startHostile } from "./servers.ts";

/** Comes in once. Cases are told by their names, since functions do not travel. */
export interface Order {
  readonly scale: Scale;
  readonly names: readonly string[];
}

/** Goes out once: where each case is, in the order of their names. */
export interface Served {
  readonly places: readonly { readonly host: string; readonly start: string }[];
  readonly authority: string;
}

const thread = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage">;

thread.onmessage = async ({ data: { scale, names } }: MessageEvent<Order>) => {
  const cases = names.map((name) => allCases.find((each) => each.name === name)!);
  const { hosts, authority } = await startHostile(scale, cases);
  const served: Served = { places: hosts.map(({ host, start }) => ({ host, start })), authority };
  thread.postMessage(served);
};
