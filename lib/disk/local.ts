import { basename, dirname, join, resolve } from "node:path";
import { withSpare, withSpareLater } from "./descriptors.ts";
import { type AppendFile, type Disk, DiskError, type FileLock, type ReadFile } from "./disk.ts";

/** The disk of this machine. */
export const localDisk: Disk = {
  append: (path, length, access) => new LocalAppendFile(path, length, access),
  open: (path) => new LocalReadFile(path),
  read: (path) => attempt("read", path, () => absent(() => Deno.readFileSync(path))),
  load: (path) => attempting("read", path, () => absentLater(() => Deno.readFile(path))),
  size: (path) => attempt("look at", path, () => absent(() => Deno.statSync(path).size)),
  isFolder: (path) => attempt("look at", path, () => absent(() => Deno.statSync(path).isDirectory) ?? false),
  isFile: (path) => attempt("look at", path, () => absent(() => Deno.statSync(path).isFile) ?? false),
  identityOf: (path) => attempt("look at", path, () => absent(() => identityIn(Deno.statSync(path)))),
  locate: (path) => attempt("look at", path, () => located(resolve(path))),
  list: (folder) =>
    attempt("list", folder, () => absent(() => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort()) ?? []),
  makeFolder: (folder, access) =>
    attempt("make the folder", folder, () => {
      Deno.mkdirSync(folder, { recursive: true, ...access === "private" && { mode: 0o700 } });
    }),
  rename: (from, to) => attempting(`rename ${from} to`, to, () => Deno.rename(from, to)),
  remove: (path) =>
    attempting("remove", path, async () => {
      try {
        await Deno.remove(path, { recursive: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }),
  syncFolder: (folder) =>
    attempting("sync the folder", folder, async () => {
      // Windows cannot open a folder, and makes a rename safe by itself.
      if (Deno.build.os === "windows") return;
      using handle = await Deno.open(folder, { read: true });
      await handle.sync();
    }),
  lock: (path, patience) =>
    attempting("lock", path, async () => {
      const file = await locked(path, { read: true, write: true, create: true }, true, patience);
      return file && new LocalLock(path, file);
    }),
  isLocked: (path, patience) =>
    attempting("look at", path, async () => {
      const file = await locked(path, { read: true }, false, patience);
      file?.close();
      return file === undefined;
    }),
};

/** Opens and locks a file; undefined when `patience` ends first. */
async function locked(
  path: string,
  options: Deno.OpenOptions,
  exclusive: boolean,
  patience: Promise<unknown>,
): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, options);
  const locking = file.lock(exclusive).then(() => true);
  if (await Promise.race([locking, patience.then(() => false)])) return file;
  // The system has no way to withdraw the request; should it be granted yet, the lock is given back at once.
  locking.then(() => file.close(), () => file.close());
  return undefined;
}

/** Returns where an absolute path leads. */
function located(path: string): string {
  const most = 40;
  let at = path;
  for (let links = 0; links <= most; links++) {
    at = join(existing(dirname(at)), basename(at));
    if (!unreached(() => Deno.lstatSync(at))?.isSymlink) return at;
    at = resolve(dirname(at), Deno.readLinkSync(at));
  }
  throw new Error(`more than ${most} symbolic links lead from one to the next`);
}

/** Returns a folder's path without symbolic links, as far as it is there. */
function existing(folder: string): string {
  const above = dirname(folder);
  return unreached(() => Deno.realPathSync(folder)) ??
    (above === folder ? folder : join(existing(above), basename(folder)));
}

/** Nothing is there; also where a file is in the way of the folders: that is for whoever writes there to say. */
function unreached<T>(work: () => T): T | undefined {
  try {
    return absent(work);
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/** Where the system does not number its files, all that is known of one is that it is there. */
function identityIn({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

class LocalLock implements FileLock {
  readonly identity: string;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
    this.identity = closingOnError(file, () => identityIn(file.statSync()));
  }

  read(): string {
    return attempt("read", this.#path, () => {
      const bytes = new Uint8Array(this.#file.statSync().size);
      this.#file.seekSync(0, Deno.SeekMode.Start);
      const got = bytes.length === 0 ? 0 : this.#file.readSync(bytes) ?? 0;
      return new TextDecoder().decode(bytes.subarray(0, got));
    });
  }

  write(text: string): void {
    attempt("write to", this.#path, () => {
      this.#file.truncateSync(0);
      this.#file.seekSync(0, Deno.SeekMode.Start);
      this.#file.writeSync(new TextEncoder().encode(text));
      this.#file.syncDataSync();
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

class LocalAppendFile implements AppendFile {
  readonly path: string;
  readonly identity: string;
  readonly #file: Deno.FsFile;
  #length: number;
  #broken = false;
  /** After a sync that failed the system may take for safe what it has lost: another that succeeds proves nothing. */
  #unsafe = false;

  constructor(path: string, length: number, access?: "private") {
    this.path = path;
    this.#length = length;
    this.#file = attempt("open", path, () => {
      if (length > 0) return Deno.openSync(path, { write: true });
      Deno.mkdirSync(dirname(path), { recursive: true });
      return Deno.openSync(path, { write: true, create: true, ...access === "private" && { mode: 0o600 } });
    });
    this.identity = closingOnError(this.#file, () =>
      attempt("cut", path, () => {
        const found = this.#file.statSync(), { size } = found;
        if (size < length) throw new Error(`it ends after ${size} of ${length} bytes`);
        if (size > length) this.#file.truncateSync(length);
        this.#file.seekSync(length, Deno.SeekMode.Start);
        return identityIn(found);
      }));
  }

  get length(): number {
    return this.#length;
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    attempt("write to", this.path, () => {
      if (this.#unsafe) throw new Error("an earlier sync has failed");
      if (this.#broken) throw new Error("an earlier write has failed");
      this.#broken = true;
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(at === 0 ? bytes : bytes.subarray(at));
      this.#broken = false;
      this.#length += bytes.length;
    });
  }

  sync(): Promise<void> {
    return attempting("sync", this.path, async () => {
      if (this.#unsafe) throw new Error("an earlier sync has failed");
      try {
        await this.#file.syncData();
      } catch (error) {
        this.#unsafe = true;
        throw error;
      }
    });
  }

  close(): void {
    this.#file.close();
  }
}

class LocalReadFile implements ReadFile {
  readonly path: string;
  readonly length: number;
  readonly #file: Deno.FsFile;

  constructor(path: string) {
    this.path = path;
    this.#file = attempt("open", path, () => Deno.openSync(path, { read: true }));
    this.length = closingOnError(this.#file, () => attempt("look at", path, () => this.#file.statSync().size));
  }

  readAt(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return attempt("read", this.path, () => {
      const bytes = new Uint8Array(length);
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      for (let at = 0; at < length;) {
        const got = this.#file.readSync(bytes.subarray(at));
        if (got === null) throw new Error(`it ends after ${offset + at} of ${offset + length} bytes`);
        at += got;
      }
      return bytes;
    });
  }

  close(): void {
    this.#file.close();
  }
}

function closingOnError<T>(file: Deno.FsFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    file.close();
    throw error;
  }
}

function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return withSpare(work);
  } catch (error) {
    throw new DiskError(action, path, error);
  }
}

async function attempting<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await withSpareLater(work);
  } catch (error) {
    throw new DiskError(action, path, error);
  }
}

function absent<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function absentLater<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
