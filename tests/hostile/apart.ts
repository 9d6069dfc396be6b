/**
 * The hostile servers in a thread of their own: what they send at full speed keeps nobody else from working.
 *
 * @module
 */
import type { Case, Scale } from "./case.ts";
import type { Host } from "./host.ts";
import type { Hostile } from "./servers.ts";
import type { Order, Served } from "./worker.ts";

/** Serves these cases, each on a port of its own, until it is disposed of. */
export async function startApart(scale: Scale, cases: readonly Case[]): Promise<Hostile> {
  const order: Order = { scale, names: cases.map(({ name }) => name) };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module", name: JSON.stringify(order) });
  const { promise, resolve, reject } = Promise.withResolvers<Served>();
  worker.onmessage = ({ data }: MessageEvent<Served>) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(`The hostile servers failed: ${message}`));
  const { places, authority } = await promise;
  const stop = () => {
    worker.terminate();
    return Promise.resolve();
  };
  const hosts = cases.map((each, at): Host => ({ case: each, ...places[at]!, [Symbol.asyncDispose]: stop }));
  return { hosts, authority, [Symbol.asyncDispose]: stop };
}
