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
  /** It is not lent any more, and closed when nobody uses it. */
  isRetired: boolean;
}

/** The pool of direct requests, and what each of them is lent. */
function direct(transport: Transport): { readonly pool: Pool; readonly lent: Lent } {
  const pool: Pool = { transport, hasAnswered: false, users: 0, isRetired: false };
  const origins = new Set<string>();
  const lent: Lent = {
    transport,
    mayHaveKept: (origin) => origins.has(origin),
    answered(origin) {
      if (origins.size >= mostOrigins) origins.clear();
      origins.add(origin);
    },
    giveBack: () => giveBack(pool),
  };
  return { pool, lent };
}

function giveBack(pool: Pool): void {
  pool.users -= 1;
  if (pool.isRetired && pool.users === 0) pool.transport.close();
}

/** Lends transports. One is made when it is first needed, and never closed while a request uses it. */
export class Clients {
  readonly #make: (proxy: Proxy | undefined, keeps: boolean) => Transport;
  /** By what tells two proxies apart, the one used last at the end. */
  readonly #pools = new Map<string, Pool>();
  #direct: ReturnType<typeof direct> | undefined;
  /** Transports that are in use yet, and not lent any more. */
  #retired = new Set<Pool>();
  #keeps = true;

  /** `make` opens a transport, which keeps connections for the next requests or does not. */
  constructor(make: (proxy: Proxy | undefined, keeps: boolean) => Transport) {
    this.#make = make;
  }

  lend(proxy: Proxy | undefined): Lent {
    if (proxy !== undefined) return this.#lendTo(proxy);
    const { pool, lent } = this.#direct ??= direct(this.#make(undefined, this.#keeps));
    pool.users += 1;
    return lent;
  }

  /** Lets go of all connections that no request uses; from now on connections are kept for the next ones, or not. */
  renew(keeps: boolean): void {
    this.#keeps = keeps;
    const pools = [...this.#pools.values(), ...this.#direct === undefined ? [] : [this.#direct.pool]];
    this.#pools.clear();
    this.#direct = undefined;
    this.#retired = new Set([...this.#retired, ...pools].filter(({ users }) => users > 0));
    for (const pool of pools) {
      pool.isRetired = true;
      if (pool.users === 0) pool.transport.close();
    }
  }

  /** Closes all transports. Requests still under way fail. */
  close(): void {
    this.#direct?.pool.transport.close();
    for (const { transport } of this.#pools.values()) transport.close();
    for (const pool of this.#retired) {
      pool.isRetired = false;
      if (pool.users > 0) pool.transport.close();
    }
    this.#pools.clear();
    this.#retired.clear();
    this.#direct = undefined;
  }

  #lendTo(proxy: Proxy): Lent {
    const key = `${proxy.url}\n${proxy.username ?? ""}\n${proxy.password ?? ""}`;
    const pool = this.#pools.get(key) ??
      { transport: this.#make(proxy, this.#keeps), hasAnswered: false, users: 0, isRetired: false };
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
      giveBack: () => giveBack(pool),
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
