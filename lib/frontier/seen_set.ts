/**
 * The set of all fingerprints a crawl knows, in little memory.
 *
 * 4,096 small tables of open addressing, each of three words a slot. A table grows by a third when it is 85 % full, so
 * that 12 bytes of fingerprint take 14 to 19 bytes, and growing one is a matter of microseconds however large the
 * crawl.
 *
 * @module
 */

import type { Fingerprint } from "./fingerprint.ts";

const tables = 4096;
const firstSlots = 4;
const fullAt = 0.85;
const growth = 4 / 3;

/** Holds fingerprints; it never forgets one. */
export class SeenSet {
  /** A table is made when its first fingerprint comes: most crawls are small. */
  readonly #tables: (Uint32Array<ArrayBuffer> | undefined)[] = Array(tables).fill(undefined);
  readonly #firstSlots: number;
  readonly #counts = new Uint32Array(tables);
  #size = 0;

  /** `expected` fingerprints fit in without a table growing. */
  constructor(expected = 0) {
    this.#firstSlots = Math.max(firstSlots, Math.ceil((expected / tables / fullAt) * 1.05));
  }

  /** Fingerprints in the set. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of memory that the tables take. */
  get bytes(): number {
    return this.#tables.reduce((sum, table) => sum + (table?.byteLength ?? 0), 0);
  }

  has(fingerprint: Fingerprint): boolean {
    const table = this.#tables[fingerprint[0]! % tables];
    return table !== undefined && !isFree(table, slotOf(table, fingerprint, 0));
  }

  /** Adds the fingerprint at `from` of some words, and returns whether it is new. */
  add(words: Uint32Array<ArrayBuffer>, from = 0): boolean {
    const number = words[from]! % tables;
    let table = this.#tables[number] ??= new Uint32Array(3 * this.#firstSlots);
    let slot = slotOf(table, words, from);
    if (!isFree(table, slot)) return false;
    if (this.#counts[number]! + 1 > (table.length / 3) * fullAt) {
      table = this.#tables[number] = grown(table);
      slot = slotOf(table, words, from);
    }
    table[slot] = words[from]!;
    table[slot + 1] = words[from + 1]!;
    table[slot + 2] = words[from + 2]!;
    this.#counts[number]! += 1;
    this.#size += 1;
    return true;
  }
}

function isFree(table: Uint32Array<ArrayBuffer>, slot: number): boolean {
  return table[slot] === 0 && table[slot + 1] === 0 && table[slot + 2] === 0;
}

/** Returns the slot that holds the fingerprint, or the free one where it belongs. */
function slotOf(table: Uint32Array<ArrayBuffer>, words: Uint32Array<ArrayBuffer>, from: number): number {
  const a = words[from]!, b = words[from + 1]!, c = words[from + 2]!;
  let slot = Math.floor((b / 2 ** 32) * (table.length / 3)) * 3;
  while (!isFree(table, slot) && !(table[slot] === a && table[slot + 1] === b && table[slot + 2] === c)) {
    slot += 3;
    if (slot === table.length) slot = 0;
  }
  return slot;
}

function grown(table: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(3 * Math.ceil((table.length / 3) * growth + 1));
  for (let at = 0; at < table.length; at += 3) {
    if (!isFree(table, at)) larger.set(table.subarray(at, at + 3), slotOf(larger, table, at));
  }
  return larger;
}
