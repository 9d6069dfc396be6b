/**
 * Random numbers that are the same in every run: all that the demo site invents comes from here.
 *
 * @module
 */

/** Returns a whole number from 0 to 2³² - 1 that depends on every part and on their order. */
export function hash(...parts: readonly (number | string)[]): number {
  let state = 0x2545f491;
  for (const part of parts) {
    if (typeof part === "number") {
      // Both halves, so that numbers beyond 32 bits differ too.
      state = scramble(scramble(state ^ (part >>> 0)) ^ (Math.floor(part / 2 ** 32) >>> 0));
    } else {
      for (let at = 0; at < part.length; at++) state = scramble(state ^ part.charCodeAt(at));
      state = scramble(state ^ part.length);
    }
  }
  return state;
}

/** Spreads a change of any bit over all 32: the finishing step of MurmurHash3, moved on by the golden ratio. */
function scramble(value: number): number {
  let mixed = (value + 0x9e3779b9) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A sequence of random numbers, fixed by what it was made from. */
export class Random {
  readonly #seed: number;
  #drawn = 0;

  constructor(...seed: readonly (number | string)[]) {
    this.#seed = hash(...seed);
  }

  /** Returns a number from 0 up to, and without, 1. */
  fraction(): number {
    return hash(this.#seed, this.#drawn++) / 2 ** 32;
  }

  /** Returns a whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  /** Returns one entry of a list that has some. */
  pick<Entry>(list: readonly Entry[]): Entry {
    if (list.length === 0) throw new RangeError("Cannot pick from an empty list");
    return list[this.below(list.length)] as Entry;
  }

  /** Returns the entries in another order. */
  shuffled<Entry>(list: readonly Entry[]): Entry[] {
    const keyed = list.map((entry) => ({ entry, key: this.fraction() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
  }
}
