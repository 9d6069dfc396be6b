/** What a host gets back: the higher priority first, and of equal ones what came first. */
interface Entry {
  readonly priority: number;
}

/**
 * The requests of a host that were taken and have come back, in the order in which they are taken again.
 *
 * Hundreds of thousands may come back at one time, when a server has asked all of them to wait for the same time.
 */
export class Returned<Back extends Entry = Entry> {
  /** By descending priority, from `#read` on. */
  readonly #entries: (Back | undefined)[] = [];
  #read = 0;

  get first(): Back | undefined {
    return this.#entries[this.#read];
  }

  add(entry: Back): void {
    // From the end, where nearly all belong.
    let at = this.#entries.length;
    while (at > this.#read && this.#entries[at - 1]!.priority < entry.priority) at -= 1;
    this.#entries.splice(at, 0, entry);
  }

  /** Takes the first out. */
  shift(): void {
    if (this.first === undefined) return;
    this.#entries[this.#read] = undefined;
    this.#read += 1;
    if (this.#read * 2 <= this.#entries.length) return;
    this.#entries.splice(0, this.#read);
    this.#read = 0;
  }
}
