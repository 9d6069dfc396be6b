/**
 * Queues whose requests live on disk: all hosts share one log for each priority.
 *
 * A push appends the request to `queue-<priority>-<n>.log`; a request that is done appends its place to `done-<n>.log`.
 * What was pushed and is not done is pending, whether it was popped or not, so a crash gives popped requests back in
 * their old place. In memory a pending request costs 8 bytes, its position; only a window of the next ones is kept
 * whole, so many and of so many bytes. A segment whose requests are all done is not needed any more.
 *
 * @module
 */

import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import type { Durable } from "../disk/durable.ts";
import { type LogSnapshot, offsetOf, type Position, RecordLog, segmentOf } from "../disk/record_log.ts";
import { createRequest, type Request } from "../model/request.ts";
import { callbackOf, decodeRequest, encodeRequest } from "./codec.ts";
import { DoneReader, encodeDone } from "./done.ts";
import { HostReader } from "./host_reader.ts";
import { Positions } from "./positions.ts";
import type { Queue, QueueKey, Ticket } from "./queue.ts";

export interface DiskQueuesOptions {
  readonly disk: Disk;
  /** The folder for the logs. */
  readonly folder: string;
  /** Requests in one segment. @default {50,000} */
  readonly segmentRecords?: number;
  /** Pending requests that are kept whole in memory, all queues together. @default {10,000} */
  readonly window?: number;
  /** Bytes that these take in the log: a request may carry megabytes. @default {16 MB} */
  readonly windowBytes?: number;
  /** Counts the pending requests of earlier processes by callback, which means decoding each. @default {false} */
  readonly countsCallbacks?: boolean;
}

/** The lengths that count: of each priority's log, and of the log of what is done. */
export interface DiskQueuesSnapshot {
  readonly logs: readonly (readonly [priority: number, log: LogSnapshot])[];
  readonly done: LogSnapshot;
}

/** The log of one priority, and how many of each segment's requests are not done. */
interface Lane {
  readonly log: RecordLog;
  readonly live: Map<number, number>;
  /** Done since the last flush. */
  done: Position[];
}

/** Opens queues, and keeps what they share. */
export class DiskQueues implements Durable {
  readonly #options: DiskQueuesOptions;
  readonly #lanes = new Map<number, Lane>();
  readonly #queues = new Map<string, DiskQueue>();
  /** Popped and not done. */
  readonly popped = new Map<Request, Position>();
  readonly #done: RecordLog;
  /** Pending requests of earlier processes by callback, where they are counted. */
  readonly callbacks = new Map<string, number>();
  #retired: string[] = [];
  /** Room left in the window, in requests and in bytes. */
  room: number;
  roomBytes: number;

  constructor(options: DiskQueuesOptions, snapshot: DiskQueuesSnapshot = { logs: [], done: [] }) {
    this.#options = options;
    this.room = options.window ?? 10_000;
    this.roomBytes = options.windowBytes ?? 16_000_000;
    this.#done = new RecordLog({ disk: options.disk, path: `${options.folder}/done` }, snapshot.done);
    this.#restore(snapshot);
  }

  /** Opens the queue of a priority and host; pending requests of an earlier process are in it. */
  open(key: QueueKey): Queue {
    const name = nameOf(key);
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new DiskQueue(this, key, this.#lane(key.priority));
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** The queues that have requests. */
  *keys(): Iterable<QueueKey> {
    for (const { key, size } of this.#queues.values()) {
      if (size > 0) yield key;
    }
  }

  forget(key: QueueKey): void {
    this.#queues.delete(nameOf(key));
  }

  /** Appends a request and returns where it stands. */
  append(lane: Lane, payload: Uint8Array<ArrayBuffer>): Position {
    const before = lane.log.newest;
    const position = lane.log.append(payload);
    const segment = segmentOf(position);
    lane.live.set(segment, (lane.live.get(segment) ?? 0) + 1);
    if (segment !== before) this.#release(lane, before, 0);
    return position;
  }

  finish(lane: Lane, position: Position): void {
    lane.done.push(position);
    this.#release(lane, segmentOf(position), 1);
  }

  flush(): void {
    for (const [priority, lane] of this.#lanes) {
      lane.log.flush();
      for (let at = 0; at < lane.done.length; at += 4096) {
        this.#done.append(encodeDone(priority, lane.done.slice(at, at + 4096)));
      }
      lane.done = [];
    }
    this.#done.flush();
  }

  async sync(): Promise<void> {
    await Promise.all([this.#done.sync(), ...Array.from(this.#lanes.values(), ({ log }) => log.sync())]);
  }

  snapshot(): DiskQueuesSnapshot {
    return {
      logs: Array.from(this.#lanes, ([priority, { log }]) => [priority, log.snapshot()] as const),
      done: this.#done.snapshot(),
    };
  }

  /** Returns, once, the files that a snapshot made now does not count any more. */
  retired(): string[] {
    const files = this.#retired;
    this.#retired = [];
    return files;
  }

  close(): void {
    this.#done.close();
    for (const { log } of this.#lanes.values()) log.close();
  }

  #lane(priority: number, snapshot: LogSnapshot = []): Lane {
    let lane = this.#lanes.get(priority);
    if (lane === undefined) {
      const { disk, folder, segmentRecords = 50_000 } = this.#options;
      const log = new RecordLog({ disk, path: `${folder}/queue-${priority}`, segmentRecords }, snapshot);
      lane = { log, live: new Map(), done: [] };
      this.#lanes.set(priority, lane);
    }
    return lane;
  }

  #release(lane: Lane, segment: number, count: number): void {
    const live = (lane.live.get(segment) ?? 0) - count;
    lane.live.set(segment, live);
    // Keeps C6: the newest segment stays, because the next request goes to it.
    if (live > 0 || segment === lane.log.newest) return;
    lane.live.delete(segment);
    this.#retired.push(lane.log.drop(segment));
  }

  #restore(snapshot: DiskQueuesSnapshot): void {
    const done = new DoneReader(snapshot.logs);
    this.#done.scan((payload, position) => {
      if (done.read(payload)) return;
      const path = this.#done.pathOf(segmentOf(position));
      throw new DamageError(path, offsetOf(position), "this record does not say what is done");
    });
    const hosts = new HostReader();
    for (const [priority, log] of snapshot.logs) {
      const lane = this.#lane(priority, log);
      const queues = new Map<string, DiskQueue>();
      const isDone = done.cursor(priority);
      lane.log.scan((payload, position) => {
        const segment = segmentOf(position);
        const live = lane.live.get(segment) ?? 0;
        if (isDone(position)) {
          lane.live.set(segment, live);
          return;
        }
        lane.live.set(segment, live + 1);
        if (this.#options.countsCallbacks) {
          const callback = callbackOf(payload);
          this.callbacks.set(callback, (this.callbacks.get(callback) ?? 0) + 1);
        }
        const host = hosts.read(payload);
        let queue = queues.get(host);
        if (queue === undefined) queues.set(host, queue = this.open({ priority, host }) as DiskQueue);
        queue.restore(position);
      });
      for (const segment of lane.live.keys()) this.#release(lane, segment, 0);
    }
  }
}

function nameOf({ priority, host }: QueueKey): string {
  return `${priority} ${host}`;
}

/** A pending request that is kept whole, and the bytes that it takes in the log. */
interface Whole {
  readonly request: Request;
  readonly bytes: number;
}

/** One priority of one host. */
class DiskQueue implements Queue {
  readonly key: QueueKey;
  readonly #store: DiskQueues;
  readonly #lane: Lane;
  /** Where the pending requests stand, oldest first. */
  readonly #positions = new Positions();
  /** The oldest of them whole, from `#read` on. */
  #window: Whole[] = [];
  #read = 0;
  /** Popped and not done. */
  #out = 0;

  constructor(store: DiskQueues, key: QueueKey, lane: Lane) {
    this.#store = store;
    this.key = key;
    this.#lane = lane;
  }

  get size(): number {
    return this.#positions.size;
  }

  get first(): number | undefined {
    return this.#positions.first;
  }

  push(request: Request): void {
    const payload = encodeRequest(request, this.key.host);
    const position = this.#store.append(this.#lane, payload);
    const bytes = payload.length;
    if (this.#windowSize === this.#positions.size && this.#store.room > 0 && this.#store.roomBytes >= bytes) {
      this.#window.push({ request, bytes });
      this.#store.room -= 1;
      this.#store.roomBytes -= bytes;
    }
    this.#positions.push(position);
  }

  pop(): Request | undefined {
    const position = this.#positions.shift();
    if (position === undefined) return undefined;
    let request = this.#shift() ?? this.#load(position);
    // An object that was pushed twice is two requests.
    if (this.#store.popped.has(request)) request = createRequest(request.url, request);
    this.#store.popped.set(request, position);
    this.#out += 1;
    return request;
  }

  done(request: Request): void {
    const position = this.#store.popped.get(request);
    if (position === undefined) throw new Error(`${request.url} is done, and was not popped`);
    this.#store.popped.delete(request);
    this.#out -= 1;
    this.#store.finish(this.#lane, position);
    if (this.size === 0 && this.#out === 0) this.#store.forget(this.key);
  }

  park(request: Request): Ticket {
    const position = this.#store.popped.get(request);
    if (position === undefined) throw new Error(`${request.url} is parked, and was not popped`);
    this.#store.popped.delete(request);
    return position;
  }

  unpark(position: Ticket): Request {
    const loaded = this.#load(position);
    const request = createRequest(loaded.url, { ...loaded, notBefore: 0 });
    this.#store.popped.set(request, position);
    return request;
  }

  /** Takes in a request that an earlier process pushed. */
  restore(position: Position): void {
    this.#positions.push(position);
  }

  close(): void {
    this.#store.room += this.#windowSize;
    for (const { bytes } of this.#window.slice(this.#read)) this.#store.roomBytes += bytes;
    this.#window = [];
    this.#read = 0;
    this.#store.forget(this.key);
  }

  get #windowSize(): number {
    return this.#window.length - this.#read;
  }

  #shift(): Request | undefined {
    const whole = this.#window[this.#read];
    if (whole === undefined) return undefined;
    this.#read += 1;
    this.#store.room += 1;
    this.#store.roomBytes += whole.bytes;
    // What has been read is let go of: so few of these may be all that the window has bytes for.
    if (this.#read === this.#window.length || this.#read === 16) {
      this.#window.splice(0, this.#read);
      this.#read = 0;
    }
    return whole.request;
  }

  #load(position: Position): Request {
    return decodeRequest(this.#lane.log.read(position));
  }
}
