import type { Clock } from "../time/clock.ts";

/** Something has stalled when it takes so many times as long as usual, within these bounds in milliseconds. */
const stallFactor = 3, leastPatience = 500, mostPatience = 5000;

/** How many may be in flight without a place, for each place: of what may well stall, and of all. */
const riskyBeside = 8, mostBeside = 16;

/** How fast what is usual follows what is seen. */
const weight = 0.05;

/**
 * What is in flight, and what of it holds one of a number of places.
 *
 * What stalls loses its place to somebody else, and stays in flight beside the others.
 */
export class InFlight<Sent extends object> {
  #places: number;
  readonly #clock: Clock;
  /** Each with the clock's time at which it was sent, oldest first. */
  readonly #sent = new Map<Sent, number>();
  readonly #placed = new Set<Sent>();
  /** Milliseconds. */
  #usual = leastPatience / stallFactor;

  constructor(places: number, clock: Clock) {
    this.#places = places;
    this.#clock = clock;
  }

  /** How many places there are. What is in flight beyond a lower number goes on. */
  get places(): number {
    return this.#places;
  }

  set places(places: number) {
    this.#places = places;
  }

  get size(): number {
    return this.#sent.size;
  }

  /** Whether all places are taken. */
  get isFull(): boolean {
    return this.#placed.size >= this.#places;
  }

  /** Whether one more may be in flight without a place. */
  get hasRoomBeside(): boolean {
    return this.#beside < mostBeside * this.#places;
  }

  /** Whether something may be sent that may well stall. */
  get takesRisks(): boolean {
    return this.#beside < riskyBeside * this.#places;
  }

  /** When something was sent, in the clock's milliseconds. */
  sentAt(sent: Sent): number {
    return this.#sent.get(sent) ?? -Infinity;
  }

  /** Whether at least half of the places are taken by such. */
  isHalf(isSuch: (sent: Sent) => boolean): boolean {
    let count = 0;
    for (const sent of this.#placed) if (isSuch(sent)) count += 1;
    return 2 * count >= this.#places;
  }

  begin(sent: Sent, place: boolean): void {
    this.#sent.set(sent, this.#clock.now());
    if (place) this.#placed.add(sent);
  }

  /** Ends it, and returns whether it held a place. */
  end(sent: Sent): boolean {
    this.#sent.delete(sent);
    return this.#placed.delete(sent);
  }

  /** Takes note of how long something took that is in flight, and returns whether that is a stall. */
  learn(sent: Sent): boolean {
    const took = this.#clock.now() - this.sentAt(sent);
    const patience = this.#patience;
    this.#usual += weight * (Math.min(took, patience) - this.#usual);
    return took >= patience;
  }

  /** Milliseconds until the oldest that holds a place may lose it; undefined when none can. */
  stallsIn(): number | undefined {
    const { value } = this.#placed.values().next();
    if (value === undefined || !this.hasRoomBeside) return undefined;
    return Math.max(0, this.sentAt(value) + this.#patience - this.#clock.now());
  }

  /** Takes the place of the oldest that has stalled, and returns what that is; undefined when there is none. */
  displace(): Sent | undefined {
    if (this.stallsIn() !== 0) return undefined;
    const { value } = this.#placed.values().next();
    if (value !== undefined) this.#placed.delete(value);
    return value;
  }

  get #beside(): number {
    return this.#sent.size - this.#placed.size;
  }

  get #patience(): number {
    return Math.min(mostPatience, Math.max(leastPatience, stallFactor * this.#usual));
  }
}
