import { isKnown, type Standing } from "./standing.ts";

/** The hosts that hold places or could take some, among which the places are shared. */
export class Claims {
  /** Those that have answered in time. */
  readonly #known = new Set<string>();
  /** The others, any number of which may be dead. */
  readonly #unknown = new Set<string>();

  /** Counts a host in, or out. */
  set(host: string, standing: Standing, isClaiming: boolean): void {
    const [own, other] = isKnown(standing) ? [this.#known, this.#unknown] : [this.#unknown, this.#known];
    other.delete(host);
    if (isClaiming) own.add(host);
    else own.delete(host);
  }

  /** How many of so many places each host may hold. What is unknown counts for half at most, or for nothing. */
  share(places: number, countsUnknown: boolean): number {
    const known = this.#known.size, unknown = this.#unknown.size;
    const others = known === 0 ? unknown : countsUnknown ? Math.min(known, unknown) : 0;
    return Math.ceil(places / Math.max(1, known + others));
  }
}
