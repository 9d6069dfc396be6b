import type { Request } from "../model/request.ts";
import type { Queue } from "./queue.ts";

let arrivals = 0;

/** A queue that lives and dies with the process: for test runs, and for requests that another queue refuses. */
export class MemoryQueue implements Queue {
  readonly #requests: { readonly request: Request; readonly arrival: number }[] = [];
  #read = 0;

  get size(): number {
    return this.#requests.length - this.#read;
  }

  get first(): number | undefined {
    return this.#requests[this.#read]?.arrival;
  }

  push(request: Request): void {
    this.#requests.push({ request, arrival: arrivals++ });
  }

  pop(): Request | undefined {
    const entry = this.#requests[this.#read];
    if (entry === undefined) return undefined;
    this.#read += 1;
    if (this.#read * 2 > this.#requests.length && this.#read > 32) {
      this.#requests.splice(0, this.#read);
      this.#read = 0;
    }
    return entry.request;
  }

  close(): void {
    this.#requests.length = 0;
    this.#read = 0;
  }
}
