const smallest = 8;
const largest = 4096;

/** First in, first out, for many numbers in little memory: 8 bytes each, in chunks, and no array is ever copied. */
export class Positions {
  readonly #chunks: Float64Array<ArrayBuffer>[] = [];
  #read = 0;
  #written = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number that `shift` would give. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#chunks[0]![this.#read];
  }

  push(position: number): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#written === chunk.length) {
      chunk = new Float64Array(Math.min(largest, Math.max(smallest, this.#size)));
      this.#chunks.push(chunk);
      this.#written = 0;
    }
    chunk[this.#written++] = position;
    this.#size += 1;
  }

  shift(): number | undefined {
    const position = this.first;
    if (position === undefined) return undefined;
    this.#size -= 1;
    if (++this.#read === this.#chunks[0]!.length || this.#size === 0) {
      this.#chunks.shift();
      this.#read = 0;
      if (this.#size === 0) this.#written = 0;
    }
    return position;
  }
}
