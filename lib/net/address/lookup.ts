import { lookup } from "node:dns/promises";
import process from "node:process";

/** Returns all addresses of a name, or rejects with the resolver's error. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Asks the system, hosts file included, as `fetch` does; but not for names that mean this machine. */
export const systemLookup: Lookup = async (name) => {
  const here = loopbackOf(name);
  if (here !== undefined) return here;
  // Deno 2.6 would tell the user that a module is deprecated which only Deno itself uses here.
  Object.assign(process, { noDeprecation: true });
  return (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
};

/**
 * Returns the addresses of a name below `localhost`, which are those of this machine whatever a resolver would say
 * (RFC 6761, 6.3); `undefined` for all others. `localhost` itself every system knows.
 */
export function loopbackOf(name: string): readonly string[] | undefined {
  return /.\.localhost\.?$/i.test(name) ? ["127.0.0.1", "::1"] : undefined;
}
