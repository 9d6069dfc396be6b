import type { Request } from "../model/request.ts";
import { encodeRequest } from "./codec.ts";
import type { Queue } from "./queue.ts";

let arrivals = 0;

/** What several queues hold together, in about so many bytes. */
export interface Weight {
  bytes: number;
}

interface Entry {
  readonly request: Request;
  readonly arrival: number;
  readonly bytes: number;
}

/** A queue that lives and dies with the process: for test runs, and for requests that another queue refuses. */
export class MemoryQueue implements Queue {
  readonly #entries: Entry[] = [];
  readonly #weight: Weight;
  #read = 0;

  /** `weight` counts what this queue holds besides others. */
  constructor(weight: Weight = { bytes: 0 }) {
    this.#weight = weight;
  }

  get size(): number {
    return this.#entries.length - this.#read;
  }

  get first(): number | undefined {
    return this.#entries[this.#read]?.arrival;
  }

  push(request: Request): void {
    const bytes = encodeRequest(request, "").length;
    this.#entries.push({ request, arrival: arrivals++, bytes });
    this.#weight.bytes += bytes;
  }

  pop(): Request | undefined {
    const entry = this.#entries[this.#read];
    if (entry === undefined) return undefined;
    this.#read += 1;
    this.#weight.bytes -= entry.bytes;
    if (this.#read * 2 > this.#entries.length && this.#read > 32) {
      this.#entries.splice(0, this.#read);
      this.#read = 0;
    }
    return entry.request;
  }

  close(): void {
    for (const { bytes } of this.#entries.slice(this.#read)) this.#weight.bytes -= bytes;
    this.#entries.length = 0;
    this.#read = 0;
  }
}
