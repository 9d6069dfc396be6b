/**
 * The frontier: all requests that are known and not finished.
 *
 * It answers what is new, what is next for a host, and what is left; which host is asked next, and when, is the
 * scheduler's. A request is waiting, in flight or done, never two of these.
 *
 * @module
 */

import type { Durable } from "../disk/durable.ts";
import { SerializationError } from "../disk/pack.ts";
import type { LogSnapshot } from "../disk/record_log.ts";
import { createRequest, type Request } from "../model/request.ts";
import { canonicalize } from "../url/canonical.ts";
import { decodeRequest, encodeRequest } from "./codec.ts";
import type { DiskQueues, DiskQueuesSnapshot } from "./disk_queues.ts";
import { identity } from "./fingerprint.ts";
import type { GivenUp } from "./given_up.ts";
import { MemoryQueue, type Weight } from "./memory_queue.ts";
import { type Queue, type QueueFactory, type Ticket, TransientError } from "./queue.ts";
import { Returned } from "./returned.ts";
import type { Seen, SeenSnapshot } from "./seen.ts";
import type { TakenStarts } from "./taken_starts.ts";

/** The next request of a host, as far as the order among hosts needs it. */
export interface Head {
  readonly priority: number;
  /** Among equal priorities the lesser one came first. */
  readonly arrival: number;
}

export interface FrontierOptions {
  readonly seen: Seen;
  /** Opens the queues: `DiskQueues`, or a factory for another store, or nothing for memory. */
  readonly queues?: DiskQueues | QueueFactory;
  /** Where the requests are kept that are given up; without it they are forgotten. */
  readonly givenUp?: GivenUp;
  /** Knows the start requests with `dontFilter` that were taken; without it all are new. */
  readonly takenStarts?: TakenStarts;
  /** Told when a queue refused a request, which now waits in memory. */
  readonly onRefused?: (request: Request, reason: Error) => void;
}

export interface FrontierSnapshot {
  readonly seen: SeenSnapshot;
  readonly queues: DiskQueuesSnapshot | undefined;
  readonly givenUp?: LogSnapshot | undefined;
  readonly takenStarts?: LogSnapshot | undefined;
  /** Requests that only this process holds: refused by their queue, or popped from a queue that does not keep them. */
  readonly held: readonly Uint8Array<ArrayBuffer>[];
}

interface HostQueues {
  /** By descending priority; none is empty. */
  readonly queues: { readonly priority: number; readonly queue: Queue }[];
  /** Taken and come back. */
  readonly returned: Returned<Pick<Parked, "priority" | "kept">>;
}

/** A request that was taken and waits for its time. It is not in memory where its queue can give it again. */
export interface Parked {
  readonly host: string;
  readonly priority: number;
  /** The request itself, or where it is found. */
  readonly kept: Request | { readonly queue: Required<Pick<Queue, "unpark">> & Queue; readonly ticket: Ticket };
}

/** Returns the key that requests to one host share: `example.com`, or `example.com:8080`. */
export function hostOf(url: string): string {
  const start = url.indexOf("//") + 2;
  const end = url.slice(start).search(/[/?#]/);
  const authority = end < 0 ? url.slice(start) : url.slice(start, start + end);
  return authority.slice(authority.lastIndexOf("@") + 1);
}

/** Holds the requests of a crawl. */
export class Frontier implements Durable {
  readonly #seen: Seen;
  readonly #disk: DiskQueues | undefined;
  readonly #givenUp: GivenUp | undefined;
  readonly #takenStarts: TakenStarts | undefined;
  readonly #open: QueueFactory;
  readonly #onRefused: ((request: Request, reason: Error) => void) | undefined;
  readonly #hosts = new Map<string, HostQueues>();
  readonly #weight: Weight = { bytes: 0 };
  /** Requests out of their queues and not done, each with the queue that keeps it, if one does. */
  readonly #out = new Map<Request, Queue | undefined>();
  /** Those of them that wait: given back, or refused by their queue. */
  #returned = 0;
  /** Requests that were taken, are not in `#out`, and have not been given back. */
  #parked = 0;
  /** Requests taken back from a snapshot, by callback. */
  readonly #held = new Map<string, number>();
  #waiting = 0;

  constructor({ seen, queues, givenUp, takenStarts, onRefused }: FrontierOptions) {
    this.#seen = seen;
    this.#givenUp = givenUp;
    this.#takenStarts = takenStarts;
    this.#onRefused = onRefused;
    this.#disk = typeof queues === "function" ? undefined : queues;
    this.#open = typeof queues === "function" ? queues : (key) => queues?.open(key) ?? new MemoryQueue(this.#weight);
    for (const key of this.#disk?.keys() ?? []) {
      const queue = this.#open(key);
      this.#insert(this.#host(key.host), key.priority, queue);
      this.#waiting += queue.size;
    }
  }

  /** Requests that wait to be taken. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Requests taken and neither done nor given back. */
  get inFlight(): number {
    return this.#out.size - this.#returned + this.#parked;
  }

  /** Whether the queues live and die with the process. */
  get isInMemory(): boolean {
    return this.#disk === undefined;
  }

  /** About how many bytes the requests take that wait in memory alone. */
  get bytes(): number {
    return this.#weight.bytes;
  }

  /** Distinct requests ever added. */
  get known(): number {
    return this.#seen.size;
  }

  /** The hosts that have waiting requests. */
  hosts(): Iterable<string> {
    return this.#hosts.keys();
  }

  /** Adds a request and returns true, or returns false when the same one is known and it has not `dontFilter`. */
  add(request: Request): boolean {
    const isNew = this.#seen.add(identity(request, canonicalize(request.url)));
    if (!isNew && !request.dontFilter) return false;
    // The same object may be added twice, and is two requests then.
    this.#push(isNew ? request : createRequest(request.url, request));
    return true;
  }

  /**
   * Takes a start request, before it is added; returns false when it has `dontFilter` and an earlier process took it.
   * Whether one without is known is for `add` to say.
   */
  takeStart(request: Request): boolean {
    return !request.dontFilter || (this.#takenStarts?.take(request, hostOf(request.url)) ?? true);
  }

  /** Adds a request that is known already: another attempt. */
  addAgain(request: Request): void {
    this.#push(request);
  }

  /** The next request of a host; undefined when none waits. */
  head(host: string): Head | undefined {
    const entry = this.#hosts.get(host);
    if (entry === undefined) return undefined;
    const returned = entry.returned.first;
    const next = entry.queues[0];
    if (returned !== undefined && returned.priority >= (next?.priority ?? -Infinity)) {
      return { priority: returned.priority, arrival: -1 };
    }
    return next && { priority: next.priority, arrival: next.queue.first ?? 0 };
  }

  /**
   * Takes the next request of a host: it is in flight until `done` or `giveBack`. Undefined when none waits, or its
   * queue cannot give one just now.
   */
  take(host: string): Request | undefined {
    const entry = this.#hosts.get(host);
    if (entry === undefined) return undefined;
    const next = entry.queues[0];
    const returned = entry.returned.first;
    if (returned !== undefined && returned.priority >= (next?.priority ?? -Infinity)) {
      entry.returned.shift();
      this.#waiting -= 1;
      this.#forgetIfEmpty(host, entry);
      return this.#fetch(returned.kept);
    }
    const request = next?.queue.pop();
    if (next === undefined || request === undefined) return undefined;
    this.#waiting -= 1;
    this.#out.set(request, next.queue.done === undefined ? undefined : next.queue);
    if (next.queue.size === 0) {
      entry.queues.shift();
      // A queue that keeps popped requests is closed by itself when the last one is done.
      if (next.queue.done === undefined) next.queue.close();
    }
    this.#forgetIfEmpty(host, entry);
    return request;
  }

  /** Keeps a request in flight for a retry of the crawl; it is in flight until `done` all the same. */
  giveUp(request: Request): void {
    this.#givenUp?.add(request, hostOf(request.url));
  }

  /** Forgets a request in flight: it has been fetched to an answer, or given up. */
  done(request: Request): void {
    if (!this.#out.has(request)) throw new Error(`${request.url} is done, and was not in flight`);
    this.#out.get(request)?.done?.(request);
    this.#out.delete(request);
  }

  /** Puts a request in flight back before all others of its host and priority. */
  giveBack(request: Request): void {
    if (!this.#out.has(request)) throw new Error(`${request.url} is given back, and was not in flight`);
    this.#host(hostOf(request.url)).returned.add({ priority: request.priority, kept: request });
    this.#returned += 1;
    this.#waiting += 1;
  }

  /** Puts a request in flight aside until its time; `host` is its host's name. Then comes `unpark`. */
  park(request: Request, host: string): Parked {
    const queue = this.#out.get(request);
    const { priority } = request;
    if (queue?.park === undefined || queue.unpark === undefined) return { host, priority, kept: request };
    const ticket = queue.park(request);
    this.#out.delete(request);
    this.#parked += 1;
    return {
      host,
      priority,
      kept: { queue: queue as typeof queue & Required<Pick<Queue, "unpark">>, ticket },
    };
  }

  /** Puts a request that was parked back before all others of its host and priority. It is read when it is taken. */
  unpark({ host, priority, kept }: Parked): void {
    this.#host(host).returned.add({ priority, kept });
    if ("ticket" in kept) this.#parked -= 1;
    else this.#returned += 1;
    this.#waiting += 1;
  }

  flush(): void {
    this.#seen.flush();
    this.#disk?.flush();
    this.#givenUp?.flush();
    this.#takenStarts?.flush();
  }

  async sync(): Promise<void> {
    await Promise.all([this.#seen.sync(), this.#disk?.sync(), this.#givenUp?.sync(), this.#takenStarts?.sync()]);
  }

  snapshot(): FrontierSnapshot {
    const held = Array.from(this.#out).filter(([, queue]) => queue === undefined);
    return {
      seen: this.#seen.snapshot(),
      queues: this.#disk?.snapshot(),
      givenUp: this.#givenUp?.snapshot(),
      takenStarts: this.#takenStarts?.snapshot(),
      held: held.map(([request]) => encodeRequest(request, hostOf(request.url))),
    };
  }

  /** Takes back the requests that a snapshot held. */
  restore({ held }: Pick<FrontierSnapshot, "held">): void {
    for (const bytes of held) {
      const request = decodeRequest(bytes);
      this.#held.set(request.callback, (this.#held.get(request.callback) ?? 0) + 1);
      this.#push(request);
    }
  }

  /**
   * Requests of earlier processes that waited when this one began, by callback; where the queues do not count them, only
   * those that a snapshot held.
   */
  get inherited(): ReadonlyMap<string, number> {
    const counts = new Map(this.#held);
    for (const [name, count] of this.#disk?.callbacks ?? []) counts.set(name, (counts.get(name) ?? 0) + count);
    return counts;
  }

  /** Returns, once, the files that a snapshot made now does not count any more. */
  retired(): string[] {
    return this.#disk?.retired() ?? [];
  }

  close(): void {
    this.#seen.close();
    this.#disk?.close();
    this.#givenUp?.close();
    this.#takenStarts?.close();
  }

  #push(request: Request): void {
    const host = hostOf(request.url);
    const entry = this.#host(host);
    const { priority } = request;
    const at = entry.queues.findIndex((each) => each.priority <= priority);
    const found = entry.queues[at];
    const queue = found?.priority === priority ? found.queue : this.#open({ priority, host });
    try {
      queue.push(request);
      this.#waiting += 1;
      if (found?.queue !== queue) this.#insert(entry, priority, queue);
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof SerializationError)) throw error;
      if (found?.queue !== queue) queue.close();
      this.#out.set(request, undefined);
      this.giveBack(request);
      this.#onRefused?.(request, error);
    }
  }

  /** Takes a request that has come back into flight. */
  #fetch(kept: Parked["kept"]): Request {
    if (!("ticket" in kept)) {
      this.#returned -= 1;
      return kept;
    }
    const request = kept.queue.unpark(kept.ticket);
    this.#out.set(request, kept.queue.done === undefined ? undefined : kept.queue);
    return request;
  }

  #host(host: string): HostQueues {
    let entry = this.#hosts.get(host);
    if (entry === undefined) this.#hosts.set(host, entry = { queues: [], returned: new Returned() });
    return entry;
  }

  #insert(entry: HostQueues, priority: number, queue: Queue): void {
    const at = entry.queues.findIndex((each) => each.priority < priority);
    entry.queues.splice(at < 0 ? entry.queues.length : at, 0, { priority, queue });
  }

  #forgetIfEmpty(host: string, entry: HostQueues): void {
    if (entry.queues.length === 0 && entry.returned.first === undefined) this.#hosts.delete(host);
  }
}
