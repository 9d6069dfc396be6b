import type { Request } from "../model/request.ts";

/** The least that an open page counts for, in bytes: one without a body costs memory too. */
const leastSize = 1024;

/** The pages that are downloaded and not yet committed: what back-pressure is measured by. */
export class ActivePages {
  readonly #sizes = new Map<Request, number>();
  #size = 0;

  /** Bytes of their bodies. */
  get size(): number {
    return this.#size;
  }

  get count(): number {
    return this.#sizes.size;
  }

  /** A body of so many bytes is there. */
  open(request: Request, bytes: number): void {
    const size = Math.max(leastSize, bytes);
    this.#sizes.set(request, size);
    this.#size += size;
  }

  /** Its page is committed, or never was open. */
  close(request: Request): void {
    this.#size -= this.#sizes.get(request) ?? 0;
    this.#sizes.delete(request);
  }
}
