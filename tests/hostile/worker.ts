/**
 * What runs in the thread that `startApart` starts.
 *
 * @module
 */
import type { Scale } from "./case.ts";
import { allCases, startHostile } from "./servers.ts";

/** Comes in as the thread's name: a message would be lost while modules are still loaded. Functions do not travel. */
export interface Order {
  readonly scale: Scale;
  /** Of the cases. */
  readonly names: readonly string[];
}

/** Goes out once: where each case is, in the order of their names. */
export interface Served {
  readonly places: readonly { readonly host: string; readonly start: string }[];
  readonly authority: string;
}

const thread = globalThis as unknown as Pick<Worker, "postMessage"> & { readonly name: string };

const { scale, names } = JSON.parse(thread.name) as Order;
const cases = names.map((name) => allCases.find((each) => each.name === name)!);
const { hosts, authority } = await startHostile(scale, cases);
const served: Served = { places: hosts.map(({ host, start }) => ({ host, start })), authority };
thread.postMessage(served);
