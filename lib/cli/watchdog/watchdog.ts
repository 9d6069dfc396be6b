import type { InterruptedFile } from "../../checkpoint/interrupted.ts";
import type { Clock } from "../../time/clock.ts";
import { SharedBoard } from "./board.ts";
import type { PatienceOptions } from "./patience.ts";

/** What the thread that watches is told. */
export interface Orders extends PatienceOptions {
  readonly board: SharedArrayBuffer;
  /** Where calls are written down in which the process is ended. @default {a test run, which forgets them} */
  readonly interrupted: InterruptedFile | undefined;
  /** Told by machines: what every event of theirs has. @default {lines for people} */
  readonly json: { readonly spider: string; readonly project: string } | undefined;
  /** Whether people look at standard error, where a live line may stand. */
  readonly isLive: boolean;
  /** Say so when a callback keeps everything else from its turn for long. */
  readonly tellsSlow: boolean;
  /** Whether the time of `onStart` is part of that until `end`. */
  readonly countsOnStart: boolean;
}

/** Milliseconds between two signs of life. */
const beatEvery = 250;

/** Watches, from a thread of its own, whether the one that crawls still listens. */
export class Watchdog implements Disposable {
  readonly board = new SharedBoard();
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #trouble = Promise.withResolvers<string>();
  #cancel: () => void = () => {};

  /** Begins the thread; it does nothing before `watch`. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "watchdog",
      ...rights(),
    });
    // No spider has been loaded yet, and none is to have it.
    if (Deno.build.standalone) Deno.permissions.revokeSync({ name: "run" });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#trouble.resolve(event.message);
    });
  }

  /**
   * From now on the process is ended when it is to stop and does not listen. `onTrouble` is told why that cannot be
   * done, where it cannot.
   */
  watch(orders: Omit<Orders, "board">, onTrouble: (reason: string) => void): void {
    void this.#trouble.promise.then(onTrouble);
    this.#worker.postMessage({ ...orders, board: this.board.buffer } satisfies Orders);
    const beat = () => {
      this.board.beat();
      this.#cancel = this.#clock.after(beatEvery, beat);
    };
    beat();
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#worker.terminate();
  }
}

/**
 * What the thread may do. In a compiled program the right to end processes, which includes that to run some, is its own
 * alone; it writes down which calls it ends.
 */
function rights(): object {
  return Deno.build.standalone ? { deno: { permissions: { run: true, read: true, write: true } } } : {};
}
