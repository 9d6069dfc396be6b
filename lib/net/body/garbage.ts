/**
 * What giant bodies leave behind.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";

/** From so many bytes on, a body is a giant; an ordinary crawl meets none. */
const giant = 256 * 1024;

/** So many bytes of giants are taken away together. */
const load = 16 * 1024 * 1024;

/** After a collection there is none for so many times as long as it took. */
const rest = 4;

/** So many milliseconds after a page is said to be done with, nothing holds it any more. */
const letGo = 20;

/** `gc` of V8, which is there with its flag `--expose-gc`: the compiled program is started with it. */
const { gc } = globalThis as { readonly gc?: () => void };

/**
 * Has the garbage of giants collected, where V8 offers it.
 *
 * By itself V8 lets garbage grow with what it once had to hold: after some pages of ten megabytes it waits for hundreds
 * more before it looks, and gives little of that back to the system afterwards.
 */
export class Garbage {
  readonly #clock: Clock;
  readonly #collect: () => void;
  #left = 0;
  #isDue = false;
  /** When the last collection was over, and how long it took, in the clock's milliseconds. */
  #ended = -Infinity;
  #took = 0;

  constructor(clock: Clock, collect: () => void = () => gc?.()) {
    this.#clock = clock;
    this.#collect = collect;
  }

  /** A body of so many bytes, or what came of it, is of no more use. */
  leave(bytes: number): void {
    if (bytes < giant) return;
    this.#left += bytes;
    if (this.#left < load || this.#isDue) return;
    this.#isDue = true;
    const rested = this.#ended + rest * this.#took - this.#clock.now();
    this.#clock.after(Math.max(letGo, rested), () => this.#run());
  }

  #run(): void {
    this.#isDue = false;
    this.#left = 0;
    const began = this.#clock.now();
    this.#collect();
    this.#ended = this.#clock.now();
    this.#took = this.#ended - began;
  }
}
