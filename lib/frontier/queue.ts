/**
 * The contract for the queues behind the frontier, small enough to implement for an external store.
 *
 * There is one queue for each priority and host. `memory_queue.ts` and `disk_queues.ts` implement it;
 * `tests/frontier/queue_contract.ts` is the test that every implementation passes.
 *
 * @module
 */

import type { Request } from "../model/request.ts";

/** Requests of one priority to one host: first in, first out. */
export interface Queue {
  /**
   * Adds a request, or throws {@linkcode TransientError} or {@linkcode SerializationError}: it then waits in memory.
   * Any other error ends the crawl.
   */
  push(request: Request): void;
  /** Takes the oldest request; nothing when there is none, or when the store cannot give one just now. */
  pop(): Request | undefined;
  readonly size: number;
  /**
   * When the oldest request came, as a number that compares with those of other queues of the same priority; undefined
   * when there is none.
   */
  readonly first: number | undefined;
  /**
   * Forgets a request that was popped. A queue that has this gives, after a crash, every popped request again that was
   * not done.
   */
  done?(request: Request): void;
  /**
   * Lets go of a request that was popped and waits for its time: when that has come, `unpark` gives it again, once, for
   * the ticket that is returned, and without the time. From a queue that has neither the request is kept whole.
   */
  park?(request: Request): Ticket;
  unpark?(ticket: Ticket): Request;
  close(): void;
}

/** Where a queue finds a request again. */
export type Ticket = number;

/** Which queue: the requests of one priority to one host (`example.com` or `example.com:8080`). */
export interface QueueKey {
  readonly priority: number;
  readonly host: string;
}

/** Opens a queue. The crawl's settings are bound before: a bad one fails there and not at the first request. */
export type QueueFactory = (key: QueueKey) => Queue;

/** The store of a queue did not answer, and may soon. */
export class TransientError extends Error {
  override readonly name = "TransientError";
}
