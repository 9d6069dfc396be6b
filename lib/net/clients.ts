/**
 * The transports of a crawl: one for direct requests, and one for each proxy in use.
 *
 * @module
 */

import type { Proxy } from "./proxy/proxy.ts";
import type { Transport } from "./transport.ts";

/** Transports through proxies that are kept while no request uses them. */
const mostIdle = 32;

/** A transport, lent to one request. */
export interface Lent {
  readonly transport: Transport;
  /** Whether an answer has come from there before, so that a connection may have been kept. */
  mayHaveKept(origin: string): boolean;
  /** An answer has come from there. */
  answered(origin: string): void;
  /** The request has ended, its body included. */
  giveBack(): void;
}

/** Origins that are remembered; a forgotten one costs an attempt now and then. */
const mostOrigins = 10_000;

interface Pool {
  readonly transport: Transport;
  hasAnswered: boolean;
  users: number;
}

function direct(transport: Transport): Lent {
  const origins = new Set<string>();
  return {
    transport,
    mayHaveKept: (origin) => origins.has(origin),
    answered(origin) {
      if (origins.size >= mostOrigins) origins.clear();
      origins.add(origin);
    },
    giveBack() {},
  };
}

/** Lends transports. One is made when it is first needed, and never closed while a request uses it. */
export class Clients {
  readonly #make: (proxy: Proxy | undefined) => Transport;
  /** By what tells two proxies apart, the one used last at the end. */
  readonly #pools = new Map<string, Pool>();
  #direct: Lent | undefined;

  constructor(make: (proxy: Proxy | undefined) => Transport) {
    this.#make = make;
  }

  lend(proxy: Proxy | undefined): Lent {
    return proxy === undefined ? this.#direct ??= direct(this.#make(undefined)) : this.#lendTo(proxy);
  }

  /** Closes all transports. Requests still under way fail. */
  close(): void {
    this.#direct?.transport.close();
    for (const { transport } of this.#pools.values()) transport.close();
    this.#pools.clear();
    this.#direct = undefined;
  }

  #lendTo(proxy: Proxy): Lent {
    const key = `${proxy.url}\n${proxy.username ?? ""}\n${proxy.password ?? ""}`;
    const pool = this.#pools.get(key) ?? { transport: this.#make(proxy), hasAnswered: false, users: 0 };
    this.#pools.delete(key);
    this.#pools.set(key, pool);
    pool.users += 1;
    this.#closeOldest();
    return {
      transport: pool.transport,
      // Its connections lead to the proxy, whatever is behind it.
      mayHaveKept: () => pool.hasAnswered,
      answered: () => {
        pool.hasAnswered = true;
      },
      giveBack: () => {
        pool.users -= 1;
      },
    };
  }

  #closeOldest(): void {
    let excess = this.#pools.size - mostIdle;
    for (const [key, { transport, users }] of this.#pools) {
      if (excess <= 0) return;
      if (users > 0) continue;
      transport.close();
      this.#pools.delete(key);
      excess -= 1;
    }
  }
}
