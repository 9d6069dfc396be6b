/**
 * The pools of connections: one for direct requests, and one for each proxy in use.
 *
 * @module
 */

import type { Proxy } from "./proxy.ts";

/** Pools of proxies that are kept while no request uses them. */
const mostIdle = 32;

/** A pool, lent to one request. */
export interface Lent {
  readonly client: Deno.HttpClient;
  /** The request has ended, its body included. */
  giveBack(): void;
}

interface Pool {
  readonly client: Deno.HttpClient;
  users: number;
}

/** Lends pools of connections. One is made when it is first needed, and never closed while a request uses it. */
export class Clients {
  readonly #make: (proxy: Proxy | undefined) => Deno.HttpClient;
  /** By what tells two proxies apart, the one used last at the end. */
  readonly #pools = new Map<string, Pool>();
  #direct: Lent | undefined;

  constructor(make: (proxy: Proxy | undefined) => Deno.HttpClient) {
    this.#make = make;
  }

  lend(proxy: Proxy | undefined): Lent {
    return proxy === undefined
      ? this.#direct ??= { client: this.#make(undefined), giveBack() {} }
      : this.#lendTo(proxy);
  }

  /** Closes all pools. Requests still under way fail. */
  close(): void {
    this.#direct?.client.close();
    for (const { client } of this.#pools.values()) client.close();
    this.#pools.clear();
    this.#direct = undefined;
  }

  #lendTo(proxy: Proxy): Lent {
    const key = `${proxy.url}\n${proxy.username ?? ""}\n${proxy.password ?? ""}`;
    const pool = this.#pools.get(key) ?? { client: this.#make(proxy), users: 0 };
    this.#pools.delete(key);
    this.#pools.set(key, pool);
    pool.users += 1;
    this.#closeOldest();
    return {
      client: pool.client,
      giveBack: () => {
        pool.users -= 1;
      },
    };
  }

  #closeOldest(): void {
    let excess = this.#pools.size - mostIdle;
    for (const [key, { client, users }] of this.#pools) {
      if (excess <= 0) return;
      if (users > 0) continue;
      client.close();
      this.#pools.delete(key);
      excess -= 1;
    }
  }
}
