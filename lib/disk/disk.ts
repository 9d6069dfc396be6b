/**
 * What trawl asks of a disk.
 *
 * Everything that must survive a crash goes through this contract, so that a test can put a disk beneath it that
 * forgets what was not synced, or that fails any chosen operation. Every method throws {@linkcode DiskError}, which
 * names the file and the reason.
 *
 * @module
 */

/** Files and folders, by path. */
export interface Disk {
  /**
   * Opens a file for appending after its first `length` bytes and cuts off what follows them. Makes the file, and its
   * folders, when `length` is 0; a file that is shorter than `length` is an error. A `private` one that is made can be
   * read only by the user that the process runs as, where the system knows such a thing.
   */
  append(path: string, length: number, access?: "private"): AppendFile;
  /** Opens a file for reading at any offset. */
  open(path: string): ReadFile;
  /** Returns a whole file, or `undefined` when there is none. */
  read(path: string): Uint8Array<ArrayBuffer> | undefined;
  /** Does what `read` does, while other work goes on. */
  load(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Returns a file's length in bytes, or `undefined` when there is none. */
  size(path: string): number | undefined;
  /** Whether a path is a folder. */
  isFolder(path: string): boolean;
  /** Whether a path is an ordinary file, and not a folder, a pipe or a device. */
  isFile(path: string): boolean;
  /** Returns what a file or folder is known by under each of its names, or `undefined` when there is none. */
  identityOf(path: string): string | undefined;
  /** Returns where a path leads: symbolic links are followed, the last one too, also where there is no file yet. */
  locate(path: string): string;
  /** Returns the names in a folder in alphabetical order; none when there is no folder. */
  list(folder: string): string[];
  /**
   * Makes a folder and those above it; does nothing when it is there. A `private` one, and what had to be made above
   * it, can only be looked into by the user that the process runs as, where the system knows such a thing.
   */
  makeFolder(folder: string, access?: "private"): void;
  /** Gives a file or folder another name; a file of that name is replaced in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with all in it; does nothing when there is none. */
  remove(path: string): Promise<void>;
  /** Returns when the names in a folder are safe against a loss of power. */
  syncFolder(folder: string): Promise<void>;
  /**
   * Takes the lock that is a file, which is made where there is none. Undefined when another process has it until
   * `patience` ends. The system gives it back when the process ends, however it ends.
   */
  lock(path: string, patience: Promise<unknown>): Promise<FileLock | undefined>;
  /** Returns whether a process has the lock that is a file until `patience` ends. */
  isLocked(path: string, patience: Promise<unknown>): Promise<boolean>;
}

/** A file that is locked, until it is disposed of. */
export interface FileLock extends Disposable {
  /** What `identityOf` says of its path as long as the file is there under its name. */
  readonly identity: string;
  /** Returns the text in the file. */
  read(): string;
  /** Replaces the text in the file, and makes it safe against a loss of power. */
  write(text: string): void;
}

/** A file that only grows. */
export interface AppendFile {
  readonly path: string;
  /** What `identityOf` says of its path as long as that leads to this file. */
  readonly identity: string;
  /** Bytes in the file. */
  readonly length: number;
  /** Appends all bytes, or throws: then how many arrived is unknown, and the file takes no more. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Returns when everything written before the call is safe against a loss of power, or throws: then what of it is safe
   * is unknown, and every further write and sync throws too.
   */
  sync(): Promise<void>;
  close(): void;
}

/** A file to look into. */
export interface ReadFile {
  readonly path: string;
  readonly length: number;
  /** Returns `length` bytes from `offset`; an error when the file ends before that. */
  readAt(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** A disk said no. The message says what was tried, on which file, and why it failed. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly path: string;

  constructor(action: string, path: string, reason: unknown) {
    super(`Cannot ${action} ${path}: ${reasonOf(reason)}`, { cause: reason });
    this.path = path;
  }
}

function reasonOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const text = reason.message.replace(/ \(os error \d+\).*$/s, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
