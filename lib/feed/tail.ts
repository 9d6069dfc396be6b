import { crc32 } from "node:zlib";
import { DamageError } from "../disk/damage.ts";
import type { Disk } from "../disk/disk.ts";
import { counted } from "../text/count.ts";

const longest = 64 * 1024;

/**
 * The last 64 KiB of a file that grows, and their checksum: enough to tell whether a file is still the one that was
 * written.
 */
export class Tail {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();

  get checksum(): number {
    return crc32(this.#bytes);
  }

  append(bytes: Uint8Array<ArrayBuffer>): void {
    const kept = this.#bytes.subarray(Math.max(0, this.#bytes.length + bytes.length - longest));
    const added = bytes.subarray(Math.max(0, bytes.length - longest));
    const joined = new Uint8Array(kept.length + added.length);
    joined.set(kept);
    joined.set(added, kept.length);
    this.#bytes = joined;
  }
}

/**
 * Returns the tail of the first `length` bytes of a file, or throws a `DamageError` when it is not the one that was
 * written.
 */
export function checkedTail(disk: Disk, path: string, length: number, checksum: number): Tail {
  const size = disk.size(path) ?? 0;
  if (size < length) {
    throw new DamageError(path, size, `it ends here, ${counted(length, "byte was", "bytes were")} written`);
  }
  const tail = tailOf(disk, path, length);
  if (tail.checksum !== checksum) {
    const from = Math.max(0, length - longest);
    throw new DamageError(path, from, "it holds other bytes than were written; has another crawl the same output?");
  }
  return tail;
}

/** Returns the tail of the first `length` bytes of a file. */
export function tailOf(disk: Disk, path: string, length: number): Tail {
  const tail = new Tail();
  if (length === 0) return tail;
  const file = disk.open(path);
  const from = Math.max(0, length - longest);
  try {
    tail.append(file.readAt(from, length - from));
  } finally {
    file.close();
  }
  return tail;
}
