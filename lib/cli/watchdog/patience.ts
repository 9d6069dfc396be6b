/** How long the crawl's thread may be busy with one thing, in milliseconds. */
export interface PatienceOptions {
  /** With anything: a callback or hook, or what one has left behind. @default {Infinity} */
  readonly callback: number;
  /** The crawl is to have ended so long after its beginning. @default {Infinity} */
  readonly end: number;
}

/** A signal, and the end of the time, are to be heard within so many milliseconds. */
const hearWithin = 1000;
/** Who is asked to pause, and has not heard it for so many milliseconds, is told of. */
const tellWithin = 600;
/** Who is to stop at once may be busy with one thing for no longer, in milliseconds. */
const stopWithin = 5000;
/** A tick counts for no more, in milliseconds: the whole machine may have slept. */
const longestTick = 500;

/**
 * Decides when a process that does not listen is to be ended. Pure bookkeeping on what it is told: it waits for nothing
 * and ends nothing.
 */
export class Patience {
  readonly #options: PatienceOptions;
  #signals = 0;
  #elapsed = 0;
  #isOver = false;
  #beats = 0;
  /** Milliseconds since the thread was last seen to have its turn. */
  #busy = 0;
  #first: { readonly beats: number; waited: number } | undefined;
  #unheard: { readonly reason: string; readonly beats: number; waited: number } | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether the first signal has not been heard yet, and should have been. */
  get isDeaf(): boolean {
    return this.#signals === 1 && this.#first !== undefined && this.#first.waited >= tellWithin;
  }

  /** Milliseconds in which the thread has not had its turn. */
  get busy(): number {
    return this.#busy;
  }

  /** Takes a signal; `beats` is how often the thread had had its turn by then. */
  signal(name: string, beats: number): void {
    this.#signals += 1;
    if (this.#signals === 1) this.#first = { beats, waited: 0 };
    if (name === "SIGTERM") this.#expect(`${name} was not heard within a second`, beats);
    else if (this.#signals > 1) this.#expect(`the second ${name} was not heard within a second`, beats);
  }

  /**
   * Returns why the process is to be ended now; `passed` milliseconds after the last time. `counts`: this time is part
   * of that until the end.
   */
  tick(passed: number, beats: number, counts = true): string | undefined {
    const step = Math.min(passed, longestTick);
    this.#busy = beats === this.#beats ? this.#busy + step : 0;
    this.#beats = beats;
    if (counts) this.#elapsed += passed;
    if (this.#first !== undefined) {
      if (this.#first.beats !== beats) this.#first = undefined;
      else this.#first.waited += step;
    }
    if (this.#elapsed >= this.#options.end && !this.#isOver) {
      this.#isOver = true;
      this.#expect("the end of --timeout and --grace was not heard within a second", beats);
    }
    if (this.#unheard !== undefined && this.#unheard.beats !== beats) this.#unheard = undefined;
    if (this.#unheard !== undefined && (this.#unheard.waited += step) > hearWithin) return this.#unheard.reason;
    const isToldToStop = this.#isOver || this.#signals > 1;
    if (isToldToStop && this.#unheard === undefined && this.#busy >= stopWithin) {
      return "it was told to stop, and has not";
    }
    if (this.#busy >= this.#options.callback) {
      return "nothing else has had its turn for as long as callbackTimeout and --grace";
    }
    return undefined;
  }

  #expect(reason: string, beats: number): void {
    this.#unheard ??= { reason, beats, waited: 0 };
  }
}
