import type { Board } from "../../engine/time_limit.ts";

/** A call of a function of the spider's, as it stands on the board. */
export interface Posted {
  readonly name: string;
  readonly url: string;
  /** The key of its request; empty for a hook that has none. */
  readonly key: string;
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** Calls that find room. Others run as well, and cannot be named. */
const places = 64;
/** Bytes of a place: when it began, the length of its text, and the text. */
const placeSize = 1024, textStart = 16;
/** Bytes before the places: how often the crawl's thread has had its turn, and which call has it now. */
const headSize = 16;
/** After the places: the call that ended last. */
const lastPlace = places;

const encoder = new TextEncoder(), decoder = new TextDecoder();

/**
 * Memory that two threads share: the one that crawls says on it that it lives and what it runs, and the one that
 * watches reads it, also when the other does not come to answer any more.
 */
export class SharedBoard implements Board {
  readonly buffer: SharedArrayBuffer;
  readonly #bytes: Uint8Array;
  readonly #head: Int32Array;
  readonly #free: number[] = Array.from({ length: places }, (_, place) => places - 1 - place);

  /** A new board, or the same one as seen from the other thread. */
  constructor(buffer = new SharedArrayBuffer(headSize + (places + 1) * placeSize)) {
    this.buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#head = new Int32Array(buffer, 0, 2);
  }

  /** Says that the thread has its turn. */
  beat(): void {
    Atomics.add(this.#head, 0, 1);
  }

  /** How often it has said so. */
  get beats(): number {
    return Atomics.load(this.#head, 0);
  }

  begin(name: string, url: string, since: number, key = ""): number {
    const place = this.#free.pop() ?? -1;
    if (place < 0) return place;
    const text = encoder.encode(`${name}\n${key}\n${url}`).subarray(0, placeSize - textStart);
    this.#bytes.set(text, startOf(place) + textStart);
    new Float64Array(this.buffer, startOf(place), 1)[0] = since;
    Atomics.store(this.#lengthOf(place), 0, text.length);
    return place;
  }

  enter(place: number | undefined): void {
    // Places are numbered from 1 here: 0 is none.
    Atomics.store(this.#head, 1, (place ?? -1) + 1);
  }

  end(place: number): void {
    if (place < 0) return;
    // It may have left something behind that holds the thread later.
    this.#bytes.copyWithin(startOf(lastPlace), startOf(place), startOf(place + 1));
    Atomics.store(this.#lengthOf(place), 0, 0);
    this.#free.push(place);
  }

  /** The call that has the thread, as far as that is known. */
  get holder(): Posted | undefined {
    const place = Atomics.load(this.#head, 1) - 1;
    return place < 0 ? undefined : this.#posted(place);
  }

  /** The call that ended last. */
  get lastEnded(): Posted | undefined {
    return this.#posted(lastPlace);
  }

  /** Returns the calls that have not ended, the one that has the thread first, and then the oldest. */
  read(): readonly Posted[] {
    const current = Atomics.load(this.#head, 1) - 1;
    const found: { readonly posted: Posted; readonly place: number }[] = [];
    for (let place = 0; place < places; place++) {
      const posted = this.#posted(place);
      if (posted !== undefined) found.push({ posted, place });
    }
    found.sort((a, b) => Number(b.place === current) - Number(a.place === current) || a.posted.since - b.posted.since);
    return found.map(({ posted }) => posted);
  }

  #posted(place: number): Posted | undefined {
    const length = Atomics.load(this.#lengthOf(place), 0);
    if (length === 0) return undefined;
    const start = startOf(place) + textStart;
    // The decoder takes no shared memory.
    const [name = "", key = "", url = ""] = decoder.decode(this.#bytes.slice(start, start + length)).split("\n");
    return { name, url, key, since: new Float64Array(this.buffer, startOf(place), 1)[0] ?? 0 };
  }

  #lengthOf(place: number): Int32Array {
    return new Int32Array(this.buffer, startOf(place) + 8, 1);
  }
}

function startOf(place: number): number {
  return headSize + place * placeSize;
}
