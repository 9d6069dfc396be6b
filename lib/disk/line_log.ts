import { dirname } from "node:path";
import { DiskError } from "./disk.ts";

/**
 * A log file: lines that come whole to the end of a file, whoever else appends to it.
 *
 * Nothing of it must survive a crash, so it is no part of the contract of a disk. The file may be renamed or cut by
 * whoever keeps logs short: the next line goes to the file that has the name by then.
 */
export class LineLog {
  readonly path: string;
  #file: Deno.FsFile | undefined;
  /** The last line came to the file in part. */
  #isTorn = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Opens the file, or makes it with its folders; throws a `DiskError` where that cannot be. */
  open(): void {
    this.#attempt("open", () => this.#open());
  }

  /** Appends a line, or throws a `DiskError`; the next one is tried all the same. Opens the file where need be. */
  append(line: string): void {
    this.#attempt("write to", () => {
      if (this.#file === undefined || this.#isMoved(this.#file)) this.#open();
      const bytes = new TextEncoder().encode(`${this.#isTorn ? "\n" : ""}${line}\n`);
      // Nearly always in one call: so the system puts all of it behind what others have written, in one piece.
      for (let at = 0; at < bytes.length;) {
        at += this.#file!.writeSync(at === 0 ? bytes : bytes.subarray(at));
        this.#isTorn = at < bytes.length;
      }
    });
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): void {
    this.close();
    Deno.mkdirSync(dirname(this.path), { recursive: true });
    this.#file = Deno.openSync(this.path, { append: true, create: true });
    this.#isTorn = false;
  }

  /** Whether the name belongs to another file by now, or to none. */
  #isMoved(file: Deno.FsFile): boolean {
    try {
      const [named, open] = [Deno.statSync(this.path), file.statSync()];
      return named.ino !== open.ino || named.dev !== open.dev;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      throw error;
    }
  }

  #attempt(action: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new DiskError(action, this.path, error);
    }
  }
}
