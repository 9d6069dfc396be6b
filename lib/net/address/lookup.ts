import { lookup } from "node:dns/promises";
import process from "node:process";

/** Returns all addresses of a name, or rejects with the resolver's error. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Asks the system, hosts file included, as `fetch` does. */
export const systemLookup: Lookup = async (name) => {
  // Deno 2.6 would tell the user that a module is deprecated which only Deno itself uses here.
  Object.assign(process, { noDeprecation: true });
  return (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
};
