import TinyQueue from "tinyqueue";

interface Turn<Key> {
  readonly host: string;
  readonly key: Key;
}

/** So many turns that do not count are no matter. */
const fewTurns = 1000;

/** Hosts by a key, each at most once: setting another key replaces the first. */
export class HostQueue<Key> {
  readonly #compare: (a: Key, b: Key) => number;
  readonly #byKey: (a: Turn<Key>, b: Turn<Key>) => number;
  #heap: TinyQueue<Turn<Key>>;
  /**
   * The turn of each host that counts; another one in the heap was replaced or deleted, and is dropped when it comes
   * up.
   */
  readonly #turns = new Map<string, Turn<Key>>();

  /** `compare` puts the key of the host that `pop` gives first before the others. */
  constructor(compare: (a: Key, b: Key) => number) {
    this.#compare = compare;
    this.#byKey = (a, b) => compare(a.key, b.key);
    this.#heap = new TinyQueue<Turn<Key>>([], this.#byKey);
  }

  set(host: string, key: Key): void {
    const known = this.#turns.get(host);
    if (known !== undefined && this.#compare(known.key, key) === 0) return;
    const turn = { host, key };
    this.#turns.set(host, turn);
    this.#heap.push(turn);
    // What does not count and never comes up would stay for ever.
    if (this.#heap.length > 2 * this.#turns.size + fewTurns) {
      this.#heap = new TinyQueue([...this.#turns.values()], this.#byKey);
    }
  }

  delete(host: string): void {
    this.#turns.delete(host);
  }

  peek(): { readonly host: string; readonly key: Key } | undefined {
    let turn = this.#heap.peek();
    while (turn !== undefined && this.#turns.get(turn.host) !== turn) {
      this.#heap.pop();
      turn = this.#heap.peek();
    }
    return turn;
  }

  pop(): string | undefined {
    const turn = this.peek();
    if (turn === undefined) return undefined;
    this.#heap.pop();
    this.#turns.delete(turn.host);
    return turn.host;
  }
}
