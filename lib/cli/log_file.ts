/**
 * `--log-file`: the log in a file, which a crawl never ends for.
 *
 * @module
 */

import { resolve } from "node:path";
import { DiskError } from "../disk/disk.ts";
import { LineLog } from "../disk/line_log.ts";
import type { Level } from "../engine/events.ts";
import { formatCount } from "../text/count.ts";
import type { OptionReader } from "./options.ts";
import { UsageError } from "./usage_error.ts";

/** A file that takes lines. */
export type Lines = Pick<LineLog, "path" | "append" | "close">;

/** Says something on standard error, whatever is shown there otherwise. */
export type Say = (level: Level, message: string) => void;

/** A log in a file. While the file takes no line the lines are counted, and how many are lost is said. */
export class LogFile {
  readonly #file: Lines;
  readonly #lineOf: (level: Level, message: string) => string;
  readonly #say: Say;
  #lost = 0;

  /** `lineOf` gives a message the form of the log; `say` tells what is wrong with the file. */
  constructor(file: Lines, lineOf: (level: Level, message: string) => string, say: Say) {
    this.#file = file;
    this.#lineOf = lineOf;
    this.#say = say;
  }

  /** Appends a line, or counts it as lost. */
  write(line: string): void {
    try {
      const lost = this.#lost;
      this.#file.append(lost === 0 ? line : `${this.#lineOf("warn", lostWords(lost))}\n${line}`);
      this.#lost = 0;
      if (lost > 0) this.#say("warn", `${this.#file.path} takes the log again; ${lostWords(lost)}`);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (this.#lost === 0) this.#say("error", `${error.message}. The crawl goes on without its log`);
      this.#lost += 1;
    }
  }

  close(): void {
    if (this.#lost > 0) this.#say("error", `${this.#file.path}: ${lostWords(this.#lost)}`);
    this.#file.close();
  }
}

function lostWords(lost: number): string {
  return lost === 1 ? "1 line of the log is lost" : `${formatCount(lost)} lines of the log are lost`;
}

/** What of an error says that the file can never be opened by this name. */
const wrongName = /^(EACCES|EPERM|EISDIR|ENOTDIR|EEXIST|ENOENT|EROFS|ENAMETOOLONG|ELOOP)$/;

/**
 * Opens the file of `--log-file`; undefined where there is none. A name that no file can have is a `UsageError`. Any
 * other trouble, such as a full disk, may be over when the first line comes.
 */
export function openLogFile(options: OptionReader, folder: string): LineLog | undefined {
  const name = options.text("log-file");
  if (name === undefined) return undefined;
  if (name === "-") {
    throw new UsageError(["--log-file: name a file; without the flag the log is on standard error"]);
  }
  const log = new LineLog(resolve(folder, name));
  try {
    log.open();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const { code = "" } = error.cause as { readonly code?: string };
    if (wrongName.test(code)) {
      throw new UsageError([`--log-file: ${error.message}. Name a file that can be written to`]);
    }
  }
  return log;
}
