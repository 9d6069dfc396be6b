import { formatCount } from "../text/count.ts";

/** Different errors that are told apart; further ones are all told. */
const most = 1000;

/** Tells an error of the spider's once, however often it comes, and counts it. */
export class SameErrors {
  readonly #counts = new Map<string, number>();

  /** Counts an error; whether it is to be told, as it has not come before. */
  isNew(message: string): boolean {
    const count = this.#counts.get(message) ?? 0;
    if (count > 0 || this.#counts.size < most) this.#counts.set(message, count + 1);
    return count === 0;
  }

  /** Returns a line for each error that came more than once. */
  lines(): string[] {
    return Array.from(this.#counts)
      .filter(([, count]) => count > 1)
      .map(([message, count]) => `${formatCount(count)} times: ${message}`);
  }
}
