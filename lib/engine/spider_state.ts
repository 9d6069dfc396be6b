import { checkPackable, pack, unpack } from "../disk/pack.ts";
import type { State } from "../spider/page.ts";

/** The spider's state: read at any time, changed only by a commit. */
export class SpiderState {
  #packed: Uint8Array<ArrayBuffer>;
  #value: Readonly<State>;

  constructor(packed: Uint8Array<ArrayBuffer> = pack({})) {
    this.#packed = packed;
    this.#value = frozen(unpack(packed) as State);
  }

  /** The state as the last commit left it, frozen. */
  get value(): Readonly<State> {
    return this.#value;
  }

  /** The state as MessagePack. */
  get packed(): Uint8Array<ArrayBuffer> {
    return this.#packed;
  }

  /**
   * Makes all changes, or none when one throws or leaves something that cannot be stored: then a `SerializationError`
   * names the key. Costs as much as the state is large.
   */
  change(changes: readonly ((state: State) => void)[]): void {
    if (changes.length === 0) return;
    const draft = unpack(this.#packed) as State;
    for (const change of changes) {
      const result: unknown = change(draft);
      if (result instanceof Promise) {
        throw new TypeError("page.update was given an async function: it must be done at once");
      }
    }
    checkPackable(draft, "state");
    this.#packed = pack(draft);
    this.#value = frozen(draft);
  }
}

function frozen<T extends object>(value: T): T {
  for (const each of Object.values(value)) {
    if (typeof each === "object" && each !== null && !ArrayBuffer.isView(each)) frozen(each);
  }
  return Object.freeze(value);
}
